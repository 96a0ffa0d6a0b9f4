"""The simulated operations of the SP-API and their published usage plans."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .orders_api import get_order, search_orders
from .sellers_api import get_marketplace_participations
from .shipments_api import confirm_shipment


@dataclass(frozen=True)
class Operation:
    """An operation: where it is, how often it may be called, what it does."""

    name: str
    method: str
    path: re.Pattern
    rate: float
    burst: int
    handler: Callable


OPERATIONS = (
    Operation(
        "getMarketplaceParticipations",
        "GET",
        re.compile(r"/sellers/v1/marketplaceParticipations"),
        0.016,
        15,
        get_marketplace_participations,
    ),
    Operation(
        "searchOrders",
        "GET",
        re.compile(r"/orders/2026-01-01/orders"),
        0.0056,
        20,
        search_orders,
    ),
    Operation(
        "getOrder",
        "GET",
        re.compile(r"/orders/2026-01-01/orders/(?P<order_id>[^/]+)"),
        0.5,
        30,
        get_order,
    ),
    Operation(
        "confirmShipment",
        "POST",
        re.compile(r"/orders/v0/orders/(?P<order_id>[^/]+)/shipmentConfirmation"),
        2.0,
        10,
        confirm_shipment,
    ),
)
PLANS = {operation.name: (operation.rate, operation.burst) for operation in OPERATIONS}


def find_operation(method, path):
    """(operation, order id) for a request, or (None, None)."""
    for operation in OPERATIONS:
        match = operation.path.fullmatch(path)
        if match and operation.method == method:
            return operation, match.groupdict().get("order_id")
    return None, None
