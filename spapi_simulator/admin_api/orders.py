"""The orders of all accounts: look at them, generate and change them."""

import copy

from ..errors import AdminError
from ..store.order_status import STATUSES, set_status
from ..store.order_wish import TRAITS, Wish
from .merging import merge
from .order_changes import readable_order
from .order_check import check_order
from .reading import (
    member,
    one_of,
    only,
    query_account,
    query_number,
    read_age,
    require_account,
    text,
    texts,
    whole_number,
)

_KEYS = (
    "seller_id",
    "count",
    "status",
    "lines",
    "marketplace_id",
    "age_seconds",
    "fulfilled_by",
    "channel_name",
    "programs",
    "traits",
    "document",
)


def list_orders(simulator, request, _body):
    """Full order documents, of one account or of all, oldest first."""
    store, seller_id = simulator.store, query_account(request)
    status = request.query_params.get("status")
    one_of({"status": status}, "status", STATUSES)
    orders = store.of(
        seller_id,
        status,
        offset=query_number(request, "offset", 0),
        limit=query_number(request, "limit", None),
    )
    total = store.count(seller_id, status)
    return 200, {"orders": list(orders), "total": total}


def create(simulator, _request, body):
    """Generate orders; returns their documents."""
    only(body, _KEYS)
    account = require_account(text(body, "seller_id", required=True))
    count = whole_number(body, "count", 1, 1, 10_000)
    age = read_age(body, 600)
    wish = read_wish(body, account, simulator.store.products)
    partial = member(body, "document", dict, {})
    if {"orderId", "orderItems", "packages"} & set(partial):
        raise AdminError("document must not contain ids or lists with ids")
    orders = [_generate(simulator, account, wish, age, partial) for _ in range(count)]
    for order in orders:
        simulator.store.add(account.seller_id, order)
    return 201, {"orders": orders}


def _generate(simulator, account, wish, age, partial):
    generated = simulator.store.generate(account, wish, age)
    if not partial:
        return generated
    order = copy.deepcopy(generated)
    merge(order, partial)
    check_order(generated, order, simulator.clock.now())
    return order


def get(simulator, request, _body):
    """One full order document."""
    return 200, _require(simulator, request)


def change(simulator, request, body):
    """Merge a partial document; ``status`` brings the whole order into it.

    It changed ``age_seconds`` ago, unless the document says when.
    """
    store = simulator.store
    before = _require(simulator, request)
    order = copy.deepcopy(before)
    status = one_of(body, "status", STATUSES)
    if body.get("orderId", order["orderId"]) != order["orderId"]:
        raise AdminError("orderId cannot be changed")
    age = read_age(body)
    partial = {k: v for k, v in body.items() if k not in ("status", "age_seconds")}
    if status is not None:
        with readable_order():
            set_status(order, status, simulator.clock.now())
    merge(order, partial)
    if "lastUpdatedTime" not in partial:
        store.touch(order, age)
    check_order(before, order, simulator.clock.now())
    store.replace(order)
    return 200, order


def _require(simulator, request):
    order = simulator.store.get(request.path_params["order_id"])
    if order is None:
        raise AdminError("there is no such order", 404)
    return order


def read_wish(body, account, products):
    """What the orders to be generated are like."""
    marketplaces = {m.id: m for m in account.marketplaces}
    traits = texts(body, "traits") or ()
    if not set(traits) <= set(TRAITS):
        raise AdminError(f"traits must be some of {', '.join(TRAITS)}")
    return Wish(
        marketplace=marketplaces.get(one_of(body, "marketplace_id", marketplaces)),
        status=one_of(body, "status", STATUSES, "UNSHIPPED"),
        fulfilled_by=one_of(body, "fulfilled_by", ("MERCHANT", "AMAZON"), "MERCHANT"),
        channel_name=one_of(body, "channel_name", ("AMAZON", "NON_AMAZON"), "AMAZON"),
        programs=texts(body, "programs"),
        lines=_read_lines(body, {product["sku"] for product in products}),
        traits=tuple(traits),
    )


def _read_lines(body, skus):
    lines = []
    for line in member(body, "lines", list, []):
        if not isinstance(line, dict):
            raise AdminError("lines must be a list of {sku, quantity}")
        sku = text(line, "sku", required=True)
        if sku not in skus:
            raise AdminError(f"there is no product with sku {sku}")
        lines.append((sku, whole_number(line, "quantity", 1, 1, 10_000)))
    return lines


ROUTES = (
    ("/orders", {"GET": list_orders, "POST": create}),
    ("/orders/{order_id}", {"GET": get, "PATCH": change}),
)
