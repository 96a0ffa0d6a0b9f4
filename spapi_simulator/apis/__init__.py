"""The simulated operations of the SP-API, API by API."""

from . import orders, report_schedules, reports, sellers, shipments

OPERATIONS = (
    *sellers.OPERATIONS,
    *orders.OPERATIONS,
    *shipments.OPERATIONS,
    *reports.OPERATIONS,
    *report_schedules.OPERATIONS,
)
