"""Amounts of orders: breakdowns of items, totals of orders, in exact whole units.

Amounts are computed as integers of the currency's smallest unit (cents; yen have
none) and written as Amazon's decimal strings. The rules hold for every order:

* ITEM is unit price times ``quantityOrdered``; there always is an ITEM row,
* the details of a row add up to its subtotal,
* an item's ``proceedsTotal`` is the sum of its subtotals,
* ``grandTotal`` is the sum of the items' totals and of the rows that belong to the
  order alone (DELIVERY_TIP).
"""

from decimal import ROUND_HALF_UP, Decimal

#: Currencies without decimals; all others here have two.
_DECIMALS = {"JPY": 0}
#: Rates of tax are whole parts of this, so that all amounts stay exact.
RATE_UNIT = 100_000
#: Rows that no item has; they outlive a new computation of the totals.
_OF_THE_ORDER = ("DELIVERY_TIP",)


def decimals(currency):
    """How many decimals the amounts of a currency have."""
    return _DECIMALS.get(currency, 2)


def units(amount, currency):
    """An amount (text or Decimal) in the smallest unit, rounded half up."""
    scaled = Decimal(amount).scaleb(decimals(currency))
    return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))


def money(amount, currency):
    """Amazon's Money of an amount in the smallest unit: the amount is a string."""
    if currency in _DECIMALS:
        text = str(amount)
    elif amount < 0:
        text = f"-{-amount // 100}.{-amount % 100:02d}"
    else:
        text = f"{amount // 100}.{amount % 100:02d}"
    return {"amount": text, "currencyCode": currency}


def units_of(block):
    """The smallest units of Amazon's Money."""
    amount, currency = block["amount"], block["currencyCode"]
    whole, _point, rest = amount.partition(".")
    if len(rest) == decimals(currency):
        # As all amounts of the store are written; much faster than a Decimal.
        return int(whole + rest)
    return units(amount, currency)


def share(amount, part, whole):
    """``part / whole`` of an amount, rounded half away from zero."""
    if amount < 0:
        return -share(-amount, part, whole)
    return (2 * amount * part + whole) // (2 * whole)


def item_proceeds(parts, discounts, rate, currency):
    """The ``proceeds`` of an item, and its subtotals in units by type.

    ``parts`` maps ITEM, SHIPPING, GIFT_WRAP and COD_FEE to units, ``discounts`` maps
    ITEM and SHIPPING to units given back (positive here, negative in the answer);
    ``rate`` of the added tax is in parts of RATE_UNIT.
    """
    sums = {kind: a for kind, a in parts.items() if a or kind == "ITEM"}
    rows = [_row(kind, amount, currency) for kind, amount in sums.items()]
    if discounts:
        details = {kind: -amount for kind, amount in discounts.items()}
        sums["DISCOUNT"] = sum(details.values())
        rows.append(_detailed("DISCOUNT", sums["DISCOUNT"], details, currency))
    taxes = {}
    if rate:
        taxes = {kind: share(a, rate, RATE_UNIT) for kind, a in sums.items() if a}
    if taxes:
        sums["TAX"] = sum(taxes.values())
        rows.append(_detailed("TAX", sums["TAX"], taxes, currency))
    total = money(sum(sums.values()), currency)
    return {"proceedsTotal": total, "breakdowns": rows}, sums


def scale_item(item, ordered):
    """Bring an item to another ``quantityOrdered``, with its proceeds to match."""
    before, item["quantityOrdered"] = item["quantityOrdered"], ordered
    rows = item.get("proceeds", {}).get("breakdowns")
    if not rows:
        return
    currency = rows[0]["subtotal"]["currencyCode"]
    unit = item["product"].get("price", {}).get("unitPrice")
    for row in rows:
        if row["type"] == "ITEM" and unit:
            amount = units_of(unit) * ordered
        elif row.get("detailedBreakdowns"):
            amount = _scale_details(row["detailedBreakdowns"], ordered, before)
        else:
            amount = share(units_of(row["subtotal"]), ordered, before)
        row["subtotal"] = money(amount, currency)
    total = sum(units_of(row["subtotal"]) for row in rows)
    item["proceeds"]["proceedsTotal"] = money(total, currency)


def _scale_details(details, part, whole):
    total = 0
    for detail in details:
        amount = share(units_of(detail["value"]), part, whole)
        detail["value"] = money(amount, detail["value"]["currencyCode"])
        total += amount
    return total


def order_proceeds(sums, currency, own_rows=()):
    """The ``proceeds`` of an order from its items' sums by type and own rows."""
    rows = [_row(kind, amount, currency) for kind, amount in sums.items()]
    rows += own_rows
    total = sum(sums.values()) + sum(units_of(row["subtotal"]) for row in own_rows)
    return {"grandTotal": money(total, currency), "breakdowns": rows}


def tip_row(amount, currency):
    """A tip for the delivery, which is charged after the checkout."""
    return {**_row("DELIVERY_TIP", amount, currency), "status": "FINALIZED"}


def add_up(order):
    """Compute an order's totals and payments anew after its items changed."""
    proceeds = order.get("proceeds", {})
    if "grandTotal" not in proceeds or not all(
        "proceeds" in item for item in order["orderItems"]
    ):
        return
    currency = proceeds["grandTotal"]["currencyCode"]
    own = [r for r in proceeds.get("breakdowns", []) if r["type"] in _OF_THE_ORDER]
    sums = {}
    for item in order["orderItems"]:
        for row in item["proceeds"]["breakdowns"]:
            add(sums, row["type"], units_of(row["subtotal"]))
    order["proceeds"] = order_proceeds(sums, currency, own)
    executions = order.get("payment", {}).get("paymentExecutions")
    if executions:
        _pay(executions, order["proceeds"]["grandTotal"])


def add(sums, kind, amount):
    """Add an amount to the sum of its kind."""
    sums[kind] = sums.get(kind, 0) + amount


def _pay(executions, total):
    """Let the payments come to the total: each pays what the earlier ones left."""
    rest, currency = units_of(total), total["currencyCode"]
    for execution in executions[:-1]:
        amount = min(rest, units_of(execution["paymentAmount"]))
        execution["paymentAmount"] = money(amount, currency)
        rest -= amount
    executions[-1]["paymentAmount"] = money(rest, currency)


def _row(kind, amount, currency):
    return {"type": kind, "subtotal": money(amount, currency)}


def _detailed(kind, subtotal, details, currency):
    row = _row(kind, subtotal, currency)
    row["detailedBreakdowns"] = [
        {"subtype": subtype, "value": money(value, currency)}
        for subtype, value in details.items()
    ]
    return row
