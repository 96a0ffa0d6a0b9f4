"""The list of all requests the simulator received, without any credential."""

import time
from dataclasses import asdict, dataclass, field

#: The oldest entries go first when a long run exceeds this.
MAX_ENTRIES = 200_000


@dataclass
class Entry:
    """One request and what became of it.

    ``status`` is None while no answer was sent, and for dropped connections;
    ``applied`` tells whether the operation itself succeeded, whatever was answered;
    ``plan`` names the usage plan that the request drew on. ``begun`` is a reading of
    the processor's clock, ``milliseconds`` the time until the answer was ready.
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
    begun: float = field(default_factory=time.perf_counter, repr=False)

    def end(self):
        """Note how long the request took."""
        self.milliseconds = round((time.perf_counter() - self.begun) * 1000, 3)

    def describe(self):
        """The entry as a document."""
        document = asdict(self)
        del document["begun"]
        return document


class Journal:
    """Entries in order of arrival."""

    def __init__(self):
        self.entries = []

    def add(self, entry):
        """Keep an entry; it is completed in place once the answer is known."""
        if len(self.entries) >= MAX_ENTRIES:
            del self.entries[: MAX_ENTRIES // 10]
        self.entries.append(entry)
        return entry

    def find(self, operation=None, order_id=None, sku=None):
        """Entries as documents, filtered by operation, order and SKU."""
        return [
            entry.describe()
            for entry in self.entries
            if operation in (None, entry.operation)
            and order_id in (None, entry.order_id)
            and sku in (None, entry.sku)
        ]

    def clear(self):
        """Forget everything."""
        self.entries = []
