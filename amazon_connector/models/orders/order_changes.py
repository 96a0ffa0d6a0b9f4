"""What happens to a sale order when its Amazon order changes or is cancelled.

Read :meth:`AmazonOrder._apply_changes` first: everything here is called from there.
``order``, ``products`` and ``run`` are said at the top of ``amazon_order.py``.
"""

import hashlib
from dataclasses import astuple, replace

from odoo import api, fields, models

from .order_importer import NO_TRACKING_CONTEXT
from .sale_lines import adjust_total, prepare_sale_lines

# What Amazon says of an order that is still to be shipped, or the rest of it.
STATUSES_TO_SHIP = ("unshipped", "partially_shipped")


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - CHANGES === #

    def _apply_changes(self, order, products, run):
        """Bring what changed on Amazon to the sale order that was created before."""
        self._complete_address(order, run)
        sale = self.sale_order_id
        if not sale:
            # Deleted in Odoo: not created again.
            self._set_state(self.state, self.error)
        elif order.status == "cancelled":
            self._apply_cancellation(sale, run)
        else:
            self._apply_ship_by(sale)
            self._report_changed_content(order, sale, run)
            if self.state == "partial":
                self._add_missing_lines(order, products, run)
            else:
                self._set_state(self.state, self.error)

    def _apply_cancellation(self, sale, run):
        """Cancel the sale order, or ask for the return of what was shipped."""
        if sale.state == "cancel":
            self._set_state("cancelled")
            return
        if any(picking.state == "done" for picking in sale.picking_ids):
            reason = self.env._(
                "Amazon cancelled order %s after it was shipped. Ask for the return.",
                self.amazon_order_id,
            )
            if self.state != "cancelled":
                self._notify_responsible(sale, reason)
                run._warn(reason, self)
            self._set_state("cancelled", reason)
            return
        sale._action_cancel()
        sale.message_post(body=self.env._("Cancelled on Amazon."))
        self._set_state("cancelled")

    def _apply_ship_by(self, sale):
        if self.ship_by and sale.commitment_date != self.ship_by:
            sale.commitment_date = self.ship_by

    def _report_changed_content(self, order, sale, run):
        """Have somebody look at an order whose address or quantities changed."""
        fingerprint = self._get_fingerprint(order)
        if fingerprint == self.fingerprint or sale.state == "cancel":
            return
        self.fingerprint = fingerprint
        reason = self.env._(
            "Amazon changed the address or the quantities of order %s after it came "
            "in. Compare it with Seller Central before it is shipped.",
            self.amazon_order_id,
        )
        self._notify_responsible(sale, reason)
        run._warn(reason, self)

    @api.model
    def _get_fingerprint(self, order):
        """Return what differs as soon as the address or a quantity does."""
        is_known = order.address and order.address.complete
        parts = [str(astuple(order.address)) if is_known else ""]
        parts += [f"{item.item_id}:{item.quantity}" for item in order.items]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def _notify_responsible(self, sale, reason):
        sale.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(self),
            note=reason,
            user_id=self.connection_id._get_responsible().id,
        )

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
        is_locked = sale.locked
        if is_locked:
            # A locked order takes lines, but delivers nothing of them.
            sale.locked = False
        if added.items:
            sale.order_line = prepare_sale_lines(self, added, products)
            run._count(updated=1)
        if not self._get_missing_lines():
            adjust_total(self, order, sale, run)
        if is_locked:
            sale.locked = True

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
