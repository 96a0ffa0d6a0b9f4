"""A listing as a member of a variation family: its values, and its variant."""

from odoo import api, fields, models
from odoo.fields import Command


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    variation = fields.Json(
        readonly=True,
        help="By what it differs from the others of its family: theme, and names and "
        "values of its attributes, as Amazon has them.",
    )

    # VariantFamilies searches it so.
    _connection_parent_idx = models.Index("(connection_id, parent_sku)")
    # They are processed in this order.
    _to_process_parent_idx = models.Index(
        "(connection_id, parent_sku, sku, id) WHERE to_process IS TRUE"
    )

    # === BUSINESS METHODS - FAMILY === #

    def _get_family_key(self):
        """Return the SKU of the parent, ``""`` without a family."""
        return self.sku if self.is_parent else self.parent_sku or ""

    def _get_leading(self):
        """Return of the listings of one SKU the one whose values count.

        Nothing, when Amazon lists the SKU nowhere any more.
        """
        return self._get_ranked()[:1]

    def _get_ranked(self):
        """Return the listings of one SKU, the leading one first.

        The connection's own marketplace leads; without a listing there, the first.
        """
        listed = self.filtered(lambda row: row.state != "removed")
        if len(listed) < 2:
            return listed
        return listed.sorted(
            lambda row: (
                row.storefront_id.marketplace_id != row.connection_id.marketplace_id,
                row.storefront_id.id,
            )
        )

    def _get_variation_values(self):
        """Return ``[[Amazon's name of an attribute, value]]``; ``False`` with none."""
        values = (self.variation or {}).get("values") or []
        return values if any(value for _name, value in values) else False

    def _has_new_variation(self):
        """Whether Amazon changed the values since the product followed them."""
        values = self._get_variation_values()
        return bool(values) and values != (self.reflected or {}).get("variation")

    # === BUSINESS METHODS - VALUES === #

    @api.model
    def _prepare_variation(self, variation):
        """Return ``{theme, language, values}`` of a ``spapi.listings.Variation``."""
        if not variation:
            return False
        return {
            "theme": variation.theme,
            "language": variation.language,
            "values": [list(pair) for pair in variation.values],
        }

    def _prepare_variant_vals(self, line_values):
        """Return the values of the variant to create for the SKU.

        :param line_values: its ``product.template.attribute.value`` records
        """
        product_fields = self.env["product.product"]._fields
        vals = {
            name: value
            for name, value in self._prepare_product_vals().items()
            if not product_fields[name].inherited
        }
        template = line_values.product_tmpl_id
        price = self._get_amazon_values()["list_price"]
        shared = template.list_price + sum(line_values.mapped("price_extra"))
        return vals | {
            "product_tmpl_id": template.id,
            "product_template_attribute_value_ids": [Command.set(line_values.ids)],
            "amazon_price_extra": price - shared if price else 0.0,
        }
