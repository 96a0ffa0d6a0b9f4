"""The switch of Sync Inventory, and the brake before a store is emptied."""

from odoo import api, fields, models
from odoo.exceptions import UserError

ZERO_REMINDER = "amazon_connector.mail_activity_type_zero"


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    inventory_checked_on = fields.Datetime(
        copy=False,
        readonly=True,
        help="When the quantities of all listings were last compared with Amazon's.",
    )
    inventory_halted = fields.Boolean(
        copy=False,
        readonly=True,
        tracking=True,
        help="A run would have set an unusual share of the listings to zero.",
    )
    are_zeros_allowed = fields.Boolean(
        copy=False, readonly=True, help="Somebody looked, and let the next run do it."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("sync_inventory") and vals.get("state") != "completed":
                self._refuse_sync_inventory()
        return super().create(vals_list)

    def write(self, vals):
        switched_on = self.browse()
        if vals.get("sync_inventory"):
            switched_on = self.filtered(lambda one: not one.sync_inventory)
            if any(one.state != "completed" for one in switched_on):
                self._refuse_sync_inventory()
        result = super().write(vals)
        if switched_on or {"warehouse_id", "client_id"} & vals.keys():
            # All quantities may be others now.
            self.sudo().inventory_checked_on = False
            self.env["amazon.stock.change"]._wake_job()
        return result

    def _refuse_sync_inventory(self):
        raise UserError(
            self.env._(
                "Sync Inventory can be switched on once the set-up is completed: the "
                "initial import has to go through before, so that Odoo knows the "
                "store's listings and open orders."
            )
        )

    # === ACTION METHODS === #

    def action_sync_inventory(self):
        """Have the quantities compared and sent now, in the background."""
        self.ensure_one()
        self.check_access("read")
        if not self.sync_inventory:
            raise UserError(
                self.env._(
                    "Sync Inventory is off. Switch it on under Configuration, or press "
                    "Push now on the listings."
                )
            )
        self.sudo().inventory_checked_on = False
        return self._request_job("sync_inventory")

    def action_allow_zeros(self):
        """Let the next run set the listings to zero that it stopped before."""
        self.ensure_one()
        self.check_access("write")
        me = self.sudo()
        me.write({"are_zeros_allowed": True, "inventory_halted": False})
        me.activity_unlink([ZERO_REMINDER])
        return self._request_job("sync_inventory")

    # === BUSINESS METHODS === #

    def _halt_inventory(self, zeros, total, run):
        """Send nothing, and ask a person: it may be a mistake."""
        reason = self.env._(
            "%(zeros)s of %(total)s listings would be set to zero, so no quantity was "
            "sent. If that is right, press Send the zeros on the connection; if not, "
            "look at its warehouse, its client and the stock there.",
            zeros=zeros,
            total=total,
        )
        if self.inventory_halted:
            # Said before, and it still stands.
            run._note(reason)
        else:
            run._error(reason, self)
            self.inventory_halted = True
            self._remind(ZERO_REMINDER, reason, fields.Date.context_today(self))

    def _release_inventory(self):
        """What looked like a mistake is mended."""
        if self.inventory_halted:
            self.inventory_halted = False
            self.activity_unlink([ZERO_REMINDER])
