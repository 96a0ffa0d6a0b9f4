"""Units of an Amazon order that left without Odoo: in Seller Central, by another tool.

They are kept on the sale order line (``amazon_qty_shipped_elsewhere``): nobody delivers
them again, and they count as delivered.
"""

from odoo import models

from .delivery_stage import DeliveryStage

# Of ``changes_to_confirm``: somebody has to take units out of the parcel first.
ELSEWHERE = "shipped_elsewhere"


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - SHIPPED ELSEWHERE === #

    def _get_new_units_elsewhere(self, order):
        """Return ``{sale.order.line: units}`` that left elsewhere, where it is more
        than what is known."""
        if not any(order.count_shipped(item) for item in order.items):
            return {}
        by_odoo = self._get_units_confirmed_by_odoo(order)
        lines = self.sale_order_id.order_line.grouped("amazon_item_ref")
        units = {}
        for item in order.items:
            line = lines.get(item.item_id)
            if not line:
                continue
            told = order.count_shipped(item) - by_odoo.get(item.item_id, 0)
            if told > line[:1].amazon_qty_shipped_elsewhere:
                units[line[:1]] = told
        return units

    def _get_units_confirmed_by_odoo(self, order):
        """Return ``{item ref: units}`` that Odoo shipped, of those Amazon counts.

        The room that confirms shipments says it.
        """
        return {}

    def _set_units_elsewhere(self, elsewhere, run):
        """Have nobody deliver these units again; say so.

        :param elsewhere: ``{sale.order.line: units}``
        """
        stage = DeliveryStage(self.sale_order_id)
        told = []
        for line, units in elsewhere.items():
            before = line._get_open_units()
            line.sudo().amazon_qty_shipped_elsewhere = units
            if stage.open_moves:
                stage.limit_line(line, line._get_open_units(), before)
            name = line.product_id.default_code or line.product_id.name
            told.append(f"{units:g} x {name}")
        if told:
            sentence = self.env._(
                "Amazon says that a part of order %(ref)s was shipped outside of Odoo: "
                "%(what)s. Odoo delivers the rest only.",
                ref=self.amazon_order_id,
                what=", ".join(told),
            )
            self.sale_order_id.message_post(body=sentence)
            run._warn(sentence, self)

    def _set_units_shipped_before(self, order):
        """Have only the rest delivered of an order that is about to be confirmed."""
        for line, units in self._get_new_units_elsewhere(order).items():
            line.sudo().amazon_qty_shipped_elsewhere = units
