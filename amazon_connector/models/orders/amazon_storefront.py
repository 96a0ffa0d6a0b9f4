"""How a storefront's orders stand in Sales: their number, team, tags and delivery."""

from odoo import fields, models
from odoo.fields import Command


class AmazonStorefront(models.Model):
    _inherit = "amazon.storefront"

    order_name_policy = fields.Selection(
        string="Order Number",
        selection=[("odoo", "Odoo's own numbers"), ("amazon", "Amazon's number")],
        default="odoo",
        required=True,
        help="What new sale orders are called. They are found by Amazon's number in "
        "any case.",
    )
    order_name_prefix = fields.Char(
        string="Prefix",
        help='Put before Amazon\'s number, as "DE-" in DE-111-1234567-1234567.',
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        check_company=True,
        help="Empty: the team of the responsible, as Odoo chooses it.",
    )
    tag_ids = fields.Many2many(
        comodel_name="crm.tag", string="Tags", help="Set on new sale orders."
    )
    delivery_method_ids = fields.One2many(
        comodel_name="amazon.delivery.method",
        inverse_name="storefront_id",
        string="Delivery Methods",
    )

    # === ACTION METHODS === #

    def action_open_form(self):
        """Open the storefront from a list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "amazon.storefront",
            "res_id": self.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _prepare_sale_order_vals(self, row):
        """Return what the storefront decides about a sale order.

        :param row: the ``amazon.order`` that it is made of
        """
        vals = {
            "carrier_id": self._get_delivery_carrier(row.service_level).id,
            "tag_ids": [Command.set(self.tag_ids.ids)],
        }
        if self.order_name_policy == "amazon":
            vals["name"] = f"{self.order_name_prefix or ''}{row.amazon_order_id}"
        if self.team_id:
            vals["team_id"] = self.team_id.id
        return vals

    def _get_delivery_carrier(self, service_level):
        """Return the ``delivery.carrier`` of a service level, may be empty."""
        methods = self.env["amazon.delivery.method"]
        if not (self and service_level):
            return methods.carrier_id
        return methods._find_or_create(self, service_level).carrier_id
