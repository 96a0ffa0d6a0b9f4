"""The simulated operations of the SP-API, API by API."""

from . import (
    catalog_items,
    feeds,
    listings_changes,
    listings_search,
    notifications,
    orders,
    product_types,
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
    *catalog_items.OPERATIONS,
    *product_types.OPERATIONS,
    *notifications.OPERATIONS,
    *tokens.OPERATIONS,
    *reports.OPERATIONS,
    *report_schedules.OPERATIONS,
    *feeds.OPERATIONS,
)
