"""Judges an order that was changed by hand before it is stored.

An order may lack much and have properties of its own. Yet whatever operations,
notifications and reports read must be of the kind they expect: one broken order would
spoil every page of searchOrders.
"""

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from ..apis.order_projection import DATASETS, project
from ..errors import AdminError
from ..notifications.order_change import CHANGE_TYPES, change_types, order_change
from ..reports.orders import rows_of
from ..store.order_index import row_of
from ..store.order_status import STATUSES
from .order_shape import ORDER

#: All that Python says to documents of an unexpected form.
_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
}
# A float such as 1.0 is no quantity, although JSON Schema takes it for an integer.
_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: type(value) is int
    ),
)
_VALIDATORS = {name: _Validator(shape) for name, shape in ORDER.items()}


def check_order(before, order, now):
    """Refuse an order that the simulator could not show, tell of or report.

    ``before`` is the order until now, None for a new one; ``now`` an instant.

    :raises AdminError: says which property is wrong, or what became impossible
    """
    for name, value in order.items():
        if before is None or name not in before or before[name] != value:
            _check_shape(name, value)
    # What is read depends on the status, which may change without the admin.
    for status in (None, *STATUSES):
        candidate = _in_status(order, status)
        for use, function in _USES.items():
            _try(use, function, before, candidate, now)


def _check_shape(name, value):
    if name not in _VALIDATORS:
        return
    error = next(_VALIDATORS[name].iter_errors(value), None)
    if error is not None:
        path = ".".join(map(str, (name, *error.absolute_path)))
        raise AdminError(f"{path} {_complaint(error)}")


def _complaint(error):
    if error.validator == "type":
        return f"must be {_KINDS[error.validator_value]}"
    if error.validator == "required":
        return f"must have {', '.join(error.validator_value)}"
    if error.validator == "pattern":
        return "must be a text of digits such as 12.34"
    return f"must be between {error.schema['minimum']} and {error.schema['maximum']}"


def _in_status(order, status):
    if status is None:
        return order
    fulfillment = {**order.get("fulfillment", {}), "fulfillmentStatus": status}
    return {**order, "fulfillment": fulfillment}


def _try(use, function, before, order, now):
    try:
        function(before, order, now)
    except _UNREADABLE as error:
        raise AdminError(f"{use} would be impossible ({error!r})") from error


def _answer(_before, order, now):
    row_of(order)
    for restricted_roles in (True, False):
        project(order, DATASETS, now, restricted_roles)


def _tell(before, order, _now):
    change_types(before, order)
    if change_types(None, order):
        for change_type in CHANGE_TYPES:
            order_change("", order, change_type, order["lastUpdatedTime"])


def _report(_before, order, _now):
    rows_of(order)


_USES = {
    "an answer with the order": _answer,
    "a notification of the order": _tell,
    "a report of the order": _report,
}
