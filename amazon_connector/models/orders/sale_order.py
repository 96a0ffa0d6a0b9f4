"""What a sale order knows and shows of the Amazon order that it was made from."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext
from odoo.tools.sql import column_exists, create_column


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "amazon.order.marks"]

    amazon_order_ids = fields.One2many(
        comodel_name="amazon.order",
        inverse_name="sale_order_id",
        string="Amazon Orders",
        copy=False,
    )
    amazon_order_ref = fields.Char(
        string="Amazon Order", readonly=True, copy=False, index="btree_not_null"
    )
    amazon_ship_by = fields.Datetime(
        string="Ship By",
        compute="_compute_amazon_ship_by",
        store=True,
        help="Amazon counts it as late when it leaves afterwards.",
    )
    amazon_client_id = fields.Many2one(
        comodel_name="res.partner",
        string="Client",
        readonly=True,
        copy=False,
        help="Whose goods are delivered. A later change of the connection's client "
        "does not change the order.",
    )
    amazon_stop_reason = fields.Text(
        string="Stopped",
        compute="_compute_amazon_stop_reason",
        help="Why nothing of the Amazon order may leave at the moment.",
    )
    amazon_can_confirm_change = fields.Boolean(compute="_compute_amazon_stop_reason")
    amazon_can_ship_anyway = fields.Boolean(compute="_compute_amazon_stop_reason")
    amazon_delivery_instructions = fields.Text(
        string="Delivery Instructions",
        readonly=True,
        copy=False,
        help="What the buyer wishes for the delivery, printed on the delivery slip.",
    )
    is_amazon_address_missing = fields.Boolean(
        compute="_compute_is_amazon_address_missing"
    )

    @property
    def _rec_names_search(self):
        return [*super()._rec_names_search, "amazon_order_ref"]

    # === COMPUTE METHODS === #

    @api.depends("amazon_order_ids.ship_by")
    def _compute_amazon_ship_by(self):
        for sale in self:
            sale.amazon_ship_by = sale.amazon_order_ids[:1].ship_by

    @api.depends(
        "state",
        "picking_ids.state",
        "amazon_order_ids.status",
        "amazon_order_ids.changes_to_confirm",
        "amazon_order_ids.cancel_overruled",
        "amazon_order_ids.line_ids.is_cancel_requested",
        "amazon_order_ids.is_address_missing",
        "partner_shipping_id.street",
        "partner_shipping_id.street2",
        "partner_shipping_id.city",
        "partner_shipping_id.zip",
        "partner_shipping_id.country_id",
    )
    def _compute_amazon_stop_reason(self):
        for sale in self:
            # What has left cannot be stopped, and who cancelled it knows.
            open_pickings = sale.sudo().picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            reasons = [reason for one in open_pickings for reason in _lines_of(one)]
            sale.amazon_stop_reason = "\n".join(dict.fromkeys(reasons)) or False
            stopped = sale if reasons else sale.browse()
            sale.amazon_can_confirm_change = stopped._has_amazon_change_to_confirm()
            sale.amazon_can_ship_anyway = stopped._has_open_amazon_cancel_request()

    def _has_amazon_change_to_confirm(self):
        return any(self.sudo().amazon_order_ids.mapped("changes_to_confirm"))

    def _has_open_amazon_cancel_request(self):
        return any(
            order._is_cancel_request_open() for order in self.sudo().amazon_order_ids
        )

    def _compute_fiscal_position_id(self):
        """Where Amazon collects the tax, the buyer's country does not decide."""
        collected = self.filtered(
            lambda sale: (
                sale.fiscal_position_id
                and sale.fiscal_position_id
                in sale.sudo().amazon_order_ids.storefront_id.facilitator_position_id
            )
        )
        return super(SaleOrder, self - collected)._compute_fiscal_position_id()

    @api.depends("amazon_order_ids.is_address_missing")
    def _compute_is_amazon_address_missing(self):
        # Who sells need not see what Amazon says of the order.
        for sale in self:
            orders = sale.sudo().amazon_order_ids
            sale.is_amazon_address_missing = any(orders.mapped("is_address_missing"))

    # === CRUD METHODS === #

    def _auto_init(self):
        """Sale orders that are there before the connector came have none of it."""
        if not column_exists(self.env.cr, "sale_order", "amazon_ship_by"):
            create_column(self.env.cr, "sale_order", "amazon_ship_by", "timestamp")
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_amazon_vals(vals)
        self._check_amazon_defaults()
        return super().create(vals_list)

    def write(self, vals):
        self._check_amazon_vals(vals)
        return super().write(vals)

    # === ACTION METHODS === #

    def action_confirm(self):
        """Override to send nothing of a loyalty programme to Amazon's buyers."""
        sold_on_amazon = self.filtered("amazon_order_ref")
        quiet = sold_on_amazon.with_context(loyalty_no_mail=True)
        if not sold_on_amazon or sold_on_amazon == self:
            return super(SaleOrder, quiet or self).action_confirm()
        super(SaleOrder, quiet).action_confirm()
        return super(SaleOrder, self - sold_on_amazon).action_confirm()

    def action_draft(self):
        """What Amazon cancelled stays cancelled."""
        cancelled = self.sudo().filtered(
            lambda sale: "cancelled" in sale.amazon_order_ids.mapped("status")
        )
        if cancelled:
            raise UserError(
                self.env._(
                    "Amazon cancelled %s; it cannot be set back to quotation.",
                    ", ".join(cancelled.mapped("amazon_order_ref")),
                )
            )
        return super().action_draft()

    def action_confirm_amazon_change(self):
        """Let what is packed follow what changed on Amazon; sale order and delivery."""
        self._check_amazon_warehouse_right()
        self.sudo().amazon_order_ids._confirm_changes()
        return True

    def action_ship_amazon_anyway(self):
        """Ship although the buyer asked to cancel."""
        self._check_amazon_warehouse_right()
        self.sudo().amazon_order_ids._overrule_cancel_request()
        return True

    def action_open_amazon_orders(self):
        """Open what Amazon says of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "amazon.order",
            "res_id": self.amazon_order_ids[:1].id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS - PRICES === #

    def _get_update_prices_lines(self):
        """No pricelist changes what Amazon's buyer paid."""
        return super()._get_update_prices_lines()._filter_priced_by_odoo()

    def _create_delivery_line(self, carrier, price_unit):
        """Amazon's buyer pays the shipping that Amazon says, and no other."""
        if self.amazon_order_ref:
            return self.env["sale.order.line"]
        return super()._create_delivery_line(carrier, price_unit)

    # === BUSINESS METHODS === #

    def _is_amazon_to_ship(self):
        return self.state != "cancel" and self.delivery_status != "full"

    def _get_amazon_owner_ids(self):
        """Return the owners whose stock the order may take; empty where Odoo decides.

        The usual owner comes first.
        """
        if not self.amazon_client_id:
            return ()
        return self.env["stock.quant"]._get_client_owner_ids(
            self.amazon_client_id, self.company_id
        )

    def _check_amazon_warehouse_right(self):
        """:raise AccessError: for who does not work in the warehouse"""
        if not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(
                self.env._("Only who may handle deliveries can decide about this.")
            )

    def _check_amazon_vals(self, vals):
        """:raise AccessError: when a person writes what the import said"""
        if not self.env.su and {"amazon_client_id", "amazon_order_ref"} & vals.keys():
            raise AccessError(
                self.env._("The Amazon order and its client cannot be changed by hand.")
            )

    @api.model
    def _check_amazon_defaults(self):
        """:raise AccessError: when a person has them filled in as default values"""
        defaults = {
            name.removeprefix("default_"): value
            for name, value in self.env.context.items()
            if name.startswith("default_") and value
        }
        self._check_amazon_vals(defaults)

    def _check_confirmed(self):
        """:raise UserError: when Odoo or another addon left an order unconfirmed"""
        for sale in self:
            if sale.state != "sale":
                raise UserError(sale._get_unconfirmed_reason())

    def _get_unconfirmed_reason(self):
        """Return why the order stayed a quotation, as far as it says so.

        An addon that keeps orders from being confirmed may say more here.
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        reason = self.env._(
            "Odoo did not confirm the sale order, it stayed %s. A rule of another app "
            "keeps it from being confirmed: change the rule, or what it finds missing; "
            "the order is then imported by itself.",
            states.get(self.state, self.state),
        )
        # Where sale exceptions keep their findings.
        found = self._fields.get("exceptions_summary") and self.exceptions_summary
        return f"{reason} {html2plaintext(found).strip()}" if found else reason

    def _send_order_notification_mail(self, *args, **kwargs):
        """Override of `sale`: Amazon writes to its buyers itself."""
        if self.amazon_order_ref:
            return None
        return super()._send_order_notification_mail(*args, **kwargs)


def _lines_of(picking):
    return (picking.amazon_stop_reason or "").splitlines()
