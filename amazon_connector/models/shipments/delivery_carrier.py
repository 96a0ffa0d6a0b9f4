"""A delivery method, and what Amazon is told of the parcels that it carries."""

from odoo import fields, models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    amazon_has_no_tracking = fields.Boolean(
        string="Has No Tracking",
        help="For letters, your own van and other services without a tracking number: "
        "a shipment does not wait for one. Amazon, which demands a number, is told "
        "the delivery's own reference.",
    )
