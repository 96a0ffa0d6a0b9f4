"""When a storefront's listings were last compared, and the pricelist of its prices."""

from odoo import fields, models


class AmazonStorefront(models.Model):
    _inherit = "amazon.storefront"

    listings_compared_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When Amazon was asked for the report of all listings with which these "
        "were last compared (UTC).",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        check_company=True,
        help="Where Amazon's prices of this storefront are written, as a fixed price "
        "of each product, when they are in its currency. What is changed there stays "
        "until Amazon's price changes, and never goes to Amazon.",
    )

    # === BUSINESS METHODS === #

    def _follow_changes(self, vals):
        """Extension: another pricelist gets the prices of the listings that are known.

        :param dict vals: what was written
        """
        result = super()._follow_changes(vals)
        chosen = self.filtered("pricelist_id")
        if vals.get("pricelist_id") and chosen:
            listings = self.env["amazon.listing"].sudo()
            listings.search(
                [
                    ("storefront_id", "in", chosen.ids),
                    ("product_id", "!=", False),
                ]
            ).to_process = True
            for connection in chosen.connection_id.sudo():
                connection._get_job("download_products")._request()
        return result
