"""A listing whose quantity is in a feed."""

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
