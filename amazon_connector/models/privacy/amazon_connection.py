"""How long a store keeps its buyers' data, and how all of it is erased."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What Amazon's Data Protection Policy allows after the delivery.
DAYS_ALLOWED = 30


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    personal_data_days = fields.Integer(
        string="Days to Keep Personal Data",
        default=DAYS_ALLOWED,
        required=True,
        tracking=True,
        help="So many days after the delivery, or the cancellation, everything that "
        "names the buyer is removed. Amazon allows 30.",
    )
    personal_data_law = fields.Char(
        string="Law that Asks for More",
        tracking=True,
        help="Which law makes you keep buyers' data for longer than 30 days. Invoices "
        "keep what they need in any case.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("personal_data_days", "personal_data_law")
    def _check_personal_data_days(self):
        for connection in self:
            days = connection.personal_data_days
            if days < 1:
                raise ValidationError(
                    self.env._(
                        "Personal data is kept for one day at least. To remove all of "
                        "it at once, press Erase this store."
                    )
                )
            if days > DAYS_ALLOWED and not (connection.personal_data_law or "").strip():
                raise ValidationError(
                    self.env._(
                        "Amazon allows to keep its buyers' data for %(days)s days "
                        "after the delivery. For longer, fill in which law asks for "
                        "it.",
                        days=DAYS_ALLOWED,
                    )
                )

    # === ACTION METHODS === #

    def action_erase_store(self):
        """Have the data of all buyers of the store removed, in the background."""
        self.ensure_one()
        return self.env["amazon.erasure"]._erase_store(self)

    # === BUSINESS METHODS === #

    def _get_open_erasure(self):
        """Return the erasure of the whole store that is under way, may be empty."""
        return self.env["amazon.erasure"].search(
            [("connection_id", "=", self.id), ("state", "=", "running")], limit=1
        )
