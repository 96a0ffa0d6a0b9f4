"""From an inbox row to a sale order: made, kept true, cancelled."""

import hashlib
from dataclasses import astuple

from odoo import api, fields, models
from odoo.fields import Command

QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - DECIDE === #

    def _process(self, run):
        """Make, change or cancel the sale orders of these rows.

        All rows belong to one connection. Needs no call to Amazon.
        """
        connection = self.connection_id
        connection.ensure_one()
        parsed = {row: row._parsed() for row in self}
        for row, order in parsed.items():
            if not row.line_ids:
                # Kept although it could not be read when it came.
                row._fill_in(order)
        self._adopt(parsed)
        products = self._find_products(connection, self.line_ids)
        to_import = self.browse()
        for row, order in parsed.items():
            if row.state in ("imported", "partial", "cancelled"):
                row._reflect(order, products, run)
            elif not order.importable:
                row._settle("ignored", row._ignored_reason(order))
            elif reason := row._held_reason(order, products):
                row._hold(reason, run)
            else:
                to_import |= row
        if to_import:
            to_import._import(parsed, products, run)

    def _adopt(self, parsed):
        """Take up sale orders that were made for these Amazon orders before.

        They are found by number, so that no order comes in twice even if the inbox
        was lost.
        """
        orphans = self.filtered(lambda row: row.state in ("new", "held", "failed"))
        sales = self.env["sale.order"].search(
            [
                ("amazon_order_ref", "in", orphans.mapped("amazon_order_id")),
                ("company_id", "in", orphans.company_id.ids),
            ]
        )
        by_ref = sales.grouped("amazon_order_ref")
        for row in orphans:
            if sale := by_ref.get(row.amazon_order_id):
                row.sale_order_id = sale[0]
                row.fingerprint = row._fingerprint(parsed[row])
                row._settle("partial" if row._missing_lines() else "imported")

    def _settle(self, state, error=False):
        self.write(
            {"state": state, "error": error, "to_process": False, "next_try": False}
        )

    def _hold(self, reason, run):
        if self.error != reason:
            run._warn(
                self.env._(
                    "Order %(ref)s is held: %(why)s",
                    ref=self.amazon_order_id,
                    why=reason,
                ),
                self,
            )
        self._settle("held", reason)

    def _ignored_reason(self, order):
        _ = self.env._
        if order.channel == "non_amazon":
            return _("Placed on another sales channel.")
        if order.fulfilled_by == "amazon":
            return _("Fulfilled by Amazon.")
        return _("Not to be shipped: Amazon says %s.", order.status or "?")

    def _held_reason(self, order, products):
        """Return why the order cannot become a sale order yet, or ``False``."""
        if reason := self._unknown_reason(products):
            return reason
        if not (order.address and order.address.complete):
            return self.env._(
                "Amazon sent no delivery address. Give the application the role "
                "Direct-to-Consumer Shipping in Seller Central; the order comes in "
                "when Amazon sends the address."
            )
        return False

    # === BUSINESS METHODS - MAKE === #

    def _import(self, parsed, products, run):
        """Make confirmed sale orders with their deliveries, in one go."""
        self._make_products(parsed, products, run)
        # Rows that an earlier run stored; those of this run are counted as created.
        run._count(updated=len(self.filtered(lambda row: row.state != "new")))
        customers = self.env["amazon.customer"].with_context(**QUIET)
        sales = (
            self.env["sale.order"]
            .with_context(**QUIET)
            .create(
                [
                    row._sale_order_values(
                        parsed[row],
                        customers._find_or_create(row.connection_id, parsed[row]),
                        products,
                    )
                    for row in self
                ]
            )
        )
        for row, sale in zip(self, sales, strict=True):
            row.sale_order_id = sale
            if not row._missing_lines():
                row._adjust_total(parsed[row], sale, run)
        sales.action_confirm()
        for row, sale in zip(self, sales, strict=True):
            # Confirming stamped the order with the present time.
            sale.date_order = row.purchase_date
            row._take_off_shipped(parsed[row], sale)
            row.fingerprint = row._fingerprint(parsed[row])
            row._settle_imported(run)

    def _sale_order_values(self, order, customer, products):
        connection = self.connection_id
        contact, delivery = customer
        return {
            "partner_id": contact.id,
            "partner_invoice_id": contact.id,
            "partner_shipping_id": delivery.id,
            "company_id": connection.company_id.id,
            "warehouse_id": connection.warehouse_id.id,
            "user_id": connection.user_id.id,
            "pricelist_id": self._pricelist(
                # Amazon names no currency where there is nothing to pay.
                order.currency or self.storefront_id.currency_id.name
            ).id,
            "date_order": self.purchase_date,
            "commitment_date": self.ship_by,
            "origin": self.amazon_order_id,
            "client_order_ref": (order.buyer and order.buyer.purchase_order)
            or self.amazon_order_id,
            "amazon_order_ref": self.amazon_order_id,
            "amazon_client_id": connection.client_id.id,
            "require_signature": False,
            "require_payment": False,
            "order_line": [
                Command.create(values)
                for values in self._sale_line_values(
                    self._known_part(order, products), products
                )
            ],
        }

    def _pricelist(self, currency_name):
        """Return the pricelist that puts a sale order into Amazon's currency."""
        currency = (
            self.env["res.currency"]
            .sudo()
            .with_context(active_test=False)
            .search([("name", "=", currency_name)])
        )
        if not currency.active:
            currency.active = True
        company = self.connection_id.company_id
        name = f"Amazon {currency.name}"
        pricelists = self.env["product.pricelist"].sudo()
        values = {"name": name, "currency_id": currency.id, "company_id": company.id}
        return pricelists.search(
            [(field, "=", value) for field, value in values.items()], limit=1
        ) or pricelists.create(values)

    @api.model
    def _take_off_shipped(self, order, sale):
        """Do not deliver again what Amazon says was shipped before the import."""
        shipped = {item.item_id: item.quantity_fulfilled for item in order.items}
        for line in sale.order_line.filtered("amazon_item_ref"):
            done = shipped.get(line.amazon_item_ref) or 0
            for move in line.move_ids if done else ():
                if done >= move.product_uom_qty:
                    move._action_cancel()
                else:
                    move.product_uom_qty -= done

    # === BUSINESS METHODS - KEEP TRUE === #

    @api.model
    def _fingerprint(self, order):
        parts = [str(astuple(order.address)) if order.address else ""]
        parts += [f"{item.item_id}:{item.quantity}" for item in order.items]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def _reflect(self, order, products, run):
        """Bring a change on Amazon to the sale order that was made before."""
        sale = self.sale_order_id
        if not sale:
            # Deleted in Odoo: not made anew.
            self._settle(self.state, self.error)
        elif order.status == "cancelled":
            self._reflect_cancellation(sale, run)
        else:
            self._reflect_change(order, sale, run)
            if self.state == "partial":
                self._gain_lines(order, products, run)
            else:
                self._settle(self.state, self.error)

    def _reflect_cancellation(self, sale, run):
        if sale.state == "cancel":
            self._settle("cancelled")
            return
        if any(picking.state == "done" for picking in sale.picking_ids):
            reason = self.env._(
                "Amazon cancelled order %s after it was shipped. Ask for the return.",
                self.amazon_order_id,
            )
            if self.state != "cancelled":
                self._tell_responsible(sale, reason)
                run._warn(reason, self)
            self._settle("cancelled", reason)
            return
        sale._action_cancel()
        sale.message_post(body=self.env._("Cancelled on Amazon."))
        self._settle("cancelled")

    def _reflect_change(self, order, sale, run):
        if self.ship_by and sale.commitment_date != self.ship_by:
            sale.commitment_date = self.ship_by
        fingerprint = self._fingerprint(order)
        if fingerprint == self.fingerprint or sale.state == "cancel":
            return
        self.fingerprint = fingerprint
        reason = self.env._(
            "Amazon changed the address or the quantities of order %s after it came "
            "in. Compare it with Seller Central before it is shipped.",
            self.amazon_order_id,
        )
        self._tell_responsible(sale, reason)
        run._warn(reason, self)

    def _tell_responsible(self, sale, reason):
        sale.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(self),
            note=reason,
            user_id=self.connection_id._responsible().id,
        )
