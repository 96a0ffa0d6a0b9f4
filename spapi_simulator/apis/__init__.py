"""The simulated operations of the SP-API, API by API."""

from . import notifications, tokens
from . import orders, report_schedules, reports, sellers, shipments

OPERATIONS = (
    *sellers.OPERATIONS,
    *orders.OPERATIONS,
    *shipments.OPERATIONS,
    *notifications.OPERATIONS,
    *tokens.OPERATIONS,
    *reports.OPERATIONS,
    *report_schedules.OPERATIONS,
)
