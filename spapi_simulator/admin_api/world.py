"""The simulator as a whole: is it there, and back to the start."""


def health(simulator, _request, _body):
    """Tell that the simulator serves."""
    return 200, {"status": "ok", "orders": simulator.store.count()}


def reset(simulator, _request, _body):
    """Return to the state at the start."""
    simulator.reset()
    return 200, {"status": "ok"}


ROUTES = (("/health", {"GET": health}), ("/reset", {"POST": reset}))
