"""What Amazon says of one order: the inbox row from which the sale order is made.

The row keeps Amazon's document (encrypted, it names the buyer), so that processing it
needs no call to Amazon and can be repeated as often as one likes. The way of an order:

* ``order_inbox.py``: Amazon's documents become rows
* ``order_importer.py``: rows become sale orders, or are held or ignored
* ``order_changes.py``: what changes on Amazon afterwards
* ``order_marks.py``: what people who ship the order have to know of it
* this file: the row itself, its states, what a person decides about a held order, and
  the values of the sale order, which other addons may extend

In all of these ``run`` is the ``amazon.history`` row of the job's run, ``order`` the
document as ``spapi.orders.Order``, ``item`` one of its ``spapi.orders.OrderItem``,
``products`` the :class:`OrderProducts` of the rows that are processed together.
"""

import json
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Command
from odoo.tools.misc import clean_context

from ...spapi.orders import parse_order
from ...tools import describe_failure, naive_utc, process_rows
from ..connection.amazon_vault import NO_ACCESS
from ..products.product_resolver import reference_of
from ..products.units_per_listing import to_amazon, to_odoo
from .order_importer import OrderImporter
from .order_inbox import OrderInbox
from .order_products import OrderProducts
from .order_words import describe_status
from .personal_data import mask_personal_data
from .tax_policy import AmazonAmounts, OdooTaxes

ORDERS_PER_BATCH = 50
FIRST_RETRY_DELAY = timedelta(minutes=15)
LONGEST_RETRY_DELAY = timedelta(days=1)
# What the import does is in the history; nobody follows an order unasked.
_UNTRACKED = {"tracking_disable": True}


