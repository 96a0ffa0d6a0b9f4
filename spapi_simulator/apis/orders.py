"""Orders API 2026-01-01: searchOrders and getOrder."""

import re
from datetime import datetime, timedelta, timezone
from itertools import islice

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
#: Amazon shows the orders of two years, but of some marketplaces all since 2016.
HISTORY = timedelta(days=2 * 365)
LONG_HISTORY = datetime(2016, 1, 1, tzinfo=timezone.utc)
LONG_HISTORY_COUNTRIES = ("JP", "AU", "SG")
ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)


def get_order(simulator, call):
    """getOrder: one order of the account."""
    order = require_order(simulator, call)
    return 200, {"order": _view(simulator, call, order, simulator.clock.now())}


def require_order(simulator, call):
    """The order in the path, or Amazon's refusal."""
    order_id = call.path["orderId"]
    if not ORDER_ID.fullmatch(order_id):
        raise invalid_input("The order id is not valid.", f"orderId: {order_id}")
    order = simulator.store.get(order_id, call.account.seller_id)
    if order is None or _forgotten(simulator, call, order):
        raise not_found(f"The order {order_id} was not found.")
    return order


def _forgotten(simulator, call, order):
    """Whether an order is older than what Amazon shows."""
    start = _history_start(
        call.account, order["salesChannel"].get("marketplaceId"), simulator.clock.now()
    )
    return parse_iso(order["createdTime"]) < start


def _history_start(account, marketplace_id, now):
    marketplace = account.marketplace(marketplace_id)
    if marketplace and marketplace.country in LONG_HISTORY_COUNTRIES:
        return LONG_HISTORY
    return now - HISTORY


def _view(simulator, call, order, now):
    roles = call.account.seller_id not in simulator.store.without_roles
    return project(order, call.query["includedData"], now, roles)


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
        before = parse_iso(end)
    size = query["maxResultsPerPage"]
    found = _matching(simulator, call, family, (after, before), cursor, now)
    keys = list(islice(found, size + 1))
    seller_id, store = call.account.seller_id, simulator.store
    orders = [store.at(seller_id, key) for key in keys[:size]]
    body = {
        "orders": [_view(simulator, call, order, now) for order in orders],
        family + "Before": iso(before),
    }
    if len(keys) > size:
        token = write_token(simulator, bound, [iso(before), keys[size - 1]])
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


def _matching(simulator, call, family, window, cursor, now):
    """Keys of the orders that pass all filters and are not too old, in order."""
    store, account = simulator.store, call.account
    seller_id = account.seller_id
    usual = now - HISTORY
    starts = {m.id: _history_start(account, m.id, now) for m in account.marketplaces}
    # No order changed before it was placed: what is older need not be looked at.
    after, before = max(window[0], min(usual, *starts.values())), window[1]
    keys = store.find(seller_id, family, _filter(call.query), after, before, cursor)
    return (
        key
        for key in keys
        if store.created(seller_id, key)
        >= starts.get(store.facet(seller_id, key).marketplace_id, usual)
    )


def _filter(query):
    """A function that tells whether a facet passes the filters of the query."""
    statuses = query["fulfillmentStatuses"]
    by, marketplaces = query["fulfilledBy"], query["marketplaceIds"]
    return lambda facet: (
        (not statuses or facet.status in statuses)
        and (not by or facet.fulfilled_by in by)
        and (not marketplaces or facet.marketplace_id in marketplaces)
    )


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
