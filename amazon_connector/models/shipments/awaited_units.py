"""How many units of an item Amazon awaits, and how many nothing will bring: arithmetic.

Nothing here knows a record. Units may be parts, where Odoo's unit is another one, or an
item a pack.
"""

from dataclasses import dataclass

# Less than this is what computing with fractions leaves over.
_NOTHING = 1e-6


@dataclass(frozen=True)
class AwaitedUnits:
    """The units of one item of an order.

    :ivar ordered: what the buyer ordered and nobody cancelled
    :ivar fulfilled: what Amazon counted as shipped when it was last asked
    :ivar confirmed: what the outbox told Amazon, counted there or not yet
    :ivar elsewhere: what Amazon counted as shipped and the outbox did not tell
    :ivar by_others: of ``fulfilled``, what the outbox had not told by then
    :ivar waiting: what the outbox is to tell, and is not among ``fulfilled``; parts of
        packs that wait for their rest are among it
    :ivar in_parts: what left as components of kits, for a person to confirm
    :ivar coming: what open deliveries will bring
    :ivar left_untold: what a person decided to tell nothing of
    """

    ordered: float = 0
    fulfilled: float = 0
    confirmed: float = 0
    elsewhere: float = 0
    by_others: float = 0
    waiting: float = 0
    in_parts: float = 0
    coming: float = 0
    left_untold: float = 0

    @property
    def awaited(self):
        """What Amazon still awaits, be it that the outbox holds it."""
        others = max(self.elsewhere, self.by_others)
        known = max(self.fulfilled, self.confirmed + others)
        return _positive(self.ordered - known)

    @property
    def free(self):
        """What may still be put into the outbox."""
        return _positive(self.awaited - self.waiting)

    @property
    def is_used_up_here(self):
        """Whether the outbox alone holds as many as were ordered."""
        return not _positive(self.ordered - self.confirmed - self.waiting)

    @property
    def missing(self):
        """What Amazon awaits, and neither outbox nor a delivery will bring."""
        brought = self.in_parts + self.coming
        return _positive(self.free - brought - self.left_untold)


def split_units(quantity, room):
    """Return how many of so many units there is room for, and how many there is not."""
    fitting = min(quantity, max(room, 0))
    return _positive(fitting), _positive(quantity - fitting)


def _positive(units):
    """Return the units rounded, 0 for less than none."""
    return round(units, 9) if units > _NOTHING else 0
