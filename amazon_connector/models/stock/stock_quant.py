"""Whose stock counts, and that it changed: what the stock of a client is."""

from odoo import api, models
from odoo.fields import Domain

# The fields of a quant that decide how much there is to sell.
AVAILABILITY_FIELDS = {
    "quantity",
    "reserved_quantity",
    "owner_id",
    "location_id",
    "product_id",
}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        filled = quants.filtered(lambda one: one.quantity or one.reserved_quantity)
        self.env["amazon.stock.change"]._mark_products_changed(filled.product_id)
        return quants

    def write(self, vals):
        if not AVAILABILITY_FIELDS & vals.keys():
            return super().write(vals)
        changes = self.env["amazon.stock.change"]
        changes._mark_products_changed(self.product_id)
        result = super().write(vals)
        if "product_id" in vals:
            changes._mark_products_changed(self.product_id)
        return result

    def unlink(self):
        products = self.product_id
        result = super().unlink()
        self.env["amazon.stock.change"]._mark_products_changed(products)
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_client_owner_ids(self, client, company):
        """Return the ids of the owners whose stock is the client's, the usual first.

        A company's own stock has no owner (``False``) or the company's own partner.
        """
        if client == company.partner_id:
            return (False, client.id)
        return (client.id,)

    def _get_gather_domain(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
    ):
        """Override of `stock` to look for the stock of some owners only.

        Odoo's own `owner_id` names one owner, and none of them means any. A strict
        search names its owner; it also books quantities and must find what is there.
        """
        domain = super()._get_gather_domain(
            product_id, location_id, lot_id, package_id, owner_id, strict
        )
        owner_ids = self.env.context.get("amazon_owner_ids")
        if owner_ids and not strict:
            domain &= Domain("owner_id", "in", owner_ids)
        return domain
