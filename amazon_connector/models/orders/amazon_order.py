"""What Amazon says of one order: the inbox row from which the sale order is made.

The row keeps Amazon's document (encrypted, it names the buyer), so that working it
off needs no call to Amazon and can be repeated as often as one likes.
"""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...spapi.orders import parse_order
from ...tools import describe_failure, work_off
from ..connection.amazon_vault import NO_ACCESS

BATCH_SIZE = 50
FIRST_RETRY = timedelta(minutes=15)
LONGEST_RETRY = timedelta(days=1)


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
        """Have the orders worked off again, in the background."""
        self.check_access("write")
        self.sudo().write({"to_process": True, "next_try": False})
        for connection in self.connection_id:
            connection._request_job("download_orders")
        return True

    # === BUSINESS METHODS - WORK OFF === #

    def _parsed(self):
        """Return Amazon's document as ``spapi.orders.Order``."""
        self.ensure_one()
        text = self.env["amazon.vault"]._decrypt(self.sudo().document_encrypted)
        return parse_order(json.loads(text))

    @api.model
    def _revive(self, connection):
        """Mark orders that wait for products which are there now, and failed ones to
        retry."""
        waiting = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("held", "partial")),
            ]
        )
        products = self._find_products(connection, waiting.line_ids)
        mended = waiting.filtered(lambda row: row._can_go_on(products))
        due = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "failed"),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )
        (mended | due).to_process = True

    @api.model
    def _work_off(self, connection, run):
        """Yield after each batch of marked rows that was worked off."""
        marked = [("connection_id", "=", connection.id), ("to_process", "=", True)]
        order = "purchase_date, id"
        return work_off(lambda: self.search(marked, limit=BATCH_SIZE, order=order), run)

    def _fail(self, error, run):
        sentence = self._describe_failure(error)
        attempts = self.attempts + 1
        delay = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY)
        self.write(
            {
                "state": "failed",
                "error": sentence,
                "to_process": False,
                "attempts": attempts,
                "next_try": fields.Datetime.now() + delay,
            }
        )
        run._error(
            self.env._(
                "Order %(ref)s: %(why)s", ref=self.amazon_order_id, why=sentence
            ),
            self,
        )

    def _describe_failure(self, error):
        """Odoo's own sentence without the buyer's data, else what kind of error."""
        sentence = describe_failure(self.env, error)
        for secret in self._personal_data():
            sentence = sentence.replace(secret, "•••")
        return sentence

    def _personal_data(self):
        try:
            order = self._parsed()
        except (UserError, ValueError, KeyError, TypeError):
            # Nothing could be read from it, so nothing of it can be in a sentence.
            return []
        address = order.address
        texts = [order.buyer.name, order.buyer.email] if order.buyer else []
        if address:
            texts += [address.name, address.line1, address.line2, address.line3]
            texts += [address.phone, address.postal_code]
        return [text for text in texts if text]
