"""What Amazon says of one order: the inbox row from which the sale order is made.

The row keeps Amazon's document (encrypted, it names the buyer), so that processing it
needs no call to Amazon and can be repeated as often as one likes. The way of an order:

* ``order_inbox.py``: Amazon's documents become rows
* ``order_importer.py``: rows become sale orders, or are held or ignored
* ``order_changes.py``: what changes on Amazon afterwards, cancellations too
* this file: the row itself, its states, and the values of the sale order, which other
  addons may extend

In all of these ``run`` is the ``amazon.history`` row of the job's run, ``order`` the
document as ``spapi.orders.Order``, ``item`` one of its ``spapi.orders.OrderItem``,
``products`` the :class:`OrderProducts` of the rows that are processed together.
"""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...spapi.orders import parse_order
from ...tools import describe_failure, naive_utc, process_rows
from ..connection.amazon_vault import NO_ACCESS
from ..products.product_resolver import reference_of
from .order_importer import OrderImporter
from .order_inbox import OrderInbox
from .order_products import OrderProducts

ORDERS_PER_BATCH = 50
FIRST_RETRY_DELAY = timedelta(minutes=15)
LONGEST_RETRY_DELAY = timedelta(days=1)


class AmazonOrder(models.Model):
    _name = "amazon.order"
    _description = "Amazon Order"
    _inherit = ["amazon.guarded"]
    _order = "purchase_date DESC, id DESC"
    _rec_name = "amazon_order_id"
    _check_company_auto = True

    amazon_order_id = fields.Char(string="Order Number", required=True, readonly=True)
    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    storefront_id = fields.Many2one(comodel_name="amazon.storefront", readonly=True)
    status = fields.Char(
        string="Amazon Status", readonly=True, help="As Amazon calls it, lower case."
    )
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("imported", "Imported"),
            ("partial", "Partial"),
            ("held", "Held"),
            ("ignored", "Ignored"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    error = fields.Char(string="Reason", readonly=True)
    sale_order_id = fields.Many2one(
        comodel_name="sale.order", readonly=True, index="btree_not_null", copy=False
    )
    line_ids = fields.One2many(
        comodel_name="amazon.order.line", inverse_name="order_id", readonly=True
    )
    purchase_date = fields.Datetime(readonly=True)
    last_updated = fields.Datetime(readonly=True)
    ship_by = fields.Datetime(readonly=True)
    deliver_by = fields.Datetime(readonly=True)
    service_level = fields.Char(readonly=True)
    programs = fields.Char(readonly=True)
    fulfilled_by = fields.Char(readonly=True)
    document_encrypted = fields.Text(groups=NO_ACCESS, copy=False)
    document_hash = fields.Char(readonly=True, copy=False)
    fingerprint = fields.Char(
        readonly=True, copy=False, help="Address and quantities, as last reflected."
    )
    to_process = fields.Boolean(readonly=True, default=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False)
    next_try = fields.Datetime(readonly=True, copy=False)

    _connection_order_unique = models.Constraint(
        "UNIQUE(connection_id, amazon_order_id)",
        "This Amazon order is already there.",
    )
    _last_updated_idx = models.Index("(connection_id, last_updated)")
    _to_process_idx = models.Index("(connection_id, id) WHERE to_process")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["amazon.stock.change"]._mark_orders_changed(orders)
        return orders

    def write(self, vals):
        result = super().write(vals)
        if {"state", "status", "line_ids"} & vals.keys():
            self.env["amazon.stock.change"]._mark_orders_changed(self)
        return result

    # === ACTION METHODS === #

    def action_retry(self):
        """Have the orders processed again, in the background."""
        self.check_access("write")
        self.sudo().write({"to_process": True, "next_try": False})
        for connection in self.connection_id:
            connection._request_job("download_orders")
        return True

    # === BUSINESS METHODS - INBOX === #

    @api.model
    def _store_documents(self, connection, documents, run):
        """Keep a page of ``searchOrders`` as inbox rows; mark what changed.

        :param connection: one ``amazon.connection``
        :param documents: order documents (dict) of Orders 2026-01-01
        """
        OrderInbox(connection.with_env(self.env), run).store(documents)

    def _parse_document(self):
        """Return Amazon's document as ``spapi.orders.Order``."""
        self.ensure_one()
        text = self.env["amazon.vault"]._decrypt(self.sudo().document_encrypted)
        return parse_order(json.loads(text))

    def _update_from_document(self, order):
        """Show what the document says."""
        self._update_from_documents({self: (order, {})})

    @api.model
    def _update_from_documents(self, updates):
        """Show what the documents of several rows say.

        :param updates: ``{amazon.order: (spapi.orders.Order, further values)}``
        """
        if not updates:
            return
        self.union(*updates).line_ids.unlink()
        lines = []
        for row, (order, vals) in updates.items():
            vals = vals | self._prepare_inbox_vals(row.connection_id, order)
            # For all rows in one go, below.
            lines += [
                line | {"order_id": row.id} for _command, _id, line in vals["line_ids"]
            ]
            row.write({name: vals[name] for name in vals if name != "line_ids"})
        self.env["amazon.order.line"].create(lines)

    @api.model
    def _prepare_inbox_vals(self, connection, order):
        """Return the values that the document gives a row, its lines among them."""
        storefront = connection.with_context(active_test=False).storefront_ids.filtered(
            lambda front: (
                front.marketplace_id.amazon_marketplace_id == order.marketplace_id
            )
        )
        return {
            "storefront_id": storefront.id,
            "status": order.status,
            "purchase_date": naive_utc(order.created),
            "last_updated": naive_utc(order.last_updated),
            "ship_by": naive_utc(order.ship_by),
            "deliver_by": naive_utc(order.deliver_by),
            "service_level": order.service_level,
            "programs": ", ".join(order.programs),
            "fulfilled_by": order.fulfilled_by,
            "line_ids": [
                Command.create(
                    {
                        "amazon_item_ref": item.item_id,
                        "sku": item.sku,
                        "asin": item.asin,
                        "title": item.title,
                        "quantity": item.quantity,
                        "quantity_fulfilled": item.quantity_fulfilled,
                    }
                )
                for item in order.items
            ],
        }

    # === BUSINESS METHODS - PROCESS === #

    @api.model
    def _mark_to_retry(self, connection):
        """Mark orders that wait for products which are there now, and failed ones
        whose next try is due."""
        waiting = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("held", "partial")),
            ]
        )
        products = OrderProducts(connection, waiting.line_ids)
        ready = waiting.filtered(lambda row: row._can_be_retried(products))
        due = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "failed"),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )
        (ready | due).to_process = True

    @api.model
    def _process_next_batch(self, connection, run):
        """Process a batch of the marked rows; return whether there were any."""
        marked = [("connection_id", "=", connection.id), ("to_process", "=", True)]
        order = "purchase_date, id"
        return process_rows(
            self.search(marked, limit=ORDERS_PER_BATCH, order=order), run
        )

    @api.model
    def _has_marked(self, connection):
        """Whether a row waits to be processed."""
        marked = [("connection_id", "=", connection.id), ("to_process", "=", True)]
        return bool(self.search_count(marked, limit=1))

    def _process_batch(self, run):
        """Create, change or cancel the sale orders of these rows of one connection.

        Needs no call to Amazon.
        """
        OrderImporter(self.connection_id, run).process(self)

    def _can_be_retried(self, products):
        """Whether a held or partial order has the products that it waited for."""
        if self.state == "held":
            return not self._get_unknown_products_reason(products)
        # That a line came too late is said once.
        return (
            self._can_gain_lines()
            and self.error != self._get_too_late_reason()
            and bool(self._get_available_lines(products))
        )

    # === BUSINESS METHODS - LINES === #

    def _get_missing_lines(self):
        """Return the ``amazon.order.line`` that the sale order has no line of, yet."""
        imported = set(self.sale_order_id.order_line.mapped("amazon_item_ref"))
        return self.line_ids.filtered(
            lambda line: line.quantity and line.amazon_item_ref not in imported
        )

    def _get_available_lines(self, products):
        """Return the missing lines that have a product now, or get one created."""
        return self._get_missing_lines().filtered(
            lambda line: products.get_product(line) or products.can_create(line)
        )

    def _get_owed_lines(self):
        """Return the lines whose units no sale order reserves."""
        lines = self.line_ids.browse()
        for row in self:
            is_partial = row.state == "partial"
            lines |= row._get_missing_lines() if is_partial else row.line_ids
        return lines

    # === BUSINESS METHODS - DECIDE === #

    def _get_ignored_reason(self, order):
        """Return why no sale order is made of the order, or ``False``."""
        _ = self.env._
        if order.importable:
            return False
        if order.channel == "non_amazon":
            return _("Placed on another sales channel.")
        if order.fulfilled_by == "amazon":
            return _("Fulfilled by Amazon.")
        return _("Not to be shipped: Amazon says %s.", order.status or "?")

    def _get_held_reason(self, order, products):
        """Return why the order cannot become a sale order yet, or ``False``."""
        if reason := self._get_unknown_products_reason(products):
            return reason
        if not (order.address and order.address.complete):
            return self.env._(
                "Amazon sent no delivery address. Give the application the role "
                "Direct-to-Consumer Shipping in Seller Central; the order comes in "
                "when Amazon sends the address."
            )
        return False

    def _get_unknown_products_reason(self, products):
        """Return why its products keep the order from coming in, or ``False``."""
        _ = self.env._
        missing = self._get_missing_lines()
        unknown = missing - self._get_available_lines(products)
        if ambiguous := unknown.filtered(products.is_ambiguous):
            return _(
                "Several products have the internal reference %s. Let only one of them "
                "keep it, or link the store's listing to the right one; the order then "
                "comes in by itself.",
                ambiguous._get_references(),
            )
        is_part_enough = self.connection_id._get_unknown_product() == "partial"
        if not unknown or (is_part_enough and unknown != missing):
            return False
        if not all(unknown.mapped("reference")):
            return _(
                "Amazon names neither SKU nor title of an item, so its product cannot "
                "be found. Look the order up in Seller Central; it comes in by itself "
                "when Amazon sends one of them."
            )
        return _(
            "No active product has the internal reference %s. Create the product, give "
            "an existing one this reference, or link the store's listing to one; the "
            "order then comes in by itself.",
            unknown._get_references(),
        )

    # === BUSINESS METHODS - STOP === #

    def _get_stop_reasons(self):
        """Return why nothing of the order may leave now: a list of sentences, each of
        which says what happened and what to do. Empty: it may leave.
        """
        self.ensure_one()
        if self.status == "cancelled":
            return [
                self.env._(
                    "Amazon cancelled order %s. Put the goods back.",
                    self.amazon_order_id,
                )
            ]
        return []

    # === BUSINESS METHODS - STATES === #

    def _set_state(self, state, reason=False):
        """End the processing of the row.

        :param state: a key of ``state``
        :param reason: the sentence that the user reads, ``False`` for none
        """
        self.write(
            {"state": state, "error": reason, "to_process": False, "next_try": False}
        )

    def _set_held(self, reason, run):
        if self.error != reason:
            run._warn(
                self.env._(
                    "Order %(ref)s is held: %(why)s",
                    ref=self.amazon_order_id,
                    why=reason,
                ),
                self,
            )
        self._set_state("held", reason)

    def _set_imported_or_partial(self, run):
        """Imported when all lines are there, else partial, with what is missing."""
        if missing := self._get_missing_lines():
            self._set_partial(
                self.env._(
                    "The lines of %s are missing: no product, or more than one, has "
                    "this internal reference. Create the product, or let only one keep "
                    "the reference; the order then gains its line by itself, unless "
                    "something of it is shipped before.",
                    missing._get_references(),
                ),
                run,
            )
        else:
            self._set_state("imported")

    def _set_partial(self, reason, run):
        if self.error != reason:
            run._warn(
                self.env._(
                    "Order %(ref)s is partial: %(why)s",
                    ref=self.amazon_order_id,
                    why=reason,
                ),
                self,
            )
            self.sale_order_id.message_post(body=reason)
        self._set_state("partial", reason)

    def _set_failed(self, error, run):
        """Keep the row for a later try, each time after a longer delay.

        :param error: the exception that the row ended with
        """
        reason = self._get_failed_reason(error)
        attempts = self.attempts + 1
        delay = min(FIRST_RETRY_DELAY * 2 ** min(attempts - 1, 10), LONGEST_RETRY_DELAY)
        self.write(
            {
                "state": "failed",
                "error": reason,
                "to_process": False,
                "attempts": attempts,
                "next_try": fields.Datetime.now() + delay,
            }
        )
        run._error(
            self.env._("Order %(ref)s: %(why)s", ref=self.amazon_order_id, why=reason),
            self,
        )

    def _get_failed_reason(self, error):
        """Odoo's own sentence without the buyer's data, else what kind of error."""
        reason = describe_failure(self.env, error)
        for text in self._get_personal_texts():
            reason = reason.replace(text, "•••")
        return reason

    def _get_personal_texts(self):
        """Return the texts of the document that name or locate the buyer."""
        try:
            order = self._parse_document()
        except (UserError, ValueError, KeyError, TypeError):
            # Nothing could be read from it, so nothing of it can be in a sentence.
            return []
        address = order.address
        texts = [order.buyer.name, order.buyer.email] if order.buyer else []
        if address:
            texts += [address.name, address.line1, address.line2, address.line3]
            texts += [address.phone, address.postal_code]
        return [text for text in texts if text]

    # === BUSINESS METHODS - VALUES OF THE SALE ORDER === #

    def _prepare_sale_order_vals(self, order, contact, delivery):
        """Return the values of the sale order, without its lines.

        :param contact: the customer, ``res.partner``
        :param delivery: where the goods go, ``res.partner``
        """
        connection = self.connection_id
        return {
            "partner_id": contact.id,
            "partner_invoice_id": contact.id,
            "partner_shipping_id": delivery.id,
            "company_id": connection.company_id.id,
            "warehouse_id": connection.warehouse_id.id,
            "user_id": connection.user_id.id,
            "pricelist_id": self._find_or_create_pricelist(
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
        }

    def _prepare_sale_order_line_vals(self, item, product):
        """Return the values of the sale line of an item that is not cancelled.

        Lines carry no tax of Odoo: amounts are Amazon's.
        """
        amount = sum(charge.amount for charge in item.charges if charge.kind == "ITEM")
        values = {
            "product_id": product.id,
            "product_uom_qty": item.quantity,
            "price_unit": float(amount / item.quantity),
            "tax_ids": [Command.clear()],
            "amazon_item_ref": item.item_id,
        }
        if item.title:
            values["name"] = item.title
        return values

    def _prepare_charge_line_vals(self, kind, amount):
        """Return the values of the sale line of what is no item's own price.

        :param kind: Amazon's word: SHIPPING, DISCOUNT, TAX, …
        :param amount: ``Decimal`` in the order's currency
        """
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

    def _prepare_product_vals(self, order, item):
        """Return the values of the product that is created for an unknown item."""
        company = self.connection_id.company_id
        # No price is better than one in the wrong currency, or Odoo's 1.00.
        is_own_currency = order.currency == company.currency_id.name
        price = item.unit_price if is_own_currency else None
        reference = reference_of(item)
        return {
            "name": item.title or reference,
            "default_code": reference,
            "type": "consu",
            "is_storable": True,
            "company_id": company.id,
            "list_price": float(price or 0),
        }

    def _find_or_create_pricelist(self, currency_name):
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
