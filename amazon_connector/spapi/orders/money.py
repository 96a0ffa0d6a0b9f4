"""The money of an order: one currency, exact amounts, discounts with a sure sign.

What adds up to Amazon's totals decides about what Amazon does not say: the sign of a
discount, and whether a TAX row comes on top of the others or is contained in them.
"""

from dataclasses import replace
from decimal import Decimal

from ..errors import UnreadableError
from ..json_fields import text_at
from ..money import parse_money
from .types import Charge

# Beyond it a float, in which Odoo keeps money, is not exact to the cent any more.
LARGEST_AMOUNT = Decimal(10) ** 12


class Amounts:
    """Reads amounts and sees to it that all of an order are in one currency."""

    def __init__(self):
        self.currency = ""

    def amount_of(self, block, name):
        """Return the amount of a ``Money`` block, None when it is absent.

        :param str name: Amazon's name of the block, for the sentence
        :raises UnreadableError: when it is no number, absurd or in another currency
        """
        try:
            money = parse_money(block)
        except ValueError as error:
            raise UnreadableError.of_field(name, error) from None
        if money is None:
            return None
        if abs(money.amount) >= LARGEST_AMOUNT:
            raise UnreadableError(
                f"{name}: An amount in Amazon's answer is out of range."
            )
        if money.currency:
            if self.currency and money.currency != self.currency:
                raise UnreadableError(
                    "The order mixes amounts in different currencies."
                )
            self.currency = money.currency
        return money.amount

    def charges(self, entries, kind_key, money_key):
        """Yield a :class:`Charge` for each entry that has an amount."""
        for entry in entries:
            kind = text_at(entry, kind_key).upper()
            amount = self.amount_of(entry.get(money_key), f"{money_key} of {kind}")
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


def settle_charges(charges, expected):
    """Return the charges with signed discounts, and whether they contain their tax.

    :param charges: tuple of :class:`Charge`
    :param expected: the Decimal Amazon gives as their sum, or None
    """
    signed = signed_discounts(charges, expected)
    if expected is None or sum_of(signed) == expected:
        return signed, False
    others = tuple(charge for charge in charges if charge.kind != "TAX")
    taxes = tuple(charge for charge in charges if charge.kind == "TAX")
    contained = signed_discounts(others, expected)
    if taxes and sum_of(contained) == expected:
        return contained + taxes, True
    return signed, False


def settle_items(items, grand_total):
    """Return the items, of which those without a total of their own are settled by the
    order's: together with the others they come to it.

    :param items: tuple of ``OrderItem``
    :param grand_total: Decimal, or None
    """
    open_items = [item for item in items if item.proceeds_total is None]
    if grand_total is None or not open_items:
        return items
    rest = grand_total - sum(
        item.proceeds_total for item in items if item.proceeds_total is not None
    )
    untaxed = sum(sum_of(item.charges) - item.charge("TAX") for item in open_items)
    taxes = sum(item.charge("TAX") for item in open_items)
    if not taxes or untaxed != rest:
        return items
    return tuple(
        replace(item, tax_included=True) if item in open_items else item
        for item in items
    )
