"""What a vendor's price list says of the lead time, which Amazon may be told."""

from odoo import api, models

# Whose days count, the first vendor's, and how many they are.
LEAD_TIME_FIELDS = {
    "delay",
    "product_tmpl_id",
    "product_id",
    "company_id",
    "sequence",
    "min_qty",
    "price",
}


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        sellers = super().create(vals_list)
        sellers._mark_lead_times_changed()
        return sellers

    def write(self, vals):
        if not LEAD_TIME_FIELDS & vals.keys():
            return super().write(vals)
        self._mark_lead_times_changed()
        result = super().write(vals)
        if "product_tmpl_id" in vals:
            self._mark_lead_times_changed()
        return result

    def unlink(self):
        self._mark_lead_times_changed()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _mark_lead_times_changed(self):
        templates = self.product_tmpl_id.with_context(active_test=False)
        self.env["amazon.stock.change"]._mark_lead_times_changed(
            templates.product_variant_ids
        )
