"""Amounts of money as Amazon writes them: ``{"amount": "9.99", "currencyCode"}``.

Source: definition ``Money`` of Orders 2026-01-01. Amounts are decimal strings in
major units; integers (Japanese yen) and JSON numbers are accepted too.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Money:
    """An exact amount in major units of an ISO 4217 currency."""

    amount: Decimal
    currency: str


def parse_amount(value):
    """Return ``value`` as an exact Decimal.

    :raises ValueError: when it is not a finite number
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError("An amount in Amazon's answer is not a number.")
    try:
        # Through str: a float would bring its binary error along.
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("An amount in Amazon's answer is not a number.") from None
    if not amount.is_finite():
        raise ValueError("An amount in Amazon's answer is not a number.")
    return amount


def parse_money(block):
    """Return the :class:`Money` of a model ``Money`` block, None when it is absent.

    :raises ValueError: when the amount is not a number
    """
    if not isinstance(block, dict) or block.get("amount") in (None, ""):
        return None
    currency = block.get("currencyCode")
    return Money(
        parse_amount(block["amount"]),
        currency.strip().upper() if isinstance(currency, str) else "",
    )
