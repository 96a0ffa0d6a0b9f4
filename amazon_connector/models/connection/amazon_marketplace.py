"""The marketplaces of Amazon: reference data that an administrator may extend."""

from odoo import fields, models

REGIONS = [
    ("na", "North America"),
    ("eu", "Europe"),
    ("fe", "Far East"),
]


class AmazonMarketplace(models.Model):
    _name = "amazon.marketplace"
    _description = "Amazon Marketplace"
    _order = "region, name"

    name = fields.Char(required=True)
    amazon_marketplace_id = fields.Char(
        string="Marketplace ID",
        required=True,
        help="Amazon's identifier of the marketplace (SP-API: marketplaceId).",
    )
    region = fields.Selection(selection=REGIONS, required=True)
    country_id = fields.Many2one(comodel_name="res.country", required=True)
    currency_id = fields.Many2one(comodel_name="res.currency", required=True)
    domain = fields.Char(string="Website", required=True)
    seller_central_domain = fields.Char(string="Seller Central", required=True)
    language = fields.Char(help="Default language of the marketplace, such as en_US.")
    prices_include_tax = fields.Boolean(
        default=True,
        help="Whether buyers see prices with tax, as in Europe. It says which taxes a "
        "new storefront uses.",
    )
    active = fields.Boolean(default=True)

    _amazon_marketplace_id_unique = models.Constraint(
        "UNIQUE(amazon_marketplace_id)",
        "This marketplace is already there.",
    )
