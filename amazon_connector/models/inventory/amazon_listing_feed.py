"""A listing whose quantity is in a feed, and its zero, which does not wait for its end.

Amazon may carry the feed out before the zero, or after it. So the zero is sent at once,
and once more when the feed has ended; nothing else of the listing is sent meanwhile.
"""

from odoo import fields, models


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    feed_id = fields.Many2one(
        comodel_name="amazon.quantity.feed",
        string="Quantity Feed",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The feed that brings its quantity to Amazon.",
    )
    feed_quantity = fields.Integer(
        string="Quantity in the Feed",
        readonly=True,
        help="The units that the feed says.",
    )
    zero_ahead = fields.Selection(
        selection=[
            ("look", "Looked at next"),
            ("due", "To be sent"),
            ("sent", "Sent"),
        ],
        string="Zero Ahead of the Feed",
        readonly=True,
        help="What is sold out while Amazon has a feed of it is told at once, and once "
        "more when the feed has ended.",
    )

    # === BUSINESS METHODS === #

    def _mark_quantity_changed(self, vals):
        """Override: what changes while a feed carries it may be sold out."""
        result = super()._mark_quantity_changed(vals)
        if vals.get("to_push"):
            carried = self.filtered(lambda row: row.feed_id and not row.zero_ahead)
            carried.zero_ahead = "look"
        return result

    def _leave_to_feed(self, quantities):
        """Return those that are in stock again: they wait for the end of their feed.

        :param dict quantities: ``{listing: units to offer}``
        """
        back = self.filtered(lambda row: row.zero_ahead == "due" and quantities[row])
        back.zero_ahead = False
        return back

    def _mark_zero_ahead_sent(self):
        """Amazon answered to the zero; nobody knows whether the feed comes after it."""
        self.filtered(lambda row: row.zero_ahead == "due").write(
            {"zero_ahead": "sent", "is_quantity_unknown": True, "read_back_on": False}
        )

    def _prepare_zeros_again(self):
        """Return ``{listing: values}`` that have the zeros sent ahead sent once more.

        The brake let them go already.
        """
        return {
            row: {
                "to_push": True,
                "is_quantity_unknown": True,
                "zero_state": "allowed",
                "zeroed_on": row.zeroed_on,
            }
            for row in self.filtered(lambda row: row.zero_ahead == "sent")
        }
