"""The money of an order: one currency, exact amounts, discounts with a sure sign."""

from decimal import Decimal

from ..json_fields import UnreadableValueError, text_at
from ..money import parse_money
from .types import Charge


class Amounts:
    """Reads amounts and sees to it that all of an order are in one currency."""

    def __init__(self):
        self.currency = ""

    def amount_of(self, block, name="amount"):
        """Return the amount of a ``Money`` block, None when it is absent.

        :param str name: what an error calls it
        :raises UnreadableValueError: when it is no number or in another currency
        """
        try:
            money = parse_money(block)
        except ValueError as error:
            raise UnreadableValueError.of_field(name, error) from None
        if money is None:
            return None
        if money.currency:
            if self.currency and money.currency != self.currency:
                raise UnreadableValueError(
                    "The order mixes amounts in different currencies."
                )
            self.currency = money.currency
        return money.amount

    def charges(self, entries, kind_key, money_key):
        """Yield a :class:`Charge` for each entry that has an amount."""
        for entry in entries:
            kind = text_at(entry, kind_key).upper()
            amount = self.amount_of(entry.get(money_key), kind or money_key)
            if amount is not None:
                yield Charge(kind, amount)


def sum_of(charges):
    """Return the sum of the charges' amounts."""
    return sum((charge.amount for charge in charges), Decimal(0))


def _change_discounts(charges, change):
    return tuple(
        Charge(charge.kind, change(charge.amount))
        if charge.kind == "DISCOUNT"
        else charge
        for charge in charges
    )


def signed_discounts(charges, expected):
    """Return the charges with DISCOUNT signed so that they come to ``expected``.

    Amazon does not document the sign. What adds up decides; where nothing does, a
    discount takes money away.

    :param charges: tuple of :class:`Charge`
    :param expected: the Decimal Amazon gives as their sum, or None
    """
    if not any(charge.kind == "DISCOUNT" for charge in charges):
        return charges
    if expected is not None:
        if sum_of(charges) == expected:
            return charges
        negated = _change_discounts(charges, lambda amount: -amount)
        if sum_of(negated) == expected:
            return negated
    return _change_discounts(charges, lambda amount: -abs(amount))
