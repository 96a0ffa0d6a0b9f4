"""Routes that let everything through, where Starlette would answer by itself."""

from starlette.convertors import PathConvertor, register_url_convertor
from starlette.routing import Route


class _AnyPath(PathConvertor):
    """Any path at all; even a line break may be part of a SKU."""

    regex = r"[\s\S]*"


register_url_convertor("any", _AnyPath())


class AnyMethod(Route):
    """A route for all methods, also those that nothing answers with success."""

    def __init__(self, path, endpoint):
        super().__init__(path, endpoint)
        self.methods = None
