"""The lines of a sale order: items, what goes with them, and Amazon's total."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from odoo.fields import Command


def select_known_items(order, products):
    """Return the order with only the items that have a product, and their charges.

    :param order: ``spapi.orders.Order``
    :param products: :class:`OrderProducts`
    """
    items = (
        item for item in order.items if not item.quantity or products.get_product(item)
    )
    return replace(order, items=tuple(items))


def prepare_sale_lines(row, order, products):
    """Return the commands that create the sale lines: items, then what goes with them.

    Tax that Amazon collects and remits itself is left out, other tax is a line.

    :param row: the ``amazon.order`` that the sale order is made of
    :param order: ``spapi.orders.Order``, all of whose items have a product
    :param products: :class:`OrderProducts`
    """
    values = []
    for item in order.items:
        if item.quantity:
            product = products.get_product(item)
            values.append(row._prepare_sale_order_line_vals(item, product))
            if item.gift_message:
                message = row.env._("Gift message: %s", item.gift_message)
                values.append({"display_type": "line_note", "name": message})
    for kind, amount in _sum_charges(order).items():
        if amount:
            values.append(row._prepare_charge_line_vals(kind, amount))
    return [Command.create(line) for line in values]


def adjust_total(row, order, sale, run):
    """Make the total of the sale order Amazon's to the cent.

    What the lines do not explain becomes an adjustment line and a warning.
    """
    if order.grand_total is None:
        run._warn(
            row.env._(
                "Amazon names no total for order %s; the sum of its lines is used.",
                row.amazon_order_id,
            ),
            row,
        )
        return
    digits = Decimal(1).scaleb(-sale.currency_id.decimal_places)
    total = Decimal(str(sale.amount_total)).quantize(digits, ROUND_HALF_UP)
    rest = order.expected_total - total
    if not rest:
        return
    sale.order_line = [
        Command.create(row._prepare_charge_line_vals("ADJUSTMENT", rest))
    ]
    run._warn(
        row.env._(
            "The lines of order %(ref)s do not add up to Amazon's total; %(rest)s "
            "%(currency)s went into an adjustment line.",
            ref=row.amazon_order_id,
            rest=rest,
            currency=order.currency,
        ),
        row,
    )


def _sum_charges(order):
    """Return ``{kind: Decimal}`` of all that is not an item's own price."""
    charges = {}
    for item in order.items:
        for charge in item.charges:
            remitted = charge.kind == "TAX" and item.tax_collected_by_amazon
            if charge.kind != "ITEM" and not remitted:
                charges.setdefault(charge.kind, Decimal(0))
                charges[charge.kind] += charge.amount
    for charge in order.order_charges:
        charges[charge.kind] = charges.get(charge.kind, Decimal(0)) + charge.amount
    return charges
