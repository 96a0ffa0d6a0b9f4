"""A storefront: what becomes of its open deliveries when its warehouse changes."""

from odoo import api, fields, models
from odoo.fields import Domain


class AmazonStorefront(models.Model):
    _inherit = "amazon.storefront"

    moved_note = fields.Char(
        string="Open Deliveries",
        compute="_compute_moved_note",
        help="What becomes of the open deliveries when the warehouse changes.",
    )

    # === COMPUTE METHODS === #

    @api.depends("warehouse_id")
    def _compute_moved_note(self):
        for front in self:
            before = front._origin
            former = before._get_warehouse()
            front.moved_note = False
            if former and former != front._get_warehouse():
                orders = Domain("storefront_id", "=", before.id)
                connection = before.connection_id
                front.moved_note = connection._describe_staying(orders, former)
