"""Bills of materials of kits: when one changes, so does what is offered."""

from odoo import api, models

# What decides which products are kits, and how many of a component they take.
KIT_FIELDS = {
    "active",
    "company_id",
    "product_id",
    "product_qty",
    "product_tmpl_id",
    "product_uom_id",
    "sequence",
    "type",
}


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        boms = super().create(vals_list)
        boms._mark_amazon_kits_changed()
        return boms

    def write(self, vals):
        if not KIT_FIELDS & vals.keys():
            return super().write(vals)
        self._mark_amazon_kits_changed()
        result = super().write(vals)
        self._mark_amazon_kits_changed()
        return result

    def unlink(self):
        self._mark_amazon_kits_changed()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _mark_amazon_kits_changed(self):
        """Have the kits compared with Amazon, and what they are made of.

        Of a bill of materials that changes, before and after: what is no component any
        more is offered more of.
        """
        kits = self.sudo().filtered(lambda bom: bom.type == "phantom")
        for bom in kits.with_context(active_test=False):
            products = bom.product_id or bom.product_tmpl_id.product_variant_ids
            self.env["amazon.stock.change"]._mark_products_changed(
                products | bom.bom_line_ids.product_id
            )
