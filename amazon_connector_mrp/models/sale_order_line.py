"""What a sale order line that sells a kit is made of, and what the buyer has of it."""

from collections import defaultdict

from odoo import models

from odoo.addons.amazon_connector.models.orders.delivery_stage import DeliveryStage

from .kit_components import KitComponents, find_kit_boms
from .kit_quantities import count_begun, count_complete


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === BUSINESS METHODS - WHAT A KIT IS MADE OF === #

    def _get_amazon_kit_needs(self):
        """Return what one unit of the line is made of; empty when it is no kit.

        :return: ``{product: quantity in the unit of the product}``, kits in kits taken
            apart; services and what is needed 0 times left out
        """
        self.ensure_one()
        # Who packs goods may not read bills of materials.
        self = self.sudo()
        bom = self._get_amazon_kit_bom()
        if not bom:
            return {}
        kit = self.product_id
        needs = KitComponents({kit: bom}, self.company_id).get(kit)
        kits = self.product_uom_id._compute_quantity(1, kit.uom_id, round=False)
        return {product: need * kits for product, need in needs.items()}

    def _get_amazon_kit_bom(self):
        """Return the bill of materials by which Odoo took the kit apart, if any."""
        moves = self.move_ids.filtered(lambda move: move.state != "cancel")
        boms = moves.bom_line_id.bom_id.filtered(
            lambda bom: (
                bom.type == "phantom"
                and bom.product_tmpl_id == self.product_id.product_tmpl_id
                and bom.product_id <= self.product_id
            )
        )
        # A kit made of kits alone has no move of its own bill of materials.
        return boms[:1] or find_kit_boms(self.product_id, self.company_id).get(
            self.product_id, boms
        )

    # === BUSINESS METHODS - WHAT THE BUYER HAS === #

    def _get_amazon_components_at_customer(
        self, before=None, is_settled=False, are_returns_counted=True
    ):
        """Return what the buyer has, ``{product: quantity in the product's unit}``.

        :param before: a delivery: what left or came back before it; ``None`` for all
        :param is_settled: only what the outbox holds already
        :param are_returns_counted: else what came back counts as if it had not
        """
        quantities = defaultdict(float)
        done = self.sudo().move_ids.filtered(lambda move: move.state == "done")
        for move in done:
            if before and not _is_before(move.picking_id, before):
                continue
            if is_settled and move.picking_id.amazon_unsettled_since:
                continue
            is_back = move.location_id.usage == "customer"
            if is_back == (move.location_dest_id.usage == "customer"):
                continue
            if is_back and not are_returns_counted:
                continue
            quantity = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, round=False
            )
            quantities[move.product_id] += -quantity if is_back else quantity
        return quantities

    def _get_units_begun_by_odoo(self):
        """Override to count kits of which the buyer has some components only."""
        needs = self._get_amazon_kit_needs()
        if not needs:
            return super()._get_units_begun_by_odoo()
        begun = count_begun(needs, self._get_amazon_components_at_customer())
        return max(begun, super()._get_units_begun_by_odoo())

    def _count_units_in_parts(self):
        """Override: the outbox tells the kits that are complete."""
        kits = self.filtered(lambda line: line._get_amazon_kit_needs())
        return super(SaleOrderLine, self - kits)._count_units_in_parts()

    def _count_amazon_complete_kits(self, quantities):
        """Return how many kits these components make, ``{product: quantity}``."""
        return count_complete(self._get_amazon_kit_needs(), quantities)

    # === BUSINESS METHODS - WHAT IS TO BE DELIVERED === #

    def _ship_amazon_units(self, units, ordered):
        """Override to deliver of each component what the buyer lacks of it."""
        result = super()._ship_amazon_units(units, ordered)
        if self._get_amazon_kit_needs():
            DeliveryStage(self.order_id).limit_components(self, units)
        return result

    def _get_quantity_to_deliver(self, moves, units, share):
        """Override to deliver of each component what the kits still lack."""
        product = moves.product_id
        need = self._get_amazon_kit_needs().get(product)
        if not need:
            return super()._get_quantity_to_deliver(moves, units, share)
        kits = self._get_units_shipped_by_odoo() + units
        has = self._get_amazon_components_at_customer()[product]
        quantity = product.uom_id._compute_quantity(
            max(need * kits - has, 0), moves[:1].product_uom, round=False
        )
        return min(quantity, sum(moves.mapped("product_uom_qty")))


def _is_before(picking, other):
    """Whether a done delivery or return comes before a delivery in the outbox."""
    if picking == other:
        return False
    if other.amazon_shipment_ids:
        # It is looked at once more, when the addon is installed.
        return _get_place(picking) < _get_place(other)
    # They are settled in the order in which they were done.
    return not picking.amazon_unsettled_since


def _get_place(picking):
    return picking.date_done, picking.id
