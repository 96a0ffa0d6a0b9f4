"""The requests that the simulator received."""

from .reading import query_number


def find(simulator, request, _body):
    """The requests received so far, oldest first; ``limit`` keeps the last ones."""
    query = request.query_params
    limit = query_number(request, "limit", None)
    entries = simulator.journal.find(
        query.get("operation"), query.get("order_id"), query.get("sku"), limit
    )
    return 200, {"entries": entries}


def clear(simulator, _request, _body):
    """Forget the requests received so far."""
    simulator.journal.clear()
    return 204, None


ROUTES = (("/journal", {"GET": find, "DELETE": clear}),)
