"""Merges a partial order into an order; ``order_check`` judges what comes out of it."""

from ..clock import iso, parse_iso
from ..errors import AdminError

_TIMES = ("createdTime", "lastUpdatedTime", "earliestDateTime", "latestDateTime")
#: Lists whose entries are told apart by an id, and so are merged one by one.
_LIST_KEYS = {"orderItems": "orderItemId", "packages": "packageReferenceId"}
#: The rest of an order may be deleted, as Amazon leaves it out at times.
_REQUIRED = (
    "orderId",
    "createdTime",
    "lastUpdatedTime",
    "salesChannel",
    "fulfillment",
    "orderItems",
    "orderItemId",
    "quantityOrdered",
    "product",
    "packageReferenceId",
    "packageItems",
)
_MAX_DEPTH = 20


def merge(target, partial, depth=0):
    """Merge a partial document in place: null deletes, types must stay."""
    _check_depth(None, depth)
    for name, value in partial.items():
        if value is None:
            if name in _REQUIRED:
                raise AdminError(f"{name} cannot be deleted")
            target.pop(name, None)
        elif name in _LIST_KEYS:
            _merge_list(target.setdefault(name, []), name, value, depth)
        else:
            _merge_value(target, name, value, depth)


def _merge_value(target, name, value, depth):
    old = target.get(name)
    if old is not None and type(old) is not type(value):
        raise AdminError(f"{name} must be a {type(old).__name__}")
    if name in _TIMES:
        value = _read_time(name, value)
    if isinstance(value, dict):
        merge(target.setdefault(name, {}), value, depth + 1)
    else:
        _check_depth(value, depth + 1)
        target[name] = value


def _check_depth(value, depth):
    """Nothing is stored that a copy of the order could not follow."""
    if depth > _MAX_DEPTH:
        raise AdminError("the document is nested too deeply")
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            _check_depth(inner, depth + 1)


def _merge_list(rows, name, value, depth):
    key = _LIST_KEYS[name]
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise AdminError(f"{name} must be a list of objects")
    for partial in value:
        row = next((r for r in rows if r[key] == partial.get(key)), None)
        if row is None:
            raise AdminError(f"{name}: there is no entry with this {key}")
        merge(row, partial, depth + 1)


def _read_time(name, value):
    try:
        return iso(parse_iso(value))
    except (ValueError, TypeError):
        raise AdminError(f"{name} must be an ISO 8601 date-time") from None
