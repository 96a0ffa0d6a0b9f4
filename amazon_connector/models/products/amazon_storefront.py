"""When a storefront's listings were last compared with Amazon's report of all."""

from odoo import fields, models


class AmazonStorefront(models.Model):
    _inherit = "amazon.storefront"

    listings_compared_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When Amazon was asked for the report of all listings with which these "
        "were last compared (UTC).",
    )
