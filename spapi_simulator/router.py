"""Finds the operation that a request means by its method and path."""

from urllib.parse import unquote

from .apis import OPERATIONS
from .usage_plans import published_plans

#: Where a client puts the region into the path, only its accounts may pass.
REGIONS = ("na", "eu", "fe")
#: The key of a path parameter: like the key of a target, (method,), it is no text,
#: so that no segment of a path can equal it.
_PARAMETER = None


class Router:
    """Paths by their segments; ``{name}`` stands for any one of them."""

    def __init__(self, rows):
        self._root = {}
        for method, path, target in rows:
            node, names = self._root, []
            for segment in path.strip("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    segment = _PARAMETER
                node = node.setdefault(segment, {})
            node[(method,)] = (target, tuple(names))

    def find(self, method, segments):
        """(target, {name: segment}), or (None, {})."""
        return self._walk(self._root, (method,), segments, ())

    def _walk(self, node, key, segments, values):
        if not segments:
            target, names = node.get(key, (None, ()))
            return target, dict(zip(names, values, strict=False))
        first, rest = segments[0], segments[1:]
        if first in node:
            found = self._walk(node[first], key, rest, values)
            if found[0] is not None:
                return found
        if _PARAMETER in node and first:
            return self._walk(node[_PARAMETER], key, rest, (*values, first))
        return None, {}


_SIMULATED = Router((o.method, o.path, o) for o in OPERATIONS)
_PUBLISHED = Router(
    (*key.split(" "), operation)
    for key, (operation, _rate, _burst) in published_plans().items()
)


def split_path(raw_path):
    """(region or None, segments); a segment may contain an encoded slash."""
    segments = [unquote(part) for part in raw_path.strip("/").split("/")]
    if segments[0] in REGIONS:
        return segments[0], segments[1:]
    return None, segments


def find_operation(method, segments):
    """(operation, path parameters), or (None, {}) when it is not simulated."""
    return _SIMULATED.find(method, segments)


def is_published(method, segments):
    """Whether Amazon has an operation there, simulated or not."""
    return _PUBLISHED.find(method, segments)[0] is not None
