"""A buyer as a contact: kept out of marketing, erased when asked for."""

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

# What the key of a buyer begins with once the personal data is gone.
REMOVED_KEY = "removed-"
_QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "amazon.personal.record"]

    is_amazon_buyer = fields.Boolean(
        string="Amazon Buyer",
        compute="_compute_is_amazon_buyer",
        compute_sudo=True,
        help="The import made this contact for a buyer; it is not used for marketing.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amazon_buyer_key")
    def _compute_is_amazon_buyer(self):
        for partner in self:
            partner.is_amazon_buyer = partner._has_amazon_buyer_data()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        emails = {
            email
            for vals in vals_list
            if vals.get("amazon_buyer_key")
            and (email := email_normalize(vals.get("email")))
        }
        self._keep_out_of_marketing(emails)
        return partners

    # === ACTION METHODS === #

    def action_erase_amazon_buyer(self):
        """Remove the buyer's personal data now; show the certificate."""
        self.check_access("read")
        orders = self.env["amazon.order"].sudo()
        rows = orders._find_orders_of_buyers(self.sudo())
        return self.env["amazon.erasure"]._erase_buyer(rows)

    # === BUSINESS METHODS === #

    def _has_amazon_buyer_data(self):
        """Whether the contact was made for a buyer and still names one; in sudo."""
        return bool(self.amazon_buyer_key) and not self._is_amazon_buyer_removed()

    def _is_amazon_buyer_removed(self):
        return (self.amazon_buyer_key or "").startswith(REMOVED_KEY)

    @api.model
    def _keep_out_of_marketing(self, emails):
        """Put e-mail addresses on Odoo's list of those that get no mailing.

        Amazon allows to use them for the order alone.
        """
        if emails:
            self.env["mail.blacklist"].sudo().with_context(**_QUIET).create(
                [{"email": email} for email in sorted(emails)]
            )

    def _find_accessed_orders(self):
        """Return the newest order of each buyer: one row for each is enough."""
        partners = self.filtered(lambda partner: partner._has_amazon_buyer_data())
        if not partners:
            return self.env["amazon.order"]
        self.env["sale.order"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT newest.id
                  FROM unnest(%(ids)s) AS partner (id)
                 CROSS JOIN LATERAL (
                       SELECT amazon_order.id
                         FROM sale_order
                         JOIN amazon_order
                           ON amazon_order.sale_order_id = sale_order.id
                        WHERE sale_order.partner_id = partner.id
                           OR sale_order.partner_shipping_id = partner.id
                           OR sale_order.partner_invoice_id = partner.id
                        ORDER BY amazon_order.id DESC
                        LIMIT 1
                 ) AS newest
                """,
                ids=partners.ids,
            )
        )
        ids = [order_id for (order_id,) in self.env.cr.fetchall()]
        return self.env["amazon.order"].browse(ids)
