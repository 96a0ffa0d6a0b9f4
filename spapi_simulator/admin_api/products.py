"""The articles that orders are made of."""


def list_products(simulator, _request, _body):
    """The catalogue."""
    return 200, {"products": simulator.store.products}


ROUTES = (("/products", {"GET": list_products}),)
