"""Kits of an Amazon order that left, or came back, in part."""

from collections import Counter
from math import ceil

from odoo import models


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - SHIPPED ELSEWHERE === #

    def _get_units_confirmed_by_odoo(self, order):
        """Override: a kit told by hand with its first parcel did not leave elsewhere.

        Its rest is still to be delivered.
        """
        units = super()._get_units_confirmed_by_odoo(order)
        for shipment in self.shipment_ids:
            if shipment.is_confirmed or not shipment._holds_components_only():
                continue
            if not shipment._may_be_told_by_hand(order):
                continue
            kits = shipment._get_lines_of_loose()
            for item_ref, lines in kits.grouped("amazon_item_ref").items():
                begun = sum(
                    ceil(line._get_amazon_units(line._get_units_begun_by_odoo()))
                    for line in lines
                )
                units[item_ref] = max(units[item_ref], begun)
        return units

    # === BUSINESS METHODS - UNITS === #

    def _count_kits_in_outbox(self, item_ref):
        """Return how many kits of an item the order's shipments hold.

        Where a pack of kits is sold, the kits in it.
        """
        line = self.sale_order_id.order_line.filtered(
            lambda line: line.amazon_item_ref == item_ref
        )[:1]
        return line._get_odoo_quantity(self.shipment_ids._count_held(item_ref))

    # === BUSINESS METHODS - NEVER MORE THAN AMAZON AWAITS === #

    def _count_returned_units(self, moves):
        """Override: what came back of a kit are the kits that are not whole any more.

        Not those that Amazon is told of all the same, since more left than it awaited.
        """
        of_kits = moves.filtered(lambda move: move.sale_line_id._get_amazon_kit_needs())
        returned = super()._count_returned_units(moves - of_kits)
        for line, back in of_kits.grouped("sale_line_id").items():
            ref = line.amazon_item_ref
            has = line._get_amazon_components_at_customer(is_settled=True)
            whole = line._count_amazon_complete_kits(has)
            surplus = max(self._count_kits_in_outbox(ref) - whole, 0)
            for move in back:
                picking = move.origin_returned_move_id.picking_id
                has[move.product_id] += move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id, round=False
                )
                before = line._count_amazon_complete_kits(has)
                lost = min(before - whole, surplus)
                units = returned.setdefault(picking, Counter())
                units[ref] += line._get_amazon_units(lost)
                whole, surplus = before, surplus - lost
        return returned

    def _get_refs_told_by_others(self):
        """Override: a kit is told with the delivery that completes it."""
        kits = self.sale_order_id.order_line.filtered(
            lambda line: line.amazon_item_ref and line._get_amazon_kit_needs()
        )
        return super()._get_refs_told_by_others() | set(kits.mapped("amazon_item_ref"))
