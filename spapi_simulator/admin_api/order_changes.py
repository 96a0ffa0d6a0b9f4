"""What buyers, sellers and Amazon do to an order after its purchase."""

import contextlib

from ..errors import AdminError
from ..store.order_changes import (
    ASSOCIATIONS,
    CANCELLERS,
    add_replacement,
    cancel_item,
    change_address,
    request_cancellation,
)
from .order_check import check_order
from .reading import (
    flag,
    one_of,
    only,
    read_age,
    require_account,
    text,
    whole_number,
)

_MOST_UNITS = 10_000


def cancel(simulator, request, body):
    """Cancel units of an item, by default all that are not shipped yet."""
    only(body, ("order_item_id", "quantity", "cancelled_by", "reason", "age_seconds"))
    item_id = text(body, "order_item_id", required=True)
    quantity = body.get("quantity")
    if quantity is not None:
        quantity = whole_number(body, "quantity", None, 1, _MOST_UNITS)
    by = one_of(body, "cancelled_by", CANCELLERS, "MERCHANT")
    reason = text(body, "reason") or "No inventory"
    now = simulator.clock.now()
    return _change(
        simulator,
        request,
        lambda order: cancel_item(order, item_id, now, quantity, by, reason),
        read_age(body),
    )


def request_cancel(simulator, request, body):
    """The buyer asks to cancel an item, or all items."""
    only(body, ("order_item_id", "reason", "age_seconds"))
    reason = text(body, "reason") or "Ordered by mistake"
    item_id = text(body, "order_item_id")
    return _change(
        simulator,
        request,
        lambda order: request_cancellation(order, reason, item_id),
        read_age(body),
    )


def move(simulator, request, body):
    """Change parts of the delivery address; null deletes a part."""
    return _change(simulator, request, lambda order: change_address(order, body))


def replace(simulator, request, body):
    """Add an order that replaces this one or is exchanged for it."""
    only(body, ("association",))
    association = one_of(body, "association", ASSOCIATIONS, ASSOCIATIONS[0])
    now = simulator.clock.now()
    with readable_order():
        order = add_replacement(
            simulator.store,
            _order_id(request),
            association,
            check=lambda order: check_order(None, order, now),
        )
    return 201, order


def get_roles(simulator, request, _body):
    """Whether an account's application has the restricted roles."""
    seller_id = require_account(request.path_params["seller_id"]).seller_id
    return 200, {"granted": seller_id not in simulator.store.without_roles}


def change_roles(simulator, request, body):
    """``granted`` false takes the restricted roles away, true gives them back."""
    only(body, ("granted",))
    seller_id = require_account(request.path_params["seller_id"]).seller_id
    granted = flag(body, "granted", None)
    if granted:
        simulator.store.without_roles.discard(seller_id)
    elif granted is not None:
        simulator.store.without_roles.add(seller_id)
    return get_roles(simulator, request, body)


@contextlib.contextmanager
def readable_order():
    """Turn what an order lacks that was changed by hand into a refusal."""
    try:
        yield
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
    ) as error:
        raise AdminError(
            f"the order was changed so that this is impossible ({error!r})"
        ) from error


def _change(simulator, request, function, age_seconds=0):
    order_id = _order_id(request)
    before = simulator.store.get(order_id)
    if before is None:
        raise AdminError("there is no such order", 404)

    def change(order):
        function(order)
        check_order(before, order, simulator.clock.now())

    with readable_order():
        return 200, simulator.store.change(order_id, change, age_seconds)


def _order_id(request):
    return request.path_params["order_id"]


ROUTES = (
    ("/orders/{order_id}/cancellation", {"POST": cancel}),
    ("/orders/{order_id}/cancellation-request", {"POST": request_cancel}),
    ("/orders/{order_id}/address", {"PATCH": move}),
    ("/orders/{order_id}/replacement", {"POST": replace}),
    (
        "/accounts/{seller_id}/restricted-roles",
        {"GET": get_roles, "PATCH": change_roles},
    ),
)
