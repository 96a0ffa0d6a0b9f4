"""The switch of Sync Inventory, and the brake before a store is emptied."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More zeros than this, in number and in share, are taken for a mistake.
MOST_ZEROS = 10
MOST_ZERO_SHARE = 0.3
# A large store is sent in many runs; it is not worked out anew for each of them.
CHECK_HOLDS = timedelta(minutes=10)
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
    zeros_checked_on = fields.Datetime(
        copy=False,
        readonly=True,
        help="When what is to be sent was last found not to empty the store.",
    )
    zeros_checked_count = fields.Integer(
        copy=False, readonly=True, help="How many of them were left to send then."
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
            self._compare_inventory()
        if vals.get("sync_inventory") is False:
            for connection in self.sudo():
                connection._forget_zeros()
                connection._release_inventory()
        return result

    def _compare_inventory(self):
        """All quantities may be others now: have them compared soon."""
        self.sudo().write({"inventory_checked_on": False, "zeros_checked_on": False})
        self.sudo().job_ids.filtered(lambda job: job.kind == "sync_inventory").write(
            {"resume": False}
        )
        self.env["amazon.stock.change"]._trigger_sync()

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
        self._compare_inventory()
        return self._request_job("sync_inventory")

    def action_allow_zeros(self):
        """Let the next run set the listings to zero that it stopped before."""
        self.ensure_one()
        self.check_access("write")
        me = self.sudo()
        me.write({"are_zeros_allowed": True, "inventory_halted": False})
        me.activity_unlink([ZERO_REMINDER])
        return self._request_job("sync_inventory")

    # === BUSINESS METHODS - BRAKE === #

    def _may_send(self, domain, run):
        """Whether sending these quantities would not empty the store.

        More zeros than a few, in number and in share of what is on sale, are taken for
        a mistake until a person says otherwise.

        :param Domain domain: the listings whose quantity is to be sent
        """
        listings = self.env["amazon.listing"]
        offered = Domain("amazon_quantity", ">", 0)
        marked = listings.search(domain & offered, limit=None)
        if self.are_zeros_allowed or len(marked) <= MOST_ZEROS:
            self._release_inventory()
            return True
        if self._is_checked(len(marked)):
            return True
        zeros = sum(not quantity for quantity in marked._get_quantities().values())
        total = listings.search_count(
            listings._get_syncable_domain()
            & Domain("connection_id", "=", self.id)
            & offered
        )
        if zeros > MOST_ZEROS and zeros > MOST_ZERO_SHARE * total:
            self._halt_inventory(zeros, total, run)
            return False
        self._release_inventory()
        self.write(
            {
                "zeros_checked_on": fields.Datetime.now(),
                "zeros_checked_count": len(marked),
            }
        )
        return True

    def _is_checked(self, left):
        """Whether a run goes on with what was found right before, and nothing more."""
        checked = self.zeros_checked_on
        is_fresh = checked and checked > fields.Datetime.now() - CHECK_HOLDS
        if self.inventory_halted or not is_fresh or left > self.zeros_checked_count:
            return False
        self.zeros_checked_count = left
        return True

    def _forget_zeros(self):
        """All is sent: what a person, or a look, allowed counts no more."""
        if self.are_zeros_allowed or self.zeros_checked_on:
            self.write({"are_zeros_allowed": False, "zeros_checked_on": False})

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
            run._warn(reason, self)
        else:
            run._error(reason, self)
            self.inventory_halted = True
            self._remind(ZERO_REMINDER, reason, fields.Date.context_today(self))

    def _release_inventory(self):
        """What looked like a mistake is mended."""
        if self.inventory_halted:
            self.inventory_halted = False
            self.activity_unlink([ZERO_REMINDER])
