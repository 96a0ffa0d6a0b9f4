"""Orders API 2026-01-01: searchOrders and getOrder."""

import re
from datetime import timedelta

from .clock import iso, parse_iso
from .errors import DENIED, ApiError, invalid_input, not_found
from .pagination import read_token, write_token
from .projection import DATASETS, project
from .status import STATUSES

#: Amazon answers for orders no newer than this many seconds.
LAG_SECONDS = 120
ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
_LISTS = {
    "fulfillmentStatuses": STATUSES,
    "fulfilledBy": ("MERCHANT", "AMAZON"),
    "includedData": tuple(DATASETS),
    "marketplaceIds": None,
}
_SINGLE = (
    "createdAfter",
    "createdBefore",
    "lastUpdatedAfter",
    "lastUpdatedBefore",
    "maxResultsPerPage",
    "paginationToken",
)
_MAX_MARKETPLACES = 50


def get_order(simulator, call):
    """getOrder: one order of the account."""
    params = _parameters(call.query, (), ("includedData",))
    order = require_order(simulator, call)
    view = project(order, params["includedData"], simulator.clock.now())
    return 200, {"order": view}


def require_order(simulator, call):
    """The order in the path, or Amazon's refusal."""
    order_id = call.order_id
    if not ORDER_ID.fullmatch(order_id):
        raise invalid_input("The order id is not valid.", f"orderId: {order_id}")
    order = simulator.store.get(order_id, call.account.seller_id)
    if order is None:
        raise not_found(f"The order {order_id} was not found.")
    return order


def search_orders(simulator, call):
    """searchOrders: a page of the orders of the account, by time."""
    params = _parameters(call.query, _SINGLE, tuple(_LISTS))
    family = _family(params)
    _check_marketplaces(call.account, params["marketplaceIds"])
    size = _page_size(params["maxResultsPerPage"])
    now = simulator.clock.now()
    after, before = _window(params, family, now)
    cursor = None
    if params["paginationToken"] is not None:
        before, cursor = read_token(simulator, call, params)
    found = _matching(simulator, call, params, family, (after, before))
    found = [row for row in found if cursor is None or row[:2] > cursor]
    page = found[:size]
    body = {
        "orders": [project(order, params["includedData"], now) for *_, order in page],
        "pagination": {},
        family + "Before": iso(before),
    }
    if len(found) > size:
        token = write_token(simulator, call, params, before, page[-1][:2])
        body["pagination"]["nextToken"] = token
    else:
        del body["pagination"]
    return 200, body


def _parameters(query, single, lists):
    """Read the query strictly: a misspelt filter must not go unnoticed."""
    params = {name: None for name in single} | {name: [] for name in lists}
    for name, value in query:
        if name in lists:
            params[name] += [part for part in value.split(",") if part]
        elif name not in single:
            raise invalid_input(f"The parameter {name} is not known.")
        elif params[name] is not None:
            raise invalid_input(f"The parameter {name} was given more than once.")
        else:
            params[name] = value
    for name in lists:
        unknown = [v for v in params[name] if _LISTS[name] and v not in _LISTS[name]]
        if unknown:
            message = f"The value of {name} is not valid."
            raise invalid_input(message, f"{name}: {', '.join(unknown)}")
    return params


def _family(params):
    """``created`` or ``lastUpdated``; the two must not be mixed."""
    given = [f for f in ("created", "lastUpdated") if params[f + "After"] is not None]
    if len(given) != 1:
        raise invalid_input(
            "Exactly one of createdAfter and lastUpdatedAfter must be provided."
        )
    other = "lastUpdated" if given[0] == "created" else "created"
    if params[other + "Before"] is not None:
        raise invalid_input(
            f"{other}Before must not be provided together with {given[0]}After."
        )
    return given[0]


def _check_marketplaces(account, marketplace_ids):
    if len(marketplace_ids) > _MAX_MARKETPLACES:
        raise invalid_input("At most 50 marketplaceIds may be provided.")
    # Amazon refuses "Non-Amazon" marketplaces and those of other regions alike.
    if any(account.marketplace(marketplace) is None for marketplace in marketplace_ids):
        raise ApiError(403, "Unauthorized", DENIED)


def _page_size(text):
    if text is None:
        return 100
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not 1 <= int(text) <= 100:
        raise invalid_input("maxResultsPerPage must be between 1 and 100.")
    return int(text)


def _window(params, family, now):
    after = _moment(params, family + "After")
    watermark = now - timedelta(seconds=LAG_SECONDS)
    if params[family + "Before"] is None:
        return after, watermark
    before = _moment(params, family + "Before")
    if before > watermark:
        raise invalid_input(
            f"{family}Before must be at least two minutes before the time of the "
            "request."
        )
    if before < after:
        raise invalid_input(f"{family}Before must be equal to or after {family}After.")
    return after, before


def _moment(params, name):
    try:
        return parse_iso(params[name])
    except ValueError:
        message = f"{name} must be a date and time in ISO 8601 format."
        raise invalid_input(message, f"{name}: {params[name]}") from None


def _matching(simulator, call, params, family, window):
    """Rows (time, order id, order) that pass all filters, sorted."""
    # All times in the store have one form, so that their texts can be compared.
    after, before = map(iso, window)
    rows = []
    for order in simulator.store.of(call.account.seller_id):
        moment = order[family + "Time"]
        if after <= moment <= before and _passes(order, params):
            rows.append((moment, order["orderId"], order))
    return sorted(rows, key=lambda row: row[:2])


def _passes(order, params):
    fulfillment = order.get("fulfillment", {})
    facts = (
        ("fulfillmentStatuses", fulfillment.get("fulfillmentStatus")),
        ("fulfilledBy", fulfillment.get("fulfilledBy")),
        ("marketplaceIds", order["salesChannel"].get("marketplaceId")),
    )
    return all(not params[name] or fact in params[name] for name, fact in facts)
