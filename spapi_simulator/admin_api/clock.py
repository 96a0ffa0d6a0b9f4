"""The simulated time."""

from ..clock import FASTEST, MAX_OFFSET_SECONDS, SLOWEST, iso
from ..errors import AdminError
from .reading import number, only


def tell(simulator, _request, _body):
    """The simulated time, how far it is ahead of the real one, and its speed."""
    clock = simulator.clock
    return 200, {
        "now": iso(clock.now()),
        "offset_seconds": clock.offset,
        "speed": clock.speed,
    }


def change(simulator, request, body):
    """Move the simulated time forward, let it run at another speed, or both."""
    only(body, ("advance_seconds", "speed"))
    clock = simulator.clock
    if body.get("advance_seconds") is None and body.get("speed") is None:
        raise AdminError("advance_seconds or speed is required")
    rest = MAX_OFFSET_SECONDS - max(0.0, clock.offset)
    seconds = number(body, "advance_seconds", 0, 0, rest)
    speed = number(body, "speed", clock.speed, SLOWEST, FASTEST)
    clock.advance(seconds)
    if speed != clock.speed:
        clock.set_speed(speed)
        simulator.agenda.retime()
    return tell(simulator, request, body)


ROUTES = (("/clock", {"GET": tell, "POST": change}),)
