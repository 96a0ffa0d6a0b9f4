"""The usage plans."""

from ..errors import AdminError
from .reading import number, only


def tell(simulator, _request, _body):
    """The usage plans in force and the tokens left."""
    return 200, simulator.quotas.describe()


def scale(simulator, request, body):
    """Scale the usage plans; all buckets are full again."""
    only(body, ("factor",))
    if body.get("factor") is None:
        raise AdminError("factor is required")
    simulator.quotas.set_factor(number(body, "factor", 1, 0.001, 1e6))
    return tell(simulator, request, body)


ROUTES = (("/quotas", {"GET": tell, "PUT": scale}),)
