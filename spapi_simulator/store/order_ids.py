"""Order ids that lead back to the number of the order without any table.

A number is mixed into 14 digits by a reversible computation; the three digits before
them follow from these, so that a made-up id is told from one that was given out.
"""

import random
import re

_SPACE = 10**14
_ID = re.compile(r"1([12]\d)-(\d{7})-(\d{7})", re.ASCII)
_MIXER = 48_271_613_207_931


class OrderIds:
    """The ids of the orders of a store, different for each seed."""

    def __init__(self, seed):
        rng = random.Random(f"{seed}:order-ids")
        # Ends in 1, 3, 7 or 9 and so has an inverse.
        self._factor = rng.randrange(10**12, _SPACE // 10) * 10 + rng.choice((1, 3, 7))
        self._inverse = pow(self._factor, -1, _SPACE)
        self._shift = rng.randrange(_SPACE)

    def id_of(self, number):
        """The id of an order by its number, which is at least 0."""
        digits = (self._factor * number + self._shift) % _SPACE
        text = f"{digits:014d}"
        prefix = 10 + digits * _MIXER % 999_983 % 20
        return f"1{prefix}-{text[:7]}-{text[7:]}"

    def number_of(self, order_id):
        """The number behind an id; None when this store never gave it out."""
        match = _ID.fullmatch(order_id)
        if not match:
            return None
        digits = int(match[2] + match[3])
        number = (digits - self._shift) * self._inverse % _SPACE
        return number if self.id_of(number) == order_id else None
