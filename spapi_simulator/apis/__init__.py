"""The simulated operations of the SP-API, API by API."""

from . import (
    feeds,
    listings_changes,
    listings_search,
    notifications,
    orders,
    report_schedules,
    reports,
    sellers,
    shipments,
    tokens,
)

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
    *feeds.OPERATIONS,
)
