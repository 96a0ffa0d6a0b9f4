"""Faults on demand."""

from ..apis import OPERATIONS
from ..errors import AdminError
from ..faults import KINDS, KNOWN, OTHER_OPERATIONS, OWN_WORDS, Fault
from .reading import member, number, one_of, only, require_account, text, whole_number

_OPERATIONS = (*(operation.name for operation in OPERATIONS), *OTHER_OPERATIONS)
_KEYS = (
    "kind",
    "operation",
    "order_id",
    "seller_id",
    "sku",
    "probability",
    "times",
    "delay_seconds",
    "seconds",
    *OWN_WORDS,
)


def list_faults(simulator, _request, _body):
    """The faults in force."""
    return 200, {"faults": simulator.faults.describe()}


def add(simulator, _request, body):
    """Put a fault in force."""
    fault = read_fault(simulator, body)
    simulator.faults.add(fault)
    return 201, {"id": fault.id}


def clear(simulator, _request, _body):
    """End all faults."""
    simulator.faults.clear()
    return 204, None


def list_kinds(_simulator, _request, _body):
    """The repertoire: what each kind of fault does and whom it can hit."""
    kinds = [
        {
            "kind": name,
            "answer": kind.words,
            "operation_happens": kind.applied,
            "operations": list(kind.operations),
            "takes": list(kind.takes),
        }
        for name, kind in KINDS.items()
    ]
    codes = [
        {"code": code, "status": status, "message": message}
        for code, (status, message) in KNOWN.items()
    ]
    return 200, {"kinds": kinds, "codes": codes}


def read_fault(simulator, body):
    """The fault a request asks for."""
    only(body, _KEYS)
    name = one_of(body, "kind", KINDS)
    if name is None:
        raise AdminError(f"kind is required, one of {', '.join(KINDS)}")
    kind = KINDS[name]
    operations = kind.operations or _OPERATIONS
    seller_id = text(body, "seller_id")
    if seller_id is not None:
        require_account(seller_id)
    seconds = member(body, "seconds", (int, float))
    if seconds is not None:
        number(body, "seconds", 0, 0, 1e9)
    times = whole_number(body, "times", 1, 1, 10**9)
    return Fault(
        kind=name,
        operation=one_of(body, "operation", operations),
        operations=kind.operations,
        order_id=_order_id(simulator, text(body, "order_id")),
        seller_id=seller_id,
        sku=_sku(simulator, text(body, "sku")),
        probability=number(body, "probability", 1.0, 0, 1),
        # A fault that lasts for some time has no count unless one is given.
        times=None if seconds is not None and body.get("times") is None else times,
        delay_seconds=number(body, "delay_seconds", kind.delay_seconds, 0, 3600),
        until=None if seconds is None else simulator.clock.timestamp() + seconds,
        **_own_words(body, name, kind),
    )


def _own_words(body, name, kind):
    given = [word for word in OWN_WORDS if body.get(word) is not None]
    if not set(given) <= set(kind.takes):
        able = ", ".join(other for other, it in KINDS.items() if given[0] in it.takes)
        raise AdminError(f"{', '.join(given)}: not of kind {name}, but of {able}")
    words = {word: text(body, word) for word in ("code", "message", "details")}
    if "status" not in kind.takes:
        return words
    usual = KNOWN.get(words["code"], (None,))[0]
    if body.get("status") is None and usual is None:
        known = ", ".join(KNOWN)
        raise AdminError(f"status is required, or a code that tells it: {known}")
    return {**words, "status": whole_number(body, "status", usual, 400, 599)}


def _order_id(simulator, order_id):
    if order_id is None or simulator.store.get(order_id):
        return order_id
    raise AdminError(f"there is no order {order_id}; GET orders lists them")


def _sku(simulator, sku):
    if sku is None or any(catalog.get(sku) for catalog in simulator.listings.values()):
        return sku
    raise AdminError(f"there is no listing with sku {sku}; GET listings lists them")


ROUTES = (
    ("/faults", {"GET": list_faults, "POST": add, "DELETE": clear}),
    ("/faults/kinds", {"GET": list_kinds}),
)
