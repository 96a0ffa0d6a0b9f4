"""The money of an order by what is paid for: each part without its tax, and its tax.

Amazon gives the tax of an item as one row, TAX, which comes on top of the other rows or
is contained in them, and only sometimes says which of them it belongs to.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Part:
    """What is paid for one thing: ITEM, SHIPPING, GIFT_WRAP, DISCOUNT, …

    :ivar item_id: the item that it belongs to, "" for the order as a whole
    :ivar net: the amount without the tax that Amazon names
    :ivar tax: the tax that Amazon names for it, zero where it names none
    :ivar remitted: whether Amazon collects the tax and pays it itself
    """

    item_id: str
    kind: str
    net: Decimal
    tax: Decimal = Decimal(0)
    remitted: bool = False

    @property
    def owed(self):
        """What the seller gets: with the tax, unless Amazon keeps it."""
        return self.net if self.remitted else self.net + self.tax


def split_order(order):
    """Return the :class:`Part` tuple of an order; ITEM is the first one of each item.

    :param order: ``spapi.orders.Order``
    """
    parts = tuple(part for item in order.items for part in _split_item(item))
    taxes = [charge for charge in order.order_charges if charge.kind == "TAX"]
    others = [charge for charge in order.order_charges if charge.kind != "TAX"]
    tax = sum((charge.amount for charge in taxes), Decimal(0))
    if tax:
        parts = _add_tax(parts, tax, order.order_tax_included)
    return parts + tuple(Part("", charge.kind, charge.amount) for charge in others)


def spread(amount, weights):
    """Return the shares of an amount, as fine as it is itself, which sum up to it.

    :param amount: Decimal
    :param weights: Decimals; where they sum up to nothing, the first one gets all
    """
    total = sum(weights, Decimal(0))
    if not total:
        return [amount, *(Decimal(0) for _weight in weights[1:])]
    digits = Decimal(1).scaleb(amount.as_tuple().exponent)
    shares, weighed, given = [], Decimal(0), Decimal(0)
    for weight in weights:
        weighed += weight
        until_here = (amount * weighed / total).quantize(digits, ROUND_HALF_UP)
        shares.append(until_here - given)
        given = until_here
    return shares


def _split_item(item):
    kinds = {"ITEM": Decimal(0)}
    for charge in item.charges:
        if charge.kind != "TAX":
            kinds[charge.kind] = kinds.get(charge.kind, Decimal(0)) + charge.amount
    taxes = _get_taxes(item, kinds)
    return tuple(
        Part(
            item_id=item.item_id,
            kind=kind,
            net=amount - taxes[kind] if item.tax_included else amount,
            tax=taxes[kind],
            remitted=item.tax_collected_by_amazon,
        )
        for kind, amount in kinds.items()
    )


def _get_taxes(item, kinds):
    """Return the tax of each kind: as Amazon details it, else in proportion."""
    tax = item.charge("TAX")
    taxes = dict.fromkeys(kinds, Decimal(0))
    is_detailed = all(detail.kind in kinds for detail in item.tax_by_kind)
    if is_detailed and sum(detail.amount for detail in item.tax_by_kind) == tax:
        for detail in item.tax_by_kind:
            taxes[detail.kind] += detail.amount
        return taxes
    return dict(zip(kinds, spread(tax, list(kinds.values())), strict=True))


def _add_tax(parts, tax, is_included):
    """Return the parts with a tax that Amazon names for the order as a whole."""
    if not parts:
        return (Part("", "TAX", Decimal(0), tax),)
    shares = spread(tax, [part.net for part in parts])
    return tuple(
        replace(
            part,
            net=part.net - share if is_included else part.net,
            tax=part.tax + share,
        )
        for part, share in zip(parts, shares, strict=True)
    )
