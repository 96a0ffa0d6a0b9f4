"""Settings: the address to register with Amazon, and whether it can be used."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    amazon_redirect_uri = fields.Char(
        string="Redirect URI", compute="_compute_amazon_redirect_uri"
    )
    amazon_redirect_problem = fields.Char(compute="_compute_amazon_redirect_uri")

    # === COMPUTE METHODS === #

    def _compute_amazon_redirect_uri(self):
        told = self.env["amazon.connection.setup"]._told_redirect_uri()
        self.amazon_redirect_uri, self.amazon_redirect_problem = told
