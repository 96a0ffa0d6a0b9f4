"""The lines of a sale order: items, what goes with them, and Amazon's total.

* :func:`prepare_sale_lines` gives the lines of a new order, or those to add;
* :func:`update_amounts` brings prices, taxes and charges of an order that is there to
  what Amazon says now. The caller writes the quantities before, and does not call it
  once something is invoiced: what is booked is a person's to correct;
* :func:`adjust_total` makes the total Amazon's.

Which amount a line has and which taxes is said by the storefront's policy
(``tax_policy.py``). Charges are one line for each kind and set of taxes: the shipping
of an item carries the item's taxes.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from odoo.fields import Command

from ..products.units_per_listing import to_odoo
from .tax_policy import price_line, round_amount, round_amounts


@dataclass
class WantedLine:
    """A line as the order should have it.

    :ivar item: ``spapi.orders.OrderItem``, None for a charge
    :ivar kind: ITEM, or the kind of charge
    :ivar amount: Decimal that the line comes to, with its taxes
    """

    item: object
    kind: str
    product: object
    taxes: object
    amount: Decimal


def select_known_items(order, products):
    """Return the order with only the items that have a product, and their charges.

    :param order: ``spapi.orders.Order``
    :param products: :class:`OrderProducts`
    """
    items = (
        item for item in order.items if not item.quantity or products.get_product(item)
    )
    return replace(order, items=tuple(items))


def prepare_sale_lines(row, order, products, position):
    """Return the commands that create the sale lines: items, then what goes with them.

    :param row: the ``amazon.order`` that the sale order is made of
    :param order: ``spapi.orders.Order``, all of whose items have a product
    :param products: :class:`OrderProducts`
    :param position: the buyer's ``account.fiscal.position``, may be empty
    """
    values = []
    currency = row._find_currency(order)
    for line in _get_wanted_lines(row, order, products, position, currency):
        units = line.item and products.get_units_per_item(line.item, row.storefront_id)
        prices = _prepare_price_vals(line, currency, units or 1)
        if not line.item:
            charge = row._prepare_charge_line_vals(line.kind, line.amount)
            values.append(charge | prices)
            continue
        item_values = row._prepare_sale_order_line_vals(line.item, line.product, units)
        values.append(item_values | prices)
        values += [
            {"display_type": "line_note", "name": note}
            for note in _get_notes(row, line.item, units)
        ]
    return [Command.create(line) for line in values]


def _get_notes(row, item, units_per_item):
    """Return what stands below the line of an item."""
    notes = []
    if item.gift_message:
        notes.append(row.env._("Gift message: %s", item.gift_message))
    if item.measure:
        notes.append(row.env._("One unit is %s.", item.measure))
    if units_per_item != 1:
        notes.append(
            row.env._(
                "Sold on Amazon as packs of %s. The price is by unit.", units_per_item
            )
        )
    return notes


def update_amounts(row, order, products, sale, run):
    """Bring prices, taxes and charges of the sale order to what Amazon says now.

    :param row: the ``amazon.order`` that the sale order was made of
    :param order: ``spapi.orders.Order``
    :param products: :class:`OrderProducts`
    :param run: the ``amazon.history`` row of the job's run
    :return: whether the total is another one than before
    """
    before = sale.amount_total
    position = row._get_fiscal_position(
        order, sale.partner_id, sale.partner_shipping_id
    )
    with unlocked(sale):
        if sale.fiscal_position_id != position:
            sale.fiscal_position_id = position
            sale.show_update_fpos = False
        known = select_known_items(order, products)
        _update_lines(row, known, products, sale, position)
        if not row._get_missing_lines():
            adjust_total(row, order, sale, run)
    row._warn_of_taxes(order, sale, run)
    return bool(sale.currency_id.compare_amounts(before, sale.amount_total))


@contextmanager
def unlocked(sale):
    """A locked order takes changes, but no prices, and delivers nothing of them."""
    is_locked = sale.locked
    if is_locked:
        sale.locked = False
    yield
    if is_locked:
        sale.locked = True


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
    currency = sale.currency_id
    total = round_amount(Decimal(str(sale.amount_total)), currency)
    rest = round_amount(order.expected_total, currency) - total
    if not rest:
        return
    values = row._prepare_charge_line_vals("ADJUSTMENT", rest)
    adjustments = sale.order_line.filtered(
        lambda line: line.amazon_charge == "ADJUSTMENT" and not line.price_total
    )
    if adjustments:
        # One that an earlier change has emptied.
        amount = {"price_unit": values["price_unit"], "product_uom_qty": 1.0}
        adjustments[0].write(amount)
    else:
        sale.order_line = [Command.create(values)]
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


def warn_of_measures(row, order, run):
    """Say that a unit is no piece: what to put into the parcel is on the line."""
    if any(item.measure for item in order.items):
        run._warn(
            row.env._(
                "Order %s holds an item that is sold by weight or measure. What one "
                "unit is stands below its line; see to it that the product is kept in "
                "the same unit.",
                row.amazon_order_id,
            ),
            row,
        )


# === WHAT THE LINES SHOULD BE === #


def _get_wanted_lines(row, order, products, position, currency):
    """Return the :class:`WantedLine` list of an order: items, charges, then tax."""
    policy = row._get_tax_policy(position)
    parts = order.parts
    items = {item.item_id: item for item in order.items}
    main_product = _get_main_product(order, products, parts)
    lines, charges = [], {}
    for part in parts:
        item = items.get(part.item_id)
        product = (item and products.get_product(item)) or main_product
        taxes = policy.get_taxes(part, product)
        amount = policy.get_amount(part)
        if part.kind == "ITEM" and item and item.quantity:
            lines.append(WantedLine(item, part.kind, product, taxes, amount))
        if part.kind == "ITEM":
            continue
        key = (part.kind, tuple(taxes.ids))
        line = charges.setdefault(
            key, WantedLine(None, part.kind, product, taxes, Decimal(0))
        )
        line.amount += amount
    lines += [line for line in charges.values() if line.amount]
    if tax := policy.get_tax(parts):
        none = main_product.taxes_id.browse()
        lines.append(WantedLine(None, "TAX", main_product, none, tax))
    amounts = round_amounts((line.amount for line in lines), currency)
    for line, amount in zip(lines, amounts, strict=True):
        line.amount = amount
    return lines


def _get_main_product(order, products, parts):
    """Return the product of the item that most is paid for: what belongs to the order
    as a whole goes with it."""
    paid = {part.item_id: part.owed for part in parts if part.kind == "ITEM"}
    known = [item for item in order.items if products.get_product(item)]
    main = max(known, key=lambda item: paid[item.item_id], default=None)
    return products.get_product(main) if main else products.env["product.product"]


def _prepare_price_vals(line, currency, units_per_item=1):
    """Return the values of price and taxes of a :class:`WantedLine`."""
    quantity = float(to_odoo(line.item.quantity, units_per_item)) if line.item else 1.0
    return {
        "tax_ids": [Command.set(line.taxes.ids)],
        "discount": 0.0,
        **price_line(line.product, line.taxes, currency, quantity, line.amount),
    }


# === CHANGING WHAT IS THERE === #


def _update_lines(row, order, products, sale, position):
    currency = sale.currency_id
    by_item = sale.order_line.grouped("amazon_item_ref")
    unused = sale.order_line.filtered("amazon_charge")
    added = []
    for wanted in _get_wanted_lines(row, order, products, position, currency):
        if wanted.item:
            line = by_item.get(wanted.item.item_id)
            # What Amazon shows no money of keeps its price.
            if line and wanted.item.charges:
                units = line[0]._get_units_per_item()
                _write_prices(line[0], _prepare_price_vals(wanted, currency, units))
            continue
        values = _prepare_price_vals(wanted, currency)
        same_kind = unused.filtered(lambda line, w=wanted: line.amazon_charge == w.kind)
        line = (
            same_kind.filtered(lambda line, w=wanted: line.tax_ids == w.taxes)
            or same_kind
        )[:1]
        if line:
            unused -= line
            _write_prices(line, values | {"product_uom_qty": 1.0})
        else:
            charge = row._prepare_charge_line_vals(wanted.kind, wanted.amount)
            added.append(Command.create(charge | values))
    for line in unused:
        # A confirmed order keeps its lines.
        none = {"price_unit": 0.0, "extra_tax_data": False, "product_uom_qty": 0.0}
        _write_prices(line, none)
    if added:
        sale.order_line = added


def _write_prices(line, values):
    """Write what differs, and nothing else."""
    prices = dict(values)
    taxes = prices.pop("tax_ids", None)
    changed = {name: value for name, value in prices.items() if line[name] != value}
    if taxes and set(line.tax_ids.ids) != set(taxes[0][2]):
        changed["tax_ids"] = taxes
    if changed:
        line.write(changed)
