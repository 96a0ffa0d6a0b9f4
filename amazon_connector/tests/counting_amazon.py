"""An Amazon that counts units as the real one does: it takes no more than it awaits,
keeps one package for each reference, fails now and then, loses answers, and has the
worker die in the middle.

All of it is drawn from one ``random.Random``, so that a history happens again by its
seed.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from ..spapi.errors import (
    AmbiguousError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from ..spapi.times import format_time, parse_time
from .builders import NOW, build_item, build_order, build_package
from .common import FakeAmazon
from .living_amazon import Killed

# How often a call fails, and how often the answer to one that was taken is lost.
FAILURES, LOST_ANSWERS = 0.4, 0.4
ELSEWHERE = "ELSEWHERE"


@dataclass
class PlacedOrder:
    """What Amazon knows of one order.

    :ivar skus: ``{item ref: SKU}``
    :ivar ordered: ``{item ref: units}``, without those that were cancelled
    :ivar packages: ``{reference: package}``, as a document shows them
    :ivar shown: ``ordered`` less what was shipped, as it was shown last
    """

    number: str
    skus: dict
    ordered: Counter
    packages: dict = field(default_factory=dict)
    is_cancelled: bool = False
    shown: Counter = field(default_factory=Counter)

    def count_shipped(self, but=None):
        """Return ``{item ref: units}`` of all packages but one, a Counter."""
        return self.count_in(self.packages.keys() - {but})

    def count_in(self, references):
        """Return ``{item ref: units}`` of the packages with these references."""
        units = Counter()
        for reference in self.packages.keys() & set(references):
            for item in self.packages[reference]["packageItems"]:
                units[item["orderItemId"]] += item["quantity"]
        return units

    def count_awaited(self, but=None):
        """Return what is still to be shipped, all packages but one counted."""
        return self.ordered - self.count_shipped(but)

    @property
    def is_shipped_elsewhere(self):
        packages = self.packages.values()
        return any(one["trackingNumber"] == ELSEWHERE for one in packages)

    @property
    def status(self):
        if self.is_cancelled:
            return "CANCELLED"
        if not self.count_awaited():
            return "SHIPPED"
        return "PARTIALLY_SHIPPED" if self.count_shipped() else "UNSHIPPED"

    def build_document(self, updated):
        shipped = self.count_shipped()
        items = [
            build_item(ref, sku, self.ordered[ref], fulfilled=shipped[ref])
            for ref, sku in self.skus.items()
        ]
        return build_order(
            self.number,
            items,
            status=self.status,
            updated=format_time(updated),
            packages=list(self.packages.values()),
        )


class CountingAmazon(FakeAmazon):
    """Stands for ``SpApiClient``; orders are placed, cancelled and shipped on it.

    :param random: ``random.Random`` that says what fails
    :param judge: called with the order's number and ``packageDetail`` before a package
        is taken; returns what is wrong with it, a sentence or ``None``
    :ivar dict orders: :class:`PlacedOrder` by number
    :ivar list wrong: sentences about requests that should not have been made
    :ivar Counter happened: what was done and what went wrong, by name
    :ivar meanwhile: called once, while the next confirmation is on its way
    """

    def __init__(self, random, judge):
        super().__init__()
        self.random = random
        self.judge = judge
        self.orders = {}
        self.wrong = []
        self.happened = Counter()
        self.meanwhile = None
        self.is_calm = False
        self.changes = 0
        self._changed = set()
        # What each package was taken with, where the answer arrived.
        self._answered = {}

    # === WHAT HAPPENS ON AMAZON === #

    def place(self, number, items):
        """Have a buyer order; ``items`` is a list of (item ref, SKU, units)."""
        order = PlacedOrder(
            number,
            {ref: sku for ref, sku, _units in items},
            Counter({ref: units for ref, _sku, units in items}),
        )
        self._change(order)
        self.show_changes()

    def cancel_a_unit(self, number):
        """Cancel a unit that is not shipped, unless it is the last of the order."""
        order = self.orders[number]
        awaited = sorted(order.count_awaited())
        if awaited and order.ordered.total() > 1 and not order.is_cancelled:
            order.ordered[self.random.choice(awaited)] -= 1
            self._change(order)

    def cancel(self, number):
        order = self.orders[number]
        if order.status == "UNSHIPPED":
            order.is_cancelled = True
            self._change(order)

    def ship_elsewhere(self, number):
        """Have somebody ship a unit without Odoo."""
        order = self.orders[number]
        awaited = sorted(order.count_awaited())
        if not awaited or order.is_cancelled:
            return
        reference = f"elsewhere-{len(order.packages)}"
        order.packages[reference] = {
            "packageReferenceId": reference,
            "carrier": "UPS",
            "trackingNumber": ELSEWHERE,
            "packageItems": [
                {"orderItemId": self.random.choice(awaited), "quantity": 1}
            ],
        }
        self._change(order)

    def show_changes(self):
        """Return the documents of what changed since it was called last, a list."""
        changed, self._changed = sorted(self._changed), set()
        for number in changed:
            self.orders[number].shown = self.orders[number].count_awaited()
        return [self.documents[number] for number in changed]

    def _change(self, order):
        self.changes += 1
        self._changed.add(order.number)
        self.orders[order.number] = order
        updated = NOW - timedelta(days=2) + timedelta(seconds=self.changes)
        self.add(order.build_document(updated))

    # === WHAT AMAZON ANSWERS === #

    @contextmanager
    def calm(self):
        """Let nothing fail."""
        self.is_calm = True
        try:
            yield
        finally:
            self.is_calm = False

    def _called(self, operation, *details):
        super()._called(operation, *details)
        if self.is_calm or self.random.random() > FAILURES:
            return
        failures = [
            UnavailableError("Busy.", operation=operation),
            ThrottledError("Too often.", operation=operation, retry_after=30),
            Killed(),
        ]
        if operation == "confirmShipment":
            # Nothing was taken, as it will turn out.
            failures.append(AmbiguousError("No answer.", operation=operation))
            failures.append(
                RejectedError(
                    "The tracking number is not valid.", operation=operation, status=400
                )
            )
        failure = self.random.choice(failures)
        self.happened[type(failure).__name__] += 1
        raise failure

    def confirm_shipment(self, order_id, request):
        order, detail = self.orders[order_id], request["packageDetail"]
        self._note_what_is_wrong(order, detail)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        self._called("confirmShipment", order_id, request)
        self._refuse_what_is_not_awaited(order, detail)
        reference = detail["packageReferenceId"]
        order.packages[reference] = build_package(request)
        self._change(order)
        self.applied.append((order_id, request))
        if not self.is_calm and self.random.random() < LOST_ANSWERS:
            self._answered.pop((order_id, reference), None)
            lost = AmbiguousError("No answer.", operation="confirmShipment")
            failure = self.random.choice((lost, Killed()))
            self.happened[f"{type(failure).__name__} afterwards"] += 1
            raise failure
        self._answered[order_id, reference] = _without_date(detail)

    def _note_what_is_wrong(self, order, detail):
        """Note what the addon should have known before it sent the request."""
        reference = detail["packageReferenceId"]
        if self._answered.get((order.number, reference)) == _without_date(detail):
            self.wrong.append(f"{order.number} is told the same again: {detail}")
        if problem := self.judge(order, detail):
            self.wrong.append(f"{order.number}: {problem} {detail}")
        if (left := parse_time(detail["shipDate"])) > self.get_time():
            self.wrong.append(f"{order.number}: {left} is in the future.")
        # What it took of this package and has not shown yet may be told again.
        own = order.count_shipped() - order.count_shipped(but=reference)
        for ref, units in _count_units(detail).items():
            if units > order.shown[ref] + own[ref]:
                self.wrong.append(f"{order.number} does not await that: {detail}")

    @staticmethod
    def _refuse_what_is_not_awaited(order, detail):
        awaited = order.count_awaited(but=detail["packageReferenceId"])
        problem = None
        if order.is_cancelled:
            problem = "The order is cancelled."
        elif _count_units(detail) - awaited:
            problem = "The quantity is too large."
        if problem:
            raise RejectedError(problem, operation="confirmShipment", status=400)


def _count_units(detail):
    """Return ``{item ref: units}`` of a package, a Counter."""
    return Counter(
        {item["orderItemId"]: item["quantity"] for item in detail["orderItems"]}
    )


def _without_date(detail):
    return {name: value for name, value in detail.items() if name != "shipDate"}
