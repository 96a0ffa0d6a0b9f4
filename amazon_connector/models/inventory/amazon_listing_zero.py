"""A listing that became zero, or would: what the zero brake knows of it."""

from odoo import fields, models
from odoo.exceptions import UserError


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    zeroed_on = fields.Datetime(
        string="Set to Zero",
        readonly=True,
        help="When Odoo last set the quantity on Amazon to zero, without asking.",
    )
    zero_state = fields.Selection(
        selection=[
            ("clear", "Stays on sale"),
            ("expected", "Would become zero"),
            ("held", "Zero is held back"),
            ("allowed", "Zero is right"),
        ],
        string="Zero",
        readonly=True,
        help="Held back: so many listings would become zero at once that a person is "
        "asked first.",
    )

    _zero_state_idx = models.Index(
        "(connection_id, id) WHERE zero_state IS NOT NULL OR zeroed_on IS NOT NULL"
    )

    # === ACTION METHODS === #

    def action_allow_zero(self):
        """Send the zeros of these listings, since a person says that they are right."""
        held = self.filtered(lambda row: row.zero_state == "held")
        if not held:
            raise UserError(
                self.env._("No zero of these listings is held back any more.")
            )
        notification = True
        for connection, rows in held.grouped("connection_id").items():
            notification = connection._allow_zeros(rows)
        return notification

    # === BUSINESS METHODS === #

    def _mark_quantity_changed(self, vals):
        """Override: what is marked anew is looked at anew."""
        result = super()._mark_quantity_changed(vals)
        if vals.get("to_push"):
            seen = self.filtered(lambda row: row.zero_state in ("clear", "expected"))
            seen.zero_state = False
        return result

    def _is_at_stake(self):
        """Whether Amazon offers it, or may."""
        return self.amazon_quantity > 0 or self.is_quantity_unknown
