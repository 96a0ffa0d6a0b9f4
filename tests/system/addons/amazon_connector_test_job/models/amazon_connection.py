"""The switch, the button and the result of the job."""

from odoo import fields, models


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    count_listings = fields.Boolean(default=True)
    listings_counted = fields.Integer(
        readonly=True, copy=False, help="How often the listings were counted."
    )

    def action_count_listings(self):
        """Have the listings counted now, in the background."""
        return self._request_job("count_listings")
