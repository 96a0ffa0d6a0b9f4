"""What a fault is: which requests it hits, how often and for how long."""

import random
import uuid
from dataclasses import asdict, dataclass, field

GET_ACCESS_TOKEN = "getAccessToken"
#: What clients do at presigned addresses of documents.
UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT = "uploadDocument", "downloadDocument"
#: Beside the SP-API; only faults that name them hit them.
OTHER_OPERATIONS = (GET_ACCESS_TOKEN, UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT)

#: What a fault may say of its own, if its kind takes it.
OWN_WORDS = ("status", "code", "message", "details")


@dataclass(frozen=True)
class Target:
    """What a request is about; faults pick their requests by it."""

    operation: str
    order_id: str | None = None
    seller_id: str | None = None
    sku: str | None = None


@dataclass
class Fault:
    """A fault that waits for matching requests.

    ``operations`` are those that its kind can hit, any when empty, and ``operation``
    the one that is meant. ``times`` counts down; with ``until`` the fault ends by the
    simulated clock. Of the matching requests a share of ``probability`` is hit.
    ``status``, ``code``, ``message`` and ``details`` are for kinds that take them.
    """

    kind: str
    operation: str | None = None
    order_id: str | None = None
    seller_id: str | None = None
    sku: str | None = None
    times: int | None = 1
    probability: float = 1.0
    delay_seconds: float = 0.0
    until: float | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    operations: tuple = ()
    status: int | None = None
    code: str | None = None
    message: str | None = None
    details: str | None = None

    def matches(self, target):
        """Whether the fault is meant for this request."""
        return (
            self._means(target.operation)
            and self.order_id in (None, target.order_id)
            and self.seller_id in (None, target.seller_id)
            and self.sku in (None, target.sku)
        )

    def _means(self, operation):
        if self.operation:
            return operation == self.operation
        if self.operations:
            return operation in self.operations
        # Faults that name no operation are for the SP-API alone.
        return operation not in OTHER_OPERATIONS

    def describe(self):
        """The fault as a document."""
        document = asdict(self)
        del document["operations"]
        for name in OWN_WORDS:
            if document[name] is None:
                del document[name]
        return document


class Faults:
    """The faults in force, and the pages that a fault may show once more."""

    def __init__(self, clock, seed):
        self.clock = clock
        self.active = []
        self._pages = {}
        self._rng = random.Random(f"{seed}:faults")

    def add(self, fault):
        """Put a fault in force, behind earlier ones."""
        self.active.append(fault)
        return fault

    def take(self, target, has_previous=False):
        """Use the first fault for this request, or None.

        ``has_previous`` tells whether there is a page before, to be shown once more.
        """
        if not self.active:
            return None
        self._drop_ended()
        for fault in self.active:
            if fault.kind == "duplicate_page" and not has_previous:
                continue
            if fault.matches(target) and self._rng.random() < fault.probability:
                if fault.times is not None:
                    fault.times -= 1
                self._drop_ended()
                return fault
        return None

    def put_back(self, fault):
        """Take back the use of a fault that had no effect."""
        if fault.times is None:
            return
        fault.times += 1
        if fault not in self.active:
            self.active.insert(0, fault)

    def keep_page(self, target, body):
        """Remember the last page that an account was given by an operation."""
        self._pages[target.operation, target.seller_id] = body

    def page(self, target):
        """The last page that an account was given by an operation, or None."""
        return self._pages.get((target.operation, target.seller_id))

    def _drop_ended(self):
        now = self.clock.timestamp()
        self.active = [
            fault
            for fault in self.active
            if fault.times != 0 and (fault.until is None or now < fault.until)
        ]

    def describe(self):
        """The faults in force as documents."""
        self._drop_ended()
        return [fault.describe() for fault in self.active]

    def clear(self):
        """End all faults; forget the pages."""
        self.active = []
        self._pages = {}
