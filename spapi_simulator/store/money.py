"""Amounts of generated orders: breakdowns of items and totals of orders.

The rules hold for every generated order: ITEM is unit price times quantity, an item's
``proceedsTotal`` is the sum of its subtotals, and ``grandTotal`` is the sum of the
items' totals and of the rows that belong to the order alone (DELIVERY_TIP).
"""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(value):
    """Round to two decimals as prices are."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def money(amount, currency):
    """Amazon's Money: the amount is a string."""
    return {"amount": str(cents(amount)), "currencyCode": currency}


def item_proceeds(parts, discounts, tax_rate, currency):
    """The ``proceeds`` of an item.

    ``parts`` maps ITEM, SHIPPING and GIFT_WRAP to amounts, ``discounts`` maps
    ITEM and SHIPPING to amounts given back (positive here, negative in the answer).
    """
    rows = [_row(kind, amount, currency) for kind, amount in parts.items() if amount]
    if discounts:
        details = {kind: -amount for kind, amount in discounts.items()}
        rows.append(_detailed("DISCOUNT", details, currency))
    if tax_rate:
        taxes = {kind: cents(a * tax_rate) for kind, a in parts.items() if a}
        if discounts:
            taxes["DISCOUNT"] = cents(-sum(discounts.values()) * tax_rate)
        rows.append(_detailed("TAX", taxes, currency))
    total = sum((Decimal(r["subtotal"]["amount"]) for r in rows), ZERO)
    return {"proceedsTotal": money(total, currency), "breakdowns": rows}


def order_proceeds(items, currency, tip=ZERO):
    """The ``proceeds`` of an order from those of its items."""
    sums = {}
    for item in items:
        for row in item["proceeds"]["breakdowns"]:
            amount = Decimal(row["subtotal"]["amount"])
            sums[row["type"]] = sums.get(row["type"], ZERO) + amount
    rows = [_row(kind, amount, currency) for kind, amount in sums.items()]
    if tip:
        rows.append({**_row("DELIVERY_TIP", tip, currency), "status": "FINALIZED"})
    total = sum((Decimal(r["subtotal"]["amount"]) for r in rows), ZERO)
    return {"grandTotal": money(total, currency), "breakdowns": rows}


def _row(kind, amount, currency):
    return {"type": kind, "subtotal": money(amount, currency)}


def _detailed(kind, details, currency):
    row = _row(kind, sum(details.values(), ZERO), currency)
    row["detailedBreakdowns"] = [
        {"subtype": subtype, "value": money(value, currency)}
        for subtype, value in details.items()
    ]
    return row
