"""Lines of bills of materials: when a kit's line changes, so does what is offered."""

from odoo import api, models

# What decides how much of which component a kit takes.
COMPONENT_FIELDS = {
    "bom_id",
    "bom_product_template_attribute_value_ids",
    "product_id",
    "product_qty",
    "product_uom_id",
}


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.bom_id._mark_amazon_kits_changed()
        return lines

    def write(self, vals):
        if not COMPONENT_FIELDS & vals.keys():
            return super().write(vals)
        self.bom_id._mark_amazon_kits_changed()
        result = super().write(vals)
        self.bom_id._mark_amazon_kits_changed()
        return result

    def unlink(self):
        self.bom_id._mark_amazon_kits_changed()
        return super().unlink()
