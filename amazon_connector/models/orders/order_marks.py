"""What people who ship an Amazon order have to know of it, in words.

The marks are taken from the document when it comes (``_prepare_marks_vals``). Gift
messages are personal: they stay in the encrypted document and are read from there
for who opens or prints the delivery, so that there is no second copy of them that
could be forgotten, and none that is older than what Amazon says.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import log_unexpected
from .order_words import (
    describe_constraint,
    describe_program,
    describe_service_level,
    describe_status,
)

URGENCIES = [("late", "Late"), ("today", "Due today")]
# What Amazon says of an order that is to be shipped; nothing, if it is unreadable.
_OPEN_STATUSES = ("unshipped", "partially_shipped", False)
# Nothing was made of these yet, so nothing of them can have left.
_WAITING_STATES = ("new", "held", "failed")
# Of transfers: it may be validated, and takes goods towards the buyer.
OPEN_DELIVERY = Domain(
    [
        ("state", "in", ("draft", "waiting", "confirmed", "assigned")),
        ("return_id", "=", False),
        ("picking_type_code", "!=", "incoming"),
    ]
)


def get_urgency(records, ship_by):
    """Return ``"late"``, ``"today"`` (in the user's time zone) or ``False``.

    :param records: whose environment says who asks
    :param ship_by: naive UTC, may be ``False``
    """
    if not ship_by:
        return False
    if ship_by < fields.Datetime.now():
        return "late"
    day = fields.Datetime.context_timestamp(records, ship_by).date()
    return "today" if day == fields.Date.context_today(records) else False


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === FIELDS - MARKS === #
    is_prime = fields.Boolean(string="Prime", readonly=True)
    is_premium = fields.Boolean(string="Premium", readonly=True)
    is_business = fields.Boolean(string="Business", readonly=True)
    is_gift = fields.Boolean(
        string="Gift", readonly=True, help="An item is to be wrapped or has a message."
    )
    has_cancel_request = fields.Boolean(
        string="Cancel Requested",
        readonly=True,
        help="The buyer asked to cancel an item that is not shipped yet.",
    )
    replaced_order_ref = fields.Char(
        string="Replacement Of",
        readonly=True,
        help="Number of the order whose goods are replaced.",
    )
    marks = fields.Char(
        compute="_compute_marks", help="What is special about the order."
    )
    shipping_constraints = fields.Char(
        readonly=True, help="Amazon's words of what the carrier must observe."
    )
    shipping_constraints_label = fields.Char(
        string="At the Door",
        compute="_compute_labels",
        help="What the carrier must observe when it hands the parcel over.",
    )
    service_level_label = fields.Char(
        string="Service", compute="_compute_labels", help="What the buyer was promised."
    )
    status_label = fields.Char(string="On Amazon", compute="_compute_labels")

    # === FIELDS - WORK === #
    item_count = fields.Integer(string="Units", readonly=True, aggregator=None)
    currency_name = fields.Char(readonly=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id", store=True
    )
    amount_total = fields.Monetary(string="Total", readonly=True)
    partner_id = fields.Many2one(related="sale_order_id.partner_id", string="Customer")
    is_to_ship = fields.Boolean(
        string="To Ship",
        compute="_compute_is_to_ship",
        search="_search_is_to_ship",
        help="Amazon waits for it, and it has not left Odoo's warehouse.",
    )
    is_stopped = fields.Boolean(
        string="Stopped",
        compute="_compute_is_stopped",
        search="_search_is_stopped",
        help="It has a delivery that must not leave until somebody has decided.",
    )
    urgency = fields.Selection(selection=URGENCIES, compute="_compute_urgency")
    delivery_count = fields.Integer(compute="_compute_delivery_count")

    # What is open is a small part of all, and counted again and again. In the words
    # in which Odoo asks for _OPEN_STATUSES.
    _open_idx = models.Index(
        "(connection_id, ship_by) WHERE "
        "status IN ('unshipped', 'partially_shipped', '') OR status IS NULL"
    )
    _purchase_date_idx = models.Index("(purchase_date)")

    # === COMPUTE METHODS === #

    @api.depends("programs", "is_gift")
    def _compute_marks(self):
        for row in self:
            words = [describe_program(self.env, word) for word in row._get_programs()]
            if row.is_gift:
                words.append(self.env._("Gift"))
            row.marks = ", ".join(words)

    @api.depends("service_level", "status", "shipping_constraints")
    def _compute_labels(self):
        for row in self:
            row.service_level_label = describe_service_level(
                self.env, row.service_level
            )
            row.status_label = describe_status(self.env, row.status)
            row.shipping_constraints_label = ", ".join(
                describe_constraint(self.env, word)
                for word in (row.shipping_constraints or "").split(", ")
            )

    @api.depends("currency_name", "storefront_id.currency_id")
    def _compute_currency_id(self):
        for row in self:
            # Rows are written one by one; the usual currency is not searched for each.
            usual = row.storefront_id.currency_id
            row.currency_id = usual if row.currency_name == usual.name else False
        others = self.filtered(lambda row: row.currency_name and not row.currency_id)
        currencies = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", others.mapped("currency_name"))])
            .grouped("name")
        )
        for row in others:
            row.currency_id = currencies.get(row.currency_name)

    @api.depends("status", "state", "sale_order_id.delivery_status")
    def _compute_is_to_ship(self):
        wanted = self.sudo().filtered_domain(self._get_to_ship_domain())
        for row in self:
            row.is_to_ship = row in wanted

    @api.model
    def _search_is_to_ship(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_to_ship_domain()

    @api.model
    def _get_to_ship_domain(self):
        return Domain.OR(self._get_to_ship_domains())

    @api.model
    def _get_to_ship_domains(self):
        """Return two domains: of what nothing was made of yet, and of open sales."""
        is_open = Domain("status", "in", _OPEN_STATUSES)
        open_sale = Domain("state", "!=", "cancel") & Domain(
            "delivery_status", "!=", "full"
        )
        return [
            is_open & Domain("state", "in", _WAITING_STATES),
            # Who ships need not be a salesperson.
            is_open & Domain("sale_order_id", "any!", open_sale),
        ]

    @api.depends(
        "status",
        "changes_to_confirm",
        "cancel_overruled",
        "is_address_missing",
        "line_ids.is_cancel_requested",
        "sale_order_id.picking_ids.state",
        "sale_order_id.partner_shipping_id.country_id",
    )
    def _compute_is_stopped(self):
        for row in self:
            known = row.sudo()
            pickings = known.sale_order_id.picking_ids
            is_open = pickings.filtered_domain(OPEN_DELIVERY)
            row.is_stopped = bool(is_open) and known._must_not_leave()

    @api.model
    def _search_is_stopped(self, operator, _value):
        if operator != "in":
            return NotImplemented
        may_be = (
            Domain("status", "=", "cancelled")
            | Domain("changes_to_confirm", "!=", False)
            | Domain("has_cancel_request", "=", True)
            | Domain("is_address_missing", "=", True)
            | Domain("sale_order_id.partner_shipping_id.country_id", "=", False)
        )
        # Few deliveries are open: PostgreSQL begins with them. Which of the orders that
        # may be stopped are so is more than it can say.
        open_ones = self.env["stock.picking"].sudo()._search(OPEN_DELIVERY)
        with_open = Domain("sale_order_id", "any!", open_ones.subselect("sale_id"))
        found = self.sudo().search(may_be & with_open, order="id")
        stopped = found.filtered(lambda row: row._must_not_leave())
        return Domain("id", "in", stopped.ids)

    @api.depends("is_to_ship", "ship_by")
    @api.depends_context("tz")
    def _compute_urgency(self):
        for row in self:
            row.urgency = row.is_to_ship and get_urgency(row, row.ship_by)

    @api.depends("sale_order_id.picking_ids")
    def _compute_delivery_count(self):
        for row in self:
            row.delivery_count = len(row.sudo().sale_order_id.picking_ids)

    # === ACTION METHODS === #

    def action_open_sale_order(self):
        """Open the sale order that was made of it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "view_mode": "form",
        }

    def action_open_deliveries(self):
        """Open the transfers of the sale order."""
        self.ensure_one()
        action = {
            "name": self.env._("Deliveries of %s", self.amazon_order_id),
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "context": {"create": False},
        }
        pickings = self.sudo().sale_order_id.picking_ids
        if len(pickings) == 1:
            return action | {"res_id": pickings.id, "view_mode": "form"}
        return action | {
            "domain": [("id", "in", pickings.ids)],
            "view_mode": "list,form",
        }

    # === BUSINESS METHODS - MARKS === #

    @api.model
    def _prepare_marks_vals(self, order):
        """Return the marks that the document gives a row.

        :param order: ``spapi.orders.Order``
        """
        programs = {word.upper() for word in order.programs}
        return {
            "is_prime": "PRIME" in programs,
            "is_premium": "PREMIUM" in programs,
            "is_business": "AMAZON_BUSINESS" in programs,
            "is_gift": any(
                item.quantity and (item.gift_message or item.gift_wrap_level)
                for item in order.items
            ),
            "has_cancel_request": any(
                item.cancel_requested and item.quantity > item.quantity_fulfilled
                for item in order.items
            ),
            "shipping_constraints": ", ".join(order.shipping_constraints),
            "replaced_order_ref": order.replaced_order_id,
            "item_count": sum(item.quantity for item in order.items),
            "currency_name": order.currency,
            "amount_total": float(order.grand_total or 0),
        }

    def _update_marks(self):
        """Take the marks of rows that came before there were any from their documents.

        A document that cannot be read is left: its row has *failed* and says so.
        """
        for row in self:
            try:
                order = row._parse_document()
            except (UserError, ValueError) as error:
                log_unexpected(error)
                continue
            row.write(row._prepare_marks_vals(order))
            for item in order.items:
                row.line_ids.filtered(
                    lambda line, item=item: line.amazon_item_ref == item.item_id
                ).write(row.line_ids._prepare_line_marks_vals(item))

    def _get_programs(self):
        """Return Amazon's words of the programs that the order belongs to."""
        return [word for word in (self.programs or "").split(", ") if word]

    # === BUSINESS METHODS - GIFTS === #

    def _get_gifts(self):
        """Return how items are to be wrapped, and what is to be written.

        :return: a list of ``{"name", "quantity", "wrap", "message"}``
        """
        self.ensure_one()
        if not self.is_gift:
            return []
        return [
            {
                "name": item.title or item.sku,
                "quantity": item.quantity,
                "wrap": item.gift_wrap_level,
                "message": item.gift_message,
            }
            for item in self._parse_document().items
            if item.quantity and (item.gift_message or item.gift_wrap_level)
        ]

    def _get_gift_note(self):
        """Return all gifts of the order as lines of text, ``False`` without any."""
        try:
            gifts = self._get_gifts()
        except UserError as error:
            # Without its key the delivery is still opened, and says so.
            return str(error)
        return "\n".join(self._get_gift_line(gift) for gift in gifts) or False

    def _get_gift_line(self, gift):
        """Return a gift of :meth:`_get_gifts` as one sentence."""
        parts = [f"{gift['quantity']} × {gift['name']}"]
        if gift["wrap"]:
            parts.append(self.env._("wrapping: %s", gift["wrap"]))
        if gift["message"]:
            parts.append(self.env._("message: %s", gift["message"]))
        return "; ".join(parts)
