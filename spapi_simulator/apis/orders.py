"""Orders API 2026-01-01: searchOrders and getOrder."""

import re
from datetime import timedelta

from ..clock import iso, parse_iso
from ..continuation import read_token, write_token
from ..errors import DENIED, ApiError, invalid_input, not_found
from ..operations import Operation
from ..parameters import Parameter
from ..store.order_status import STATUSES
from .order_projection import DATASETS, project

#: Amazon answers for orders no newer than this many seconds.
LAG_SECONDS = 120
TOKEN_SECONDS = 24 * 3600
ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)


def get_order(simulator, call):
    """getOrder: one order of the account."""
    order = require_order(simulator, call)
    view = project(order, call.query["includedData"], simulator.clock.now())
    return 200, {"order": view}


def require_order(simulator, call):
    """The order in the path, or Amazon's refusal."""
    order_id = call.path["orderId"]
    if not ORDER_ID.fullmatch(order_id):
        raise invalid_input("The order id is not valid.", f"orderId: {order_id}")
    order = simulator.store.get(order_id, call.account.seller_id)
    if order is None:
        raise not_found(f"The order {order_id} was not found.")
    return order


def search_orders(simulator, call):
    """searchOrders: a page of the orders of the account, by time."""
    query = call.query
    family = _family(query)
    check_marketplaces(call.account, query["marketplaceIds"])
    now = simulator.clock.now()
    after, before = _window(query, family, now)
    bound = _bound(call)
    cursor = None
    if query["paginationToken"] is not None:
        token = query["paginationToken"]
        end, cursor = read_token(
            simulator, bound, token, "paginationToken", TOKEN_SECONDS
        )
        before, cursor = parse_iso(end), tuple(cursor)
    found = _matching(simulator, call, family, (after, before))
    found = [row for row in found if cursor is None or row[:2] > cursor]
    page = found[: query["maxResultsPerPage"]]
    body = {
        "orders": [project(order, query["includedData"], now) for *_, order in page],
        family + "Before": iso(before),
    }
    if len(found) > len(page):
        token = write_token(simulator, bound, [iso(before), page[-1][:2]])
        body["pagination"] = {"nextToken": token}
    return 200, body


def _bound(call):
    """Everything but the token itself must be repeated unchanged."""
    query = {k: v for k, v in call.query.items() if k != "paginationToken"}
    return [call.account.seller_id, query]


def _family(query):
    """``created`` or ``lastUpdated``; the two must not be mixed."""
    given = [f for f in ("created", "lastUpdated") if query[f + "After"] is not None]
    if len(given) != 1:
        raise invalid_input(
            "Exactly one of createdAfter and lastUpdatedAfter must be provided."
        )
    other = "lastUpdated" if given[0] == "created" else "created"
    if query[other + "Before"] is not None:
        raise invalid_input(
            f"{other}Before must not be provided together with {given[0]}After."
        )
    return given[0]


def check_marketplaces(account, marketplace_ids):
    """Refuse "Non-Amazon" marketplaces and those of other accounts, as Amazon does."""
    if any(account.marketplace(marketplace) is None for marketplace in marketplace_ids):
        raise ApiError(403, "Unauthorized", DENIED)


def _window(query, family, now):
    after, before = query[family + "After"], query[family + "Before"]
    watermark = now - timedelta(seconds=LAG_SECONDS)
    if before is None:
        return after, watermark
    if before > watermark:
        raise invalid_input(
            f"{family}Before must be at least two minutes before the time of the "
            "request."
        )
    if before < after:
        raise invalid_input(f"{family}Before must be equal to or after {family}After.")
    return after, before


def _matching(simulator, call, family, window):
    """Rows (time, order id, order) that pass all filters, sorted."""
    # All times in the store have one form, so that their texts can be compared.
    after, before = map(iso, window)
    rows = []
    for order in simulator.store.of(call.account.seller_id):
        moment = order[family + "Time"]
        if after <= moment <= before and _passes(order, call.query):
            rows.append((moment, order["orderId"], order))
    return sorted(rows, key=lambda row: row[:2])


def _passes(order, query):
    fulfillment = order.get("fulfillment", {})
    facts = (
        ("fulfillmentStatuses", fulfillment.get("fulfillmentStatus")),
        ("fulfilledBy", fulfillment.get("fulfilledBy")),
        ("marketplaceIds", order["salesChannel"].get("marketplaceId")),
    )
    return all(not query[name] or fact in query[name] for name, fact in facts)


_INCLUDED_DATA = Parameter("includedData", "list", tuple(DATASETS))
OPERATIONS = (
    Operation(
        "searchOrders",
        "GET",
        "/orders/2026-01-01/orders",
        search_orders,
        (
            Parameter("createdAfter", "moment"),
            Parameter("createdBefore", "moment"),
            Parameter("lastUpdatedAfter", "moment"),
            Parameter("lastUpdatedBefore", "moment"),
            Parameter("fulfillmentStatuses", "list", STATUSES),
            Parameter("marketplaceIds", "list", most=50),
            Parameter("fulfilledBy", "list", ("MERCHANT", "AMAZON")),
            Parameter("maxResultsPerPage", "integer", least=1, most=100, default=100),
            Parameter("paginationToken"),
            _INCLUDED_DATA,
        ),
    ),
    Operation(
        "getOrder",
        "GET",
        "/orders/2026-01-01/orders/{orderId}",
        get_order,
        (_INCLUDED_DATA,),
    ),
)
