"""The simulated operations of the SP-API, API by API."""

from . import orders, sellers, shipments

OPERATIONS = (
    *sellers.OPERATIONS,
    *orders.OPERATIONS,
    *shipments.OPERATIONS,
)
