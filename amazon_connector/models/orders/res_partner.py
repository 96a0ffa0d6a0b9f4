"""By what the import knows the contacts again that it made for Amazon's buyers."""

from odoo import fields, models

from ..connection.amazon_vault import NO_ACCESS


class ResPartner(models.Model):
    _inherit = "res.partner"

    # A hash: it names nobody, and cannot be searched for by guessing in the interface.
    amazon_buyer_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=NO_ACCESS,
    )

    _amazon_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    # === BUSINESS METHODS === #

    def _filter_amazon_buyers(self):
        """Return those of the contacts that the import made for buyers."""
        return self.filtered(lambda partner: partner.sudo().amazon_buyer_key)
