"""Amounts of money as Amazon writes them: ``{"amount": "9.99", "currencyCode"}``.

Source: definition ``Money`` of Orders 2026-01-01. Amounts are decimal strings in
major units; integers (Japanese yen) and JSON numbers are accepted too.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .errors import UnreadableError
from .json_fields import text_at

_AMOUNT_CHARACTERS = 64
_AMOUNT_DIGITS = 15
_AMOUNT_DECIMALS = 20


@dataclass(frozen=True)
class Money:
    """An exact amount in major units of an ISO 4217 currency."""

    amount: Decimal
    currency: str


def parse_amount(value):
    """Return ``value`` as an exact Decimal.

    :raises UnreadableError: when it is not a finite number below 10**15 of up to
        20 decimals
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise UnreadableError("An amount in Amazon's answer is not a number.")
    if isinstance(value, str) and len(value) > _AMOUNT_CHARACTERS:
        raise UnreadableError("An amount in Amazon's answer is too long.")
    try:
        # Through str: a float would bring its binary error along.
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise UnreadableError("An amount in Amazon's answer is not a number.") from None
    if not amount.is_finite():
        raise UnreadableError("An amount in Amazon's answer is not a number.")
    # Looked at without calculating: 1E+999999999 is a Decimal, too.
    is_large = amount.adjusted() >= _AMOUNT_DIGITS
    # Of a finite amount, the exponent is a number.
    if is_large or int(amount.as_tuple().exponent) < -_AMOUNT_DECIMALS:
        raise UnreadableError("An amount in Amazon's answer is out of range.")
    return amount


def parse_money(block):
    """Return the :class:`Money` of a model ``Money`` block, None when it is absent.

    :raises UnreadableError: when the amount is not a number
    """
    if not isinstance(block, dict) or block.get("amount") in (None, ""):
        return None
    currency = text_at(block, "currencyCode").upper()
    return Money(parse_amount(block["amount"]), currency)
