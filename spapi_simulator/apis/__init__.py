"""The simulated operations of the SP-API, API by API."""

from . import listings_changes, listings_search
from . import notifications, tokens
from . import orders, report_schedules, reports, sellers, shipments

OPERATIONS = (
    *sellers.OPERATIONS,
    *orders.OPERATIONS,
    *shipments.OPERATIONS,
    *listings_search.OPERATIONS,
    *listings_changes.OPERATIONS,
    *notifications.OPERATIONS,
    *tokens.OPERATIONS,
    *reports.OPERATIONS,
    *report_schedules.OPERATIONS,
)
