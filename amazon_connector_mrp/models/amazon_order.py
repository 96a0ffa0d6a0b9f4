"""Kits of an Amazon order that left in part."""

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
            if shipment.state != "blocked" or not shipment._holds_components_only():
                continue
            if not shipment._may_be_told_by_hand(order):
                continue
            refs = shipment.line_ids.mapped("amazon_item_ref")
            kits = shipment._get_kit_lines(refs)
            for item_ref, lines in kits.grouped("amazon_item_ref").items():
                begun = sum(line._get_units_begun_by_odoo() for line in lines)
                units[item_ref] = max(units[item_ref], int(begun))
        return units
