"""The list of all requests the simulator received, without any credential."""

from dataclasses import dataclass, field, fields
from time import perf_counter

from .errors import parse_json

#: The oldest entries go first when a long run exceeds one of these.
MAX_ENTRIES = 200_000
MAX_BYTES = 64 * 1024 * 1024
#: Of a longer body only its length is kept.
MAX_BODY_BYTES = 16 * 1024
_TEXT_BYTES = 2000


@dataclass
class Entry:
    """One request and what became of it.

    ``body`` is the body as it was received, or a document about it. ``status`` is None
    while no answer was sent, and for dropped connections; ``applied`` tells whether
    the operation itself succeeded, whatever was answered; ``plan`` names the usage
    plan that the request drew on. ``begun`` is a reading of the processor's clock,
    ``milliseconds`` the time until the answer was ready.
    """

    time: str
    operation: str
    method: str
    path: str
    query: dict
    body: object = None
    status: int | None = None
    seller_id: str | None = None
    order_id: str | None = None
    sku: str | None = None
    request_id: str = ""
    applied: bool = False
    fault: str | None = None
    plan: str | None = None
    milliseconds: float | None = None
    begun: float = field(default_factory=perf_counter, repr=False)

    def __post_init__(self):
        if isinstance(self.body, bytes) and len(self.body) > MAX_BODY_BYTES:
            self.body = {"bytes": len(self.body)}

    def end(self):
        """Note how long the request took."""
        self.milliseconds = round((perf_counter() - self.begun) * 1000, 3)

    def size(self):
        """How many bytes of the client's it holds, roughly."""
        body = len(self.body) if isinstance(self.body, bytes) else 0
        query = sum(len(name) + len(value) for name, value in self.query.items())
        # The order's id and the SKU are parts of the path.
        return body + query + 2 * len(self.path)

    def describe(self):
        """The entry as a document."""
        document = {name: getattr(self, name) for name in _DESCRIBED}
        if isinstance(self.body, bytes):
            document["body"] = _readable(self.body)
        return document


_DESCRIBED = tuple(f.name for f in fields(Entry) if f.name != "begun")


def _readable(content):
    if not content:
        return None
    try:
        return parse_json(content)
    except ValueError:
        return content[:_TEXT_BYTES].decode("utf-8", "replace")


class Journal:
    """Entries in order of arrival."""

    def __init__(self):
        self.clear()

    def add(self, entry):
        """Keep an entry; what became of the request is noted in it later."""
        self.entries.append(entry)
        self._bytes += entry.size()
        if len(self.entries) > MAX_ENTRIES or self._bytes > MAX_BYTES:
            self._forget()
        return entry

    def _forget(self):
        """Let the oldest entries go, a tenth of what there may be at once."""
        count = max(0, len(self.entries) - MAX_ENTRIES * 9 // 10)
        self._bytes -= sum(entry.size() for entry in self.entries[:count])
        # The entry that was just added stays.
        while self._bytes > MAX_BYTES * 9 // 10 and count < len(self.entries) - 1:
            self._bytes -= self.entries[count].size()
            count += 1
        del self.entries[:count]

    def find(self, operation=None, order_id=None, sku=None, limit=None):
        """The last ``limit`` entries as documents, by operation, order and SKU."""
        found = [
            entry
            for entry in self.entries
            if operation in (None, entry.operation)
            and order_id in (None, entry.order_id)
            and sku in (None, entry.sku)
        ]
        start = 0 if limit is None else max(0, len(found) - limit)
        return [entry.describe() for entry in found[start:]]

    def clear(self):
        """Forget everything."""
        self.entries = []
        self._bytes = 0
