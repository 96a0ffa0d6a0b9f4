"""The simulated time."""

from ..clock import MAX_OFFSET_SECONDS, iso
from ..errors import AdminError
from .reading import number, only


def tell(simulator, _request, _body):
    """The simulated time and how far it is ahead of the real one."""
    clock = simulator.clock
    return 200, {"now": iso(clock.now()), "offset_seconds": clock.offset}


def advance(simulator, request, body):
    """Move the simulated time forward."""
    only(body, ("advance_seconds",))
    rest = MAX_OFFSET_SECONDS - simulator.clock.offset
    if body.get("advance_seconds") is None:
        raise AdminError("advance_seconds is required")
    simulator.clock.advance(number(body, "advance_seconds", 0, 0, rest))
    return tell(simulator, request, body)


ROUTES = (("/clock", {"GET": tell, "POST": advance}),)
