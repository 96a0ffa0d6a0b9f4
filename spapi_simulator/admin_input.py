"""Reads the input of the admin interface; refuses what would break the store."""

from .accounts import ACCOUNTS
from .apis import OPERATIONS
from .clock import iso, parse_iso
from .errors import AdminError, parse_json
from .faults import GET_ACCESS_TOKEN, KINDS, Fault
from .store.order_generator import Wish
from .store.order_status import STATUSES

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
#: What operations read; other properties may be added freely.
_KINDS = {
    "buyer": dict,
    "recipient": dict,
    "deliveryAddress": dict,
    "fulfillment": dict,
    "deliverByWindow": dict,
    "packing": dict,
    "giftOption": dict,
    "programs": list,
    "quantityFulfilled": int,
    "quantityUnfulfilled": int,
}
_MAX_DEPTH = 20
_OPERATIONS = (*(operation.name for operation in OPERATIONS), GET_ACCESS_TOKEN)
_FAULT_KEYS = (
    "kind",
    "operation",
    "order_id",
    "seller_id",
    "sku",
    "probability",
    "times",
    "delay_seconds",
    "seconds",
)


def read_body(body):
    """The JSON object of a request; nothing counts as an empty one."""
    if not body:
        return {}
    try:
        document = parse_json(body)
    except ValueError:
        raise AdminError("the body is not valid JSON") from None
    if not isinstance(document, dict):
        raise AdminError("the body must be a JSON object")
    return document


def member(body, name, kind, default=None):
    """A property of a given type; null counts as absent."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool):
        raise AdminError(f"{name} has the wrong type")
    return value


def text(body, name, required=False):
    """A string property."""
    value = member(body, name, str)
    if required and not value:
        raise AdminError(f"{name} is required")
    return value


def number(body, name, default, least, most):
    """A number within bounds."""
    value = member(body, name, (int, float), default)
    if not least <= value <= most:
        raise AdminError(f"{name} must be between {least} and {most}")
    return value


def whole_number(body, name, default, least, most):
    """An integer within bounds."""
    member(body, name, int)
    return number(body, name, default, least, most)


def require_account(seller_id):
    """The account of a seller id."""
    if seller_id not in ACCOUNTS:
        raise AdminError(f"seller_id must be one of {', '.join(ACCOUNTS)}")
    return ACCOUNTS[seller_id]


def one_of(body, name, choices, default=None):
    """A string out of a list."""
    value = text(body, name)
    if value is None:
        return default
    if value not in choices:
        raise AdminError(f"{name} must be one of {', '.join(choices)}")
    return value


def read_wish(body, account, products):
    """What the orders to be generated are like."""
    marketplaces = {m.id: m for m in account.marketplaces}
    programs = member(body, "programs", list)
    if programs is not None and not all(isinstance(p, str) for p in programs):
        raise AdminError("programs must be a list of strings")
    return Wish(
        marketplace=marketplaces.get(one_of(body, "marketplace_id", marketplaces)),
        status=one_of(body, "status", STATUSES, "UNSHIPPED"),
        fulfilled_by=one_of(body, "fulfilled_by", ("MERCHANT", "AMAZON"), "MERCHANT"),
        channel_name=one_of(body, "channel_name", ("AMAZON", "NON_AMAZON"), "AMAZON"),
        programs=programs,
        lines=_read_lines(body, {product["sku"] for product in products}),
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


def read_fault(body, now):
    """The fault a request asks for."""
    unknown = set(body) - set(_FAULT_KEYS)
    if unknown:
        raise AdminError(f"unknown properties: {', '.join(sorted(unknown))}")
    name = one_of(body, "kind", KINDS)
    if name is None:
        raise AdminError(f"kind is required, one of {', '.join(KINDS)}")
    kind = KINDS[name]
    operations = (kind.operation,) if kind.operation else _OPERATIONS
    seller_id = text(body, "seller_id")
    if seller_id is not None:
        require_account(seller_id)
    seconds = member(body, "seconds", (int, float))
    if seconds is not None:
        number(body, "seconds", 0, 0, 1e9)
    times = whole_number(body, "times", 1, 1, 10**9)
    return Fault(
        kind=name,
        operation=one_of(body, "operation", operations, kind.operation),
        order_id=text(body, "order_id"),
        seller_id=seller_id,
        sku=text(body, "sku"),
        probability=number(body, "probability", 1.0, 0, 1),
        # A fault that lasts for some time has no count unless one is given.
        times=None if seconds is not None and body.get("times") is None else times,
        delay_seconds=number(body, "delay_seconds", kind.delay_seconds, 0, 3600),
        until=None if seconds is None else now + seconds,
    )


def merge(target, partial, depth=0):
    """Merge a partial document in place: null deletes, types must stay."""
    if depth > _MAX_DEPTH:
        raise AdminError("the document is nested too deeply")
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
    kind = _KINDS.get(name) if old is None else type(old)
    if kind not in (None, type(value)):
        raise AdminError(f"{name} must be a {kind.__name__}")
    if name in _TIMES:
        value = _read_time(name, value)
    if isinstance(value, dict):
        merge(target.setdefault(name, {}), value, depth + 1)
    else:
        target[name] = value


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
