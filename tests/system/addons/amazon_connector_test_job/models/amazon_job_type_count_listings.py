"""The job type: asks Amazon for its storefronts, then counts the listings in Odoo.

``job.position`` is ``{"storefronts": int}`` between its two slices.
"""

from odoo import api, models


class AmazonJobTypeCountListings(models.AbstractModel):
    _name = "amazon.job.type.count_listings"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Count Listings"

    _kind = "count_listings"
    _interval = (1, "hours")
    _switch = "count_listings"
    _is_polled = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Count listings")

    @api.model
    def _do_slice(self, job, run, session):
        """Ask Amazon in the first slice, count in the second."""
        if not job.position:
            found = session.client.get_marketplace_participations()
            job.position = {"storefronts": len(found)}
            return True
        connection = job.connection_id
        listings = self.env["amazon.listing"].search_count(
            [("connection_id", "=", connection.id)]
        )
        run._count(seen=job.position["storefronts"] + listings, updated=1)
        connection.listings_counted += 1
        job.position = False
        return False
