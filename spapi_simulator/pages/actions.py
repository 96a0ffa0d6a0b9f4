"""What the buttons of the pages do, each by a handler of the admin interface."""

from dataclasses import dataclass, field

from ..admin_api import accounts, clock, faults, listings, orders, quotas, world
from ..errors import AdminError


@dataclass
class _Asked:
    """All that the handlers read of a request."""

    path_params: dict = field(default_factory=dict)
    query_params: dict = field(default_factory=dict)


def _number(form, name):
    """The number of a field, or its text for the handler to refuse."""
    text = form.get(name, "")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def _given(form, *names):
    return {name: form[name] for name in names if form.get(name)}


def create_order(simulator, form):
    """Generate orders."""
    body = _given(form, "seller_id", "status")
    if form.get("count"):
        body["count"] = _number(form, "count")
    _status, document = orders.create(simulator, _Asked(), body)
    made = [order["orderId"] for order in document["orders"]]
    return f"Created {made[0]}" if len(made) == 1 else f"Created {len(made)} orders"


def set_status(simulator, form):
    """Bring an order into a status."""
    asked = _Asked({"order_id": form.get("order_id", "")})
    orders.change(simulator, asked, _given(form, "status"))
    return f"{form['order_id']} is {form.get('status')} now"


def advance_clock(simulator, form):
    """Move the clock forward."""
    body = {"advance_seconds": _number(form, "advance_seconds")}
    _status, document = clock.change(simulator, _Asked(), body)
    return f"The clock shows {document['now']}"


def add_fault(simulator, form):
    """Put a fault in force."""
    body = _given(form, "kind", "operation")
    if form.get("times"):
        body["times"] = _number(form, "times")
    faults.add(simulator, _Asked(), body)
    return f"{form['kind']} will hit the next requests"


def clear_faults(simulator, _form):
    """End all faults."""
    faults.clear(simulator, _Asked(), {})
    return "No faults are in force"


def set_quota_factor(simulator, form):
    """Scale the usage plans."""
    quotas.scale(simulator, _Asked(), {"factor": _number(form, "factor")})
    return "All quotas are full again"


def set_quantity(simulator, form):
    """Change what the merchant has of a listing."""
    body = {"quantity": _number(form, "quantity"), **_given(form, "seller_id")}
    if body["quantity"] is None:
        raise AdminError("quantity is required")
    listings.change(simulator, _Asked({"sku": form.get("sku", "")}), body)
    return f"{form['sku']} has a quantity of {body['quantity']}"


def authorise(simulator, form):
    """Withdraw or restore the authorisation of an account."""
    authorised = form.get("authorised") == "true"
    asked = _Asked({"seller_id": form.get("seller_id", "")})
    accounts.change_authorisation(simulator, asked, {"authorised": authorised})
    return "Authorisation restored" if authorised else "Authorisation withdrawn"


def reset(simulator, _form):
    """Return to the state at the start."""
    world.reset(simulator, _Asked(), {})
    return "Everything is as at the start"


ACTIONS = {
    "create-order": create_order,
    "set-status": set_status,
    "advance-clock": advance_clock,
    "add-fault": add_fault,
    "clear-faults": clear_faults,
    "set-quota-factor": set_quota_factor,
    "set-quantity": set_quantity,
    "authorise": authorise,
    "reset": reset,
}
