"""A delivery of an Amazon order: what it shows of the order, and why it must wait."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from .delivery_stage import is_coming_back
from .order_marks import OPEN_DELIVERY
from .sale_lines import unlocked

# Of an Amazon order: what says whether something stops it.
FIELDS_OF_STOP = (
    "amazon_order_id",
    "sale_order_id",
    "status",
    "changes_to_confirm",
    "has_cancel_request",
    "is_address_missing",
)


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "amazon.order.marks"]
    _amazon_order_path = "sale_id.amazon_order_ids"
    _rec_names_search = ["name", "amazon_order_ref"]

    # Stored, like the next one: thousands of transfers are searched and sorted by them.
    amazon_order_ref = fields.Char(
        related="sale_id.amazon_order_ref",
        string="Amazon Order",
        store=True,
        index="btree_not_null",
    )
    amazon_ship_by = fields.Datetime(
        related="sale_id.amazon_ship_by",
        string="Ship By",
        store=True,
        index="btree_not_null",
        help="Amazon counts it as late when it leaves afterwards.",
    )
    amazon_client_id = fields.Many2one(
        related="sale_id.amazon_client_id", string="Client"
    )
    amazon_stop_reason = fields.Text(
        string="Stopped",
        compute="_compute_amazon_stop_reason",
        help="Why nothing of the Amazon order may leave at the moment.",
    )
    amazon_is_stopped = fields.Boolean(
        string="Is Stopped",
        compute="_compute_amazon_is_stopped",
        search="_search_amazon_is_stopped",
    )
    amazon_can_confirm_change = fields.Boolean(compute="_compute_amazon_stop_reason")
    amazon_can_ship_anyway = fields.Boolean(compute="_compute_amazon_stop_reason")
    amazon_delivery_instructions = fields.Text(
        related="sale_id.amazon_delivery_instructions"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "return_id",
        "sale_id.amazon_order_ids.status",
        "sale_id.amazon_order_ids.changes_to_confirm",
        "sale_id.amazon_order_ids.cancel_overruled",
        "sale_id.amazon_order_ids.line_ids.is_cancel_requested",
        "sale_id.amazon_order_ids.is_address_missing",
        "sale_id.partner_shipping_id.street",
        "sale_id.partner_shipping_id.street2",
        "sale_id.partner_shipping_id.city",
        "sale_id.partner_shipping_id.zip",
        "sale_id.partner_shipping_id.country_id",
    )
    def _compute_amazon_stop_reason(self):
        for picking in self:
            orders = picking.sudo().sale_id.amazon_order_ids
            reason = picking._get_amazon_stop_reason(orders)
            sale = picking.sudo().sale_id if reason else picking.sale_id.browse()
            picking.amazon_stop_reason = reason
            picking.amazon_can_confirm_change = sale._has_amazon_change_to_confirm()
            picking.amazon_can_ship_anyway = sale._has_open_amazon_cancel_request()

    @api.depends("amazon_stop_reason")
    def _compute_amazon_is_stopped(self):
        for picking in self:
            picking.amazon_is_stopped = bool(picking.amazon_stop_reason)

    @api.model
    def _search_amazon_is_stopped(self, operator, _value):
        if operator != "in":
            return NotImplemented
        # Who ships need read neither Amazon's orders nor sale orders.
        stopped = Domain("amazon_order_ids", "any!", [("is_stopped", "=", True)])
        return OPEN_DELIVERY & Domain("sale_id", "any!", stopped)

    # === CRUD METHODS === #

    def _auto_init(self):
        """Transfers that are there before the connector came have none of it."""
        columns = {"amazon_order_ref": "varchar", "amazon_ship_by": "timestamp"}
        for name, kind in columns.items():
            if not column_exists(self.env.cr, "stock_picking", name):
                create_column(self.env.cr, "stock_picking", name, kind)
        return super()._auto_init()

    # === ACTION METHODS === #

    def action_confirm_amazon_change(self):
        """Let what is packed follow what changed on Amazon."""
        return self.sale_id.action_confirm_amazon_change()

    def action_ship_amazon_anyway(self):
        """Ship although the buyer asked to cancel."""
        return self.sale_id.action_ship_amazon_anyway()

    def action_cancel(self):
        """Override of `stock`: with its deliveries a cancelled order is cancelled."""
        result = super().action_cancel()
        if not self.env.context.get("amazon_is_cancelling"):
            self._settle_amazon_matters()
        return result

    def button_validate(self):
        """Override of `stock`: not asked about a text message that will not be sent."""
        pickings = self
        if all(picking.amazon_order_ref for picking in self):
            pickings = self.with_context(skip_sms=True)
        return super(StockPicking, pickings).button_validate()

    # === BUSINESS METHODS === #

    def _is_amazon_to_ship(self):
        return self.state not in ("done", "cancel") and not self._is_amazon_return()

    def _is_amazon_return(self):
        """Whether goods come back with it, from the customer or an earlier step."""
        return bool(self.return_id) or self.picking_type_code == "incoming"

    def _action_done(self):
        """Override of `stock`: what Amazon or its buyer does not want stays here.

        A product that was put into the parcel besides costs the buyer nothing.
        """
        self._check_amazon_stop()
        sales = self.sudo().sale_id.filtered("amazon_order_ref")
        lines = sales.order_line
        result = super()._action_done()
        for added in sales.order_line - lines:
            with unlocked(added.order_id):
                added.price_unit = 0.0
        coming_back = self.move_ids.filtered(is_coming_back)
        coming_back.picking_id._settle_amazon_matters()
        return result

    def _settle_amazon_matters(self):
        """What came back, or stays here, may be all that was asked for."""
        orders = self.sudo().move_ids.sale_line_id.order_id.amazon_order_ids
        orders.filtered(lambda order: order.state == "cancelled")._settle_cancellation()
        orders._settle_returns()
        orders._settle_redirections()

    def _add_delivery_cost_to_so(self):
        """Override of `stock_delivery`: Amazon's buyer has paid what Amazon says."""
        if self.sale_id.amazon_order_ref:
            return None
        return super()._add_delivery_cost_to_so()

    def _check_amazon_stop(self):
        """:raise UserError: when a delivery of a stopped order is validated"""
        sales = self.sudo().filtered("amazon_order_ref").sale_id
        if not sales:
            return
        # One statement that reads no more: who validates waits for it.
        orders = sales.env["amazon.order"].search_fetch(
            [("sale_order_id", "in", sales.ids)], FIELDS_OF_STOP
        )
        orders_of = orders.grouped("sale_order_id")
        for picking in self:
            orders = orders_of.get(picking.sudo().sale_id, ())
            if reason := picking._get_amazon_stop_reason(orders):
                raise UserError(
                    self.env._(
                        "%(delivery)s cannot be validated. %(why)s",
                        delivery=picking.name,
                        why=reason,
                    )
                )

    def _get_amazon_stop_reason(self, orders):
        """Return why the delivery must not leave, as sentences, or ``False``.

        What comes back, from the customer or from an earlier step, is never stopped.

        :param orders: the ``amazon.order`` records of its sale order, in sudo
        """
        picking = self.sudo()
        if not picking.amazon_order_ref or not picking._is_amazon_to_ship():
            return False
        reasons = [reason for order in orders for reason in order._get_stop_reasons()]
        return "\n".join(reasons) or False

    # === BUSINESS METHODS - NO E-MAILS === #

    def _send_confirmation_email(self):
        """Override of `stock`: no e-mail and no text message for Amazon's orders.

        The same method buys the carrier's label, so it is not left out.
        """
        sold_on_amazon = self.filtered("amazon_order_ref")
        others = self - sold_on_amazon
        quiet = sold_on_amazon.with_context(amazon_no_notes=True, skip_sms=True)
        if quiet:
            super(StockPicking, quiet)._send_confirmation_email()
        return super(StockPicking, others)._send_confirmation_email()

    def message_post_with_source(self, source_ref, **kwargs):
        """Override of `mail`: leave out the notes that nobody needs.

        That of an e-mail which is not sent; and, of deliveries that the import makes,
        the one that names the sale order, which the delivery shows anyway: it takes a
        twelfth of the time of an import.
        """
        if self.env.context.get("amazon_no_notes"):
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
