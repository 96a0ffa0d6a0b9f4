"""The lines of a sale order: items, what goes with them, and Amazon's total."""

from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models
from odoo.fields import Command


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - LINES === #

    def _sale_line_values(self, order, products):
        """Return the values of the sale lines: items, then what goes with them.

        Lines carry no tax of Odoo: amounts are Amazon's. Tax that Amazon collects
        and remits itself is left out, other tax is a line of its own.
        """
        values = []
        for item in order.items:
            if item.quantity:
                product = self._product_of(item, products)
                values += self._item_line_values(item, product)
        for kind, amount in self._charges(order).items():
            if amount:
                values.append(self._charge_line_values(kind, amount))
        return values

    def _item_line_values(self, item, product):
        amount = sum(charge.amount for charge in item.charges if charge.kind == "ITEM")
        line = {
            "product_id": product.id,
            "product_uom_qty": item.quantity,
            "price_unit": float(amount / item.quantity),
            "tax_ids": [Command.clear()],
            "amazon_item_ref": item.item_id,
        }
        if item.title:
            line["name"] = item.title
        if not item.gift_message:
            return [line]
        message = self.env._("Gift message: %s", item.gift_message)
        return [line, {"display_type": "line_note", "name": message}]

    @api.model
    def _charges(self, order):
        """Return ``{kind: amount}`` of all that is not an item's own price."""
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

    def _charge_line_values(self, kind, amount):
        xmlid = {
            "SHIPPING": "product_shipping",
            "GIFT_WRAP": "product_gift_wrap",
            "DISCOUNT": "product_promotion",
            "TAX": "product_tax",
            "ADJUSTMENT": "product_adjustment",
        }.get(kind, "product_charge")
        product = self.env.ref(f"amazon_connector.{xmlid}")
        name = product.display_name
        if xmlid == "product_charge":
            name = f"{name}: {kind.replace('_', ' ').capitalize()}"
        return {
            "product_id": product.id,
            "name": name,
            "product_uom_qty": 1,
            "price_unit": float(amount),
            "tax_ids": [Command.clear()],
        }

    def _adjust_total(self, order, sale, run):
        """Make the total Amazon's to the cent; say so where the lines did not."""
        if order.grand_total is None:
            run._warn(
                self.env._(
                    "Amazon names no total for order %s; the sum of its lines is used.",
                    self.amazon_order_id,
                ),
                self,
            )
            return
        digits = Decimal(1).scaleb(-sale.currency_id.decimal_places)
        total = Decimal(str(sale.amount_total)).quantize(digits, ROUND_HALF_UP)
        rest = order.expected_total - total
        if not rest:
            return
        sale.order_line = [Command.create(self._charge_line_values("ADJUSTMENT", rest))]
        run._warn(
            self.env._(
                "The lines of order %(ref)s do not add up to Amazon's total; %(rest)s "
                "%(currency)s went into an adjustment line.",
                ref=self.amazon_order_id,
                rest=rest,
                currency=order.currency,
            ),
            self,
        )
