"""How an order that came in without some of its products gains their lines."""

from dataclasses import replace

from odoo import models

from .order_importer import NO_TRACKING_CONTEXT
from .sale_lines import adjust_total, prepare_sale_lines, unlocked

# What Amazon says of an order that is still to be shipped, or the rest of it.
STATUSES_TO_SHIP = ("unshipped", "partially_shipped")


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - LINES OF PARTIAL ORDERS === #

    def _add_missing_lines(self, order, products, run):
        """Add the lines whose products are there now, while nothing is shipped."""
        available = self._get_available_lines(products)
        if not self._can_gain_lines():
            self._set_state("partial", self.error)
        elif available and self._is_partly_shipped():
            reason = self._get_too_late_reason()
            if self.error != reason:
                self._notify_responsible(self.sale_order_id, reason)
            self._set_partial(reason, run)
        else:
            refs = set(available.mapped("amazon_item_ref"))
            items = tuple(item for item in order.items if item.item_id in refs)
            # What belongs to the order as a whole came in with its first lines.
            added = replace(order, items=items, order_charges=())
            products.create_missing({self: added}, run)
            self._add_sale_lines(order, added, products, run)
            self._set_imported_or_partial(run)

    def _add_sale_lines(self, order, added, products, run):
        """Add lines to the sale order; adjust its total once it is complete.

        :param added: the order with only the items to add, ``spapi.orders.Order``
        """
        sale = self.sale_order_id.with_context(**NO_TRACKING_CONTEXT)
        with unlocked(sale):
            if added.items:
                sale.order_line = prepare_sale_lines(
                    self, added, products, sale.fiscal_position_id
                )
                run._count(updated=1)
            if not self._get_missing_lines():
                adjust_total(self, order, sale, run)
                self._warn_of_taxes(order, sale, run)

    def _can_gain_lines(self):
        """Whether a line more would still be shipped."""
        sale = self.sale_order_id
        return bool(sale) and sale.state != "cancel" and self.status in STATUSES_TO_SHIP

    def _is_partly_shipped(self):
        return any(self.line_ids.mapped("quantity_fulfilled")) or any(
            picking.state == "done" and picking.location_dest_id.usage == "customer"
            for picking in self.sale_order_id.picking_ids
        )

    def _get_too_late_reason(self):
        return self.env._(
            "The lines of %s are missing: a product came only after something of the "
            "order was shipped. Ship what is missing by hand and confirm it in Seller "
            "Central.",
            self._get_missing_lines()._get_references(),
        )
