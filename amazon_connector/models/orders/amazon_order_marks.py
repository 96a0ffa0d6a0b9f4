"""What a sale order and its deliveries show of the Amazon order, said once for both."""

from odoo import api, fields, models
from odoo.fields import Domain

from .order_marks import URGENCIES, get_urgency


def _search_mark(domain):
    """Return the search of a field that says whether the Amazon order has a mark.

    :param domain: of ``amazon.order``
    """

    def search(records, operator, _value):
        if operator != "in":
            return NotImplemented
        found = Domain(domain)
        for name in reversed(records._amazon_order_path.split(".")):
            # Who ships need read neither Amazon's orders nor sale orders.
            found = Domain(name, "any!", found)
        return found

    return search


class AmazonOrderMarks(models.AbstractModel):
    _name = "amazon.order.marks"
    _description = "Marks of an Amazon Order"
    # The way from the record to its rows of amazon.order.
    _amazon_order_path = "amazon_order_ids"

    amazon_urgency = fields.Selection(
        string="Urgency", selection=URGENCIES, compute="_compute_amazon_urgency"
    )
    amazon_service_level = fields.Char(
        string="Service", compute="_compute_amazon_marks"
    )
    amazon_marks = fields.Char(string="Marks", compute="_compute_amazon_marks")
    amazon_shipping_constraints = fields.Char(
        string="At the Door",
        compute="_compute_amazon_marks",
        help="What the carrier must observe when it hands the parcel over.",
    )
    amazon_has_cancel_request = fields.Boolean(
        string="Cancel Requested",
        compute="_compute_amazon_marks",
        search=_search_mark([("has_cancel_request", "=", True)]),
    )
    amazon_is_prime = fields.Boolean(
        string="Prime",
        compute="_compute_amazon_marks",
        search=_search_mark([("is_prime", "=", True)]),
    )
    amazon_is_premium = fields.Boolean(
        string="Premium",
        compute="_compute_amazon_marks",
        search=_search_mark([("is_premium", "=", True)]),
    )
    amazon_is_business = fields.Boolean(
        string="Amazon Business",
        compute="_compute_amazon_marks",
        search=_search_mark([("is_business", "=", True)]),
    )
    amazon_is_gift = fields.Boolean(
        string="Is a Gift",
        compute="_compute_amazon_marks",
        search=_search_mark([("is_gift", "=", True)]),
    )
    amazon_is_replacement = fields.Boolean(
        string="Is a Replacement",
        compute="_compute_amazon_marks",
        search=_search_mark([("replaced_order_ref", "!=", False)]),
    )
    amazon_replaced_ref = fields.Char(
        string="Replacement Of", compute="_compute_amazon_marks"
    )
    amazon_gift_note = fields.Text(
        string="Gift",
        compute="_compute_amazon_gift_note",
        help="How items are to be wrapped, and what is to be written to whom.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amazon_ship_by")
    @api.depends_context("tz")
    def _compute_amazon_urgency(self):
        for record in self:
            record.amazon_urgency = record._is_amazon_to_ship() and get_urgency(
                record, record.amazon_ship_by
            )

    @api.depends(
        lambda self: [
            f"{self._amazon_order_path}.{name}"
            for name in (
                "service_level",
                "programs",
                "is_prime",
                "is_premium",
                "is_business",
                "is_gift",
                "shipping_constraints",
                "has_cancel_request",
                "replaced_order_ref",
            )
        ]
    )
    @api.depends_context("lang")
    def _compute_amazon_marks(self):
        for record in self:
            order = record._get_amazon_order()
            record.amazon_service_level = order.service_level_label
            record.amazon_marks = order.marks
            record.amazon_shipping_constraints = order.shipping_constraints_label
            record.amazon_has_cancel_request = order.has_cancel_request
            record.amazon_replaced_ref = order.replaced_order_ref
            record.amazon_is_prime = order.is_prime
            record.amazon_is_premium = order.is_premium
            record.amazon_is_business = order.is_business
            record.amazon_is_gift = order.is_gift
            record.amazon_is_replacement = bool(order.replaced_order_ref)

    @api.depends(
        lambda self: [
            f"{self._amazon_order_path}.{name}" for name in ("is_gift", "document_hash")
        ]
    )
    def _compute_amazon_gift_note(self):
        for record in self:
            order = record._get_amazon_order()
            record.amazon_gift_note = order.is_gift and order._get_gift_note()

    # === BUSINESS METHODS === #

    def _get_amazon_order(self):
        """Return the ``amazon.order``, may be empty; who ships need not read it."""
        return self.sudo().mapped(self._amazon_order_path)[:1]

    def _get_amazon_gifts(self):
        """Return what is to be wrapped or written: see ``amazon.order._get_gifts``."""
        order = self._get_amazon_order()
        return order._get_gifts() if order else []

    def _is_amazon_to_ship(self):
        """Whether something of it still has to leave."""
        raise NotImplementedError
