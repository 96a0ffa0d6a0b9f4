"""Which tracking number belongs to which parcel of a delivery.

Odoo keeps one text for a delivery, and joins the numbers of several parcels in it.
"""

import re

_SEPARATORS = re.compile(r"[,;+\r\n]+")


class UnknownNumberError(Exception):
    """There are numbers, but not one for each parcel.

    :ivar int numbers: how many there are
    :ivar int parcels: of how many parcels
    """

    def __init__(self, numbers, parcels):
        super().__init__()
        self.numbers, self.parcels = numbers, parcels


def split_numbers(text):
    """Return the tracking numbers in a text, a list."""
    return [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]


def assign_numbers(text, parcels):
    """Return the number of each parcel, a dict; of none without any number.

    One number is that of all parcels, which travel together.

    :param text: the numbers of a delivery as Odoo keeps them
    :param parcels: list of what stands for a parcel, in the order of the numbers
    :raise UnknownNumberError: when nobody can know which number is whose
    """
    numbers = split_numbers(text)
    if not numbers:
        return {}
    if len(numbers) == 1:
        return dict.fromkeys(parcels, numbers[0])
    if len(numbers) != len(parcels):
        raise UnknownNumberError(len(numbers), len(parcels))
    return dict(zip(parcels, numbers, strict=True))