class AmazonOrder(models.Model):
    _name = "amazon.order"
    _description = "Amazon Order"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "amazon.guarded",
        "amazon.history.mixin",
    ]
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
    document_encrypted = fields.Text(groups=NO_ACCESS, copy=False, prefetch=False)
    document_hash = fields.Char(readonly=True, copy=False)
    is_partial_wanted = fields.Boolean(
        string="Without Unknown Products",
        readonly=True,
        copy=False,
        help="A person decided that the order comes in without the lines that have no "
        "product.",
    )
    has_unknown_products = fields.Boolean(compute="_compute_has_unknown_products")
    to_process = fields.Boolean(readonly=True, default=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False)
    next_try = fields.Datetime(readonly=True, copy=False)

    _connection_order_unique = models.Constraint(
        "UNIQUE(connection_id, amazon_order_id)",
        "This Amazon order is already there.",
    )
    _last_updated_idx = models.Index("(connection_id, last_updated)")
    _to_process_idx = models.Index("(connection_id, id) WHERE to_process IS TRUE")

    # === COMPUTE METHODS === #

    @api.depends("state", "line_ids.problem")
    def _compute_has_unknown_products(self):
        for row in self:
            row.has_unknown_products = row.state in ("held", "partial") and any(
                row.line_ids.mapped("problem")
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(**_UNTRACKED)
        orders = super(AmazonOrder, quiet).create(vals_list).with_env(self.env)
        self.env["amazon.stock.change"]._mark_orders_changed(orders)
        return orders

    def write(self, vals):
        quiet = self.with_context(**_UNTRACKED)
        result = super(AmazonOrder, quiet).write(vals)
        if {"state", "status", "line_ids"} & vals.keys():
            self.env["amazon.stock.change"]._mark_orders_changed(self)
        return result

    def _delete_discussions(self):
        """Delete what people wrote and planned on rows that PostgreSQL deletes itself,
        with their connection."""
        for model, name in (
            ("mail.activity", "res_model"),
            ("mail.followers", "res_model"),
            ("mail.message", "model"),
            ("ir.attachment", "res_model"),
        ):
            mine = [(name, "=", self._name), ("res_id", "in", self.ids)]
            self.env[model].search(mine).unlink()

    # === ACTION METHODS === #

    def action_retry(self):
        """Have the orders processed again, in the background."""
        self.check_access("write")
        self.sudo().write({"to_process": True, "next_try": False})
        notification = self.connection_id._request_job("download_orders")
        self.sudo()._ask_for_address_again()
        return notification

    def action_link_and_import(self):
        """Have a person choose the product of each unknown item."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["amazon.order.resolve"]._create_for(self)
        return {
            "name": self.env._("Import order %s", self.amazon_order_id),
            "type": "ir.actions.act_window",
            "res_model": "amazon.order.resolve",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            # Problem and reason are sentences.
            "context": {"dialog_size": "extra-large"},
        }

    def action_create_products(self):
        """Create the products of all unknown items, then import."""
        for line in self.line_ids:
            # The product of one item may be that of the next.
            if line.problem:
                line._create_product()
        return self._import_now()

    def action_import_without(self):
        """Import without the lines that have no product."""
        self._want_partial()
        return self._import_now()

    # === BUSINESS METHODS - INBOX === #

    @api.model
    def _store_documents(self, connection, documents, run):
        """Keep a page of ``searchOrders`` as inbox rows; mark what changed.

        :param connection: one ``amazon.connection``
        :param documents: order documents (dict) of Orders 2026-01-01
        """
        OrderInbox(connection.with_env(self.env), run).store(documents)

    @api.model
    def _prepare_documents(self, connection, documents):
        """Return the documents as they may be kept.

        :param connection: one ``amazon.connection``
        :param documents: as in :meth:`_store_documents`
        """
        return documents

    def _parse_document(self):
        """Return Amazon's document as ``spapi.orders.Order``.

        :raise UnreadableError: with a sentence, when it cannot be read
        """
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
        lines = self.env["amazon.order.line"]
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
            **self._prepare_marks_vals(order),
            "line_ids": [
                Command.create(
                    {
                        "amazon_item_ref": item.item_id,
                        "sku": item.sku,
                        "asin": item.asin,
                        "title": item.title,
                        "quantity": item.quantity,
                        "quantity_fulfilled": order.count_shipped(item),
                        **lines._prepare_line_marks_vals(item),
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
        rows = self.search(
            [
                ("connection_id", "=", connection.id),
                "|",
                ("state", "in", ("held", "partial")),
                "&",
                ("state", "=", "failed"),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )
        due = rows.filtered(lambda row: row.state == "failed")
        waiting = rows - due
        products = OrderProducts(connection, waiting.line_ids)
        ready = waiting.filtered(lambda row: row._can_be_retried(products))
        # What was packed may have been unpacked.
        packed = self.search(
            [
                ("connection_id", "=", connection.id),
                ("changes_to_confirm", "!=", False),
            ]
        )
        (ready | due | packed).to_process = True

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

    def _was_imported(self):
        """Whether a sale order was made of it, be it that somebody deleted it since."""
        return bool(
            self.state in ("imported", "partial", "cancelled")
            or self.sale_order_id
            or self.sudo().reflected_encrypted
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
            # A change may have failed of one whose sale order is there.
            lines |= row._get_missing_lines() if row.sale_order_id else row.line_ids
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
        return _(
            "Not to be shipped: Amazon says: %s.",
            describe_status(self.env, order.status) or "?",
        )

    def _get_held_reason(self, order, products):
        """Return why the order cannot become a sale order yet, or ``False``."""
        return self._get_unknown_products_reason(products)

    def _get_unknown_products_reason(self, products):
        """Return why its products keep the order from coming in, or ``False``."""
        _ = self.env._
        missing = self._get_missing_lines()
        unknown = missing - self._get_available_lines(products)
        if self.is_partial_wanted and unknown != missing:
            return False
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

    # === BUSINESS METHODS - DECIDED BY A PERSON === #

    def _want_partial(self):
        """Let the order come in without its unknown lines.

        :raise UserError: when no line would be left
        """
        self.check_access("write")
        for row in self:
            lines = row.line_ids.filtered("quantity")
            if not lines.filtered("product_id"):
                raise UserError(
                    self.env._(
                        "No item of order %s has a product, so nothing would be left "
                        "of it. Link or create one.",
                        row.amazon_order_id,
                    )
                )
        self.sudo().is_partial_wanted = True

    def _import_now(self):
        """Process the rows in this transaction, as their job would.

        :raise UserError: when the job is at one of them right now
        """
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "The order is being processed right now. Try again in a minute."
                )
            ) from error
        for row in self:
            job_row = (
                row.sudo()
                .with_context(**clean_context(self.env.context))
                .with_company(row.company_id)
            )
            run = job_row.env["amazon.history"].create(
                {
                    "connection_id": row.connection_id.id,
                    "kind": "download_orders",
                    "reason": "button",
                }
            )
            run._count(seen=1)
            process_rows(job_row, run)
            run._finish()
            job_row.connection_id._update_order_problem_reminder()
        return True

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
        try:
            order = self._parse_document()
        except (UserError, ValueError, KeyError, TypeError):
            # Nothing could be read from it, so nothing of it can be in a sentence.
            return reason
        return mask_personal_data(reason, order)

    # === BUSINESS METHODS - TAXES === #

    def _uses_odoo_taxes(self):
        return self.storefront_id.tax_policy == "odoo"

    def _get_tax_policy(self, position):
        """Return what says the amounts and taxes of the lines.

        :param position: the buyer's ``account.fiscal.position``, may be empty
        """
        company = self.connection_id.company_id
        if not self._uses_odoo_taxes():
            return AmazonAmounts()
        return OdooTaxes(company, position, self.storefront_id.facilitator_position_id)

    def _get_fiscal_position(self, order, contact, delivery):
        """Return the fiscal position of the sale order.

        Where Amazon collects the tax of all items it is the storefront's, else the one
        that Odoo finds for the buyer: by country, or by VAT number.

        :param contact: the customer, ``res.partner``
        :param delivery: where the goods go, ``res.partner``
        """
        storefront = self.storefront_id
        is_collected = order.items and all(
            item.tax_collected_by_amazon for item in order.items
        )
        if is_collected and self._uses_odoo_taxes():
            if storefront.facilitator_position_id:
                return storefront.facilitator_position_id
        return (
            self.env["account.fiscal.position"]
            .with_company(self.connection_id.company_id)
            ._get_fiscal_position(contact, delivery)
        )

    def _find_currency(self, order):
        """Return the order's ``res.currency``, switched on if it was not.

        :raise UserError: when Odoo does not know it
        """
        usual = self.storefront_id.currency_id
        # Amazon names no currency where there is nothing to pay.
        name = order.currency or usual.name
        if name and name == usual.name and usual.active:
            return usual
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        currency = currencies.search([("name", "=", name)])
        if not currency:
            raise UserError(
                self.env._(
                    "Odoo does not know the currency %s of the order. Create it under "
                    "Accounting, Configuration, Currencies; the order then comes in by "
                    "itself.",
                    name or "?",
                )
            )
        if not currency.active:
            currency.active = True
        return currency

    # === BUSINESS METHODS - WHAT TO SAY OF TAXES === #

    def _warn_of_taxes(self, order, sale, run):
        """Say in the history what a bookkeeper has to know of the order's taxes."""
        if self._uses_odoo_taxes():
            self._warn_of_collected_tax(order, run)
            self._warn_of_other_tax(order, sale, run)
        elif AmazonAmounts().get_tax(order.parts):
            self._warn_of_missing_tax_account(run)

    def _warn_of_collected_tax(self, order, run):
        collected = [part for part in order.parts if part.remitted]
        if not collected:
            return
        storefront = self.storefront_id
        if not storefront.facilitator_position_id:
            storefront._say_once(
                self.env._(
                    "Amazon collects the tax of orders of %s itself; their lines carry "
                    "no tax. Choose a fiscal position under Amazon collects the tax on "
                    "the storefront, so that they get the right tax and accounts.",
                    storefront.marketplace_id.name,
                ),
                run._warn,
            )
        is_paid = sum(part.net for part in collected)
        if is_paid and not any(part.tax for part in collected):
            run._warn(
                self.env._(
                    "Amazon collects the tax of order %s and does not say how much it "
                    "is; the sale order holds the whole amount. Compare it with "
                    "Amazon's settlement, and correct the price if Amazon pays less.",
                    self.amazon_order_id,
                ),
                self,
            )

    def _warn_of_other_tax(self, order, sale, run):
        """Say it when Odoo's taxes come to something else than Amazon's."""
        parts = [part for part in order.parts if not part.remitted]
        named = sum((part.tax for part in parts), Decimal(0))
        if not named or self._get_missing_lines():
            return
        lines = sale.order_line.filtered(lambda line: line._is_amazon_priced())
        computed = sum(lines.mapped("price_tax"))
        # Each part is rounded by itself, by Amazon and by Odoo.
        tolerance = sale.currency_id.rounding * max(1, len(parts))
        if abs(float(named) - computed) <= tolerance + 1e-6:
            return
        if not self._has_sales_taxes():
            self.storefront_id._say_once(
                self.env._(
                    "Amazon names the tax of orders of %s, and the company has no "
                    "sales taxes in Odoo: sale orders and invoices show no tax. For "
                    "taxes, install the accounting of the company's country.",
                    self.storefront_id.marketplace_id.name,
                ),
                run._note,
            )
            return
        run._warn(
            self.env._(
                "Amazon names %(named)s of tax for order %(ref)s, Odoo's taxes come to "
                "%(computed)s. Check the taxes of its products, and the fiscal "
                "position for the country that it is delivered to.",
                named=sale.currency_id.format(float(named)),
                ref=self.amazon_order_id,
                computed=sale.currency_id.format(computed),
            ),
            self,
        )

    def _has_sales_taxes(self):
        """Whether the company keeps books with taxes at all."""
        taxes = self.env["account.tax"].sudo()
        domain = taxes._check_company_domain(self.connection_id.company_id)
        return bool(
            taxes.search_count([*domain, ("type_tax_use", "=", "sale")], limit=1)
        )

    def _warn_of_missing_tax_account(self, run):
        storefront = self.storefront_id
        if storefront._get_tax_account():
            return
        run._warn(
            self.env._(
                "Order %(ref)s holds tax that Amazon does not pay for you, and no "
                "account is set for it: an invoice would book it as revenue. Choose "
                "the Account for tax on the storefront of %(market)s before you "
                "invoice it.",
                ref=self.amazon_order_id,
                market=storefront.marketplace_id.name,
            ),
            self,
        )

    # === BUSINESS METHODS - VALUES OF THE SALE ORDER === #

    def _prepare_sale_order_vals(self, order, contact, delivery):
        """Return the values of the sale order, without lines, pricelist and position.

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
            "date_order": self.purchase_date,
            "commitment_date": self.ship_by,
            "origin": self.amazon_order_id,
            "client_order_ref": (order.buyer and order.buyer.purchase_order)
            or self.amazon_order_id,
            "amazon_order_ref": self.amazon_order_id,
            "amazon_delivery_instructions": self._get_delivery_instructions(order),
            "amazon_client_id": connection.client_id.id,
            "require_signature": False,
            "require_payment": False,
            **self.storefront_id._prepare_sale_order_vals(self),
        }

    def _get_delivery_instructions(self, order):
        """Return what the buyer wishes for the delivery, ``False`` for nothing."""
        lines = [order.delivery_instructions]
        if order.address and order.address.is_pickup_point:
            lines.insert(0, self.env._("Pick-up point"))
        return "\n".join(line for line in lines if line) or False

    def _prepare_sale_order_line_vals(self, item, product, units_per_item):
        """Return the values of the sale line of an item that is not cancelled, without
        price and taxes.

        :param int units_per_item: how many units of the product one of the item is
        """
        values = {
            "product_id": product.id,
            "product_uom_qty": to_odoo(item.quantity, units_per_item),
            "amazon_item_ref": item.item_id,
            "amazon_units_per_item": units_per_item,
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
            "discount": 0.0,
            "amazon_charge": kind,
        }

    def _prepare_product_vals(self, order, item, units_per_item=1):
        """Return the values of the product that is created for an unknown item.

        :param int units_per_item: how many units of the product one of the item is
        """
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
            "list_price": to_amazon(float(price or 0), units_per_item),
        }

    def _find_or_create_pricelist(self, currency):
        """Return the pricelist that puts a sale order into Amazon's currency."""
        company = self.connection_id.company_id
        name = f"Amazon {currency.name}"
        pricelists = self.env["product.pricelist"].sudo()
        values = {"name": name, "currency_id": currency.id, "company_id": company.id}
        return pricelists.search(
            [(field, "=", value) for field, value in values.items()], limit=1
        ) or pricelists.create(values)
