"""A connection whose zeros are held back, and what a person says to them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..connection.reminders import ZERO_REMINDER
from .zero_brake import AT_STAKE, ZERO_WINDOW, ZeroCount


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    send_lead_times = fields.Boolean(
        tracking=True,
        copy=False,
        help="Amazon is told with each quantity how many days it takes to ship (the "
        "product's customer lead time, and its vendor's where none is in stock), and "
        "of what is sold out when the next goods come in.",
    )
    inventory_halted = fields.Boolean(
        copy=False,
        readonly=True,
        tracking=True,
        help="An unusual share of the listings would become zero, so zeros are held "
        "back.",
    )
    zeros_asked_on = fields.Datetime(
        copy=False, readonly=True, help="Since when zeros are held back."
    )
    zero_list_number = fields.Integer(
        copy=False,
        readonly=True,
        help="Rises with each time that more zeros are held back.",
    )
    raises_wait = fields.Boolean(
        copy=False,
        readonly=True,
        tracking=True,
        help="A backup was restored, so that what left and came in since is not "
        "booked: quantities are lowered on Amazon, none is raised.",
    )
    zero_held_count = fields.Integer(
        string="Zeros Held Back", compute="_compute_zero_question"
    )
    zero_question = fields.Char(compute="_compute_zero_question")

    # === COMPUTE METHODS === #

    def _compute_zero_question(self):
        for connection in self:
            if not connection.inventory_halted:
                connection.zero_held_count = 0
                connection.zero_question = False
                continue
            count = ZeroCount(connection)
            connection.zero_held_count = count.held
            connection.zero_question = connection._describe_zeros(count)

    def _describe_zeros(self, count):
        """Return the numbers before and after.

        :param ZeroCount count: of this connection
        """
        return self.env._(
            "%(total)s listings were on sale. %(became)s of them became zero within "
            "%(hours)s hours and %(held)s more would: %(left)s would stay on sale.",
            total=count.total,
            became=max(count.zeros - count.held, 0),
            hours=int(ZERO_WINDOW.total_seconds() // 3600),
            held=count.held,
            left=max(count.total - count.zeros, 0),
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("warehouse_id")
    def _check_stock_locations(self):
        """The locations of storefronts are in the warehouse that delivers."""
        self.with_context(active_test=False).storefront_ids._check_stock_locations()

    # === ACTION METHODS === #

    def action_raise_quantities(self):
        """Say that the stock in Odoo is right, after a backup was restored."""
        self.ensure_one()
        self.check_access("write")
        me = self.sudo()
        me.raises_wait = False
        me._request_comparison()
        me.message_post(
            body=self.env._("The stock is right: quantities are raised again."),
            author_id=self.env.user.partner_id.id,
        )
        return self._get_notification(
            self.env._("All quantities are compared and sent now."), "success"
        )

    def action_open_held_zeros(self):
        """Open the listings whose zeros are held back."""
        return self._get_own_records_action(
            "amazon_listing_zero_action", self._get_held_domain()
        )

    def action_open_dry_run(self):
        """Open the listings whose quantity would be sent; Amazon is not asked."""
        self.ensure_one()
        self.check_access("read")
        listings = self.env["amazon.listing"].search(
            Domain("connection_id", "=", self.id)
            & self.env["amazon.listing"]._get_syncable_domain()
        )
        quantities = listings._get_quantities()
        sent = listings._filter_push_needed(quantities)
        return self._get_own_records_action(
            "amazon_listing_dry_run_action", [("id", "in", sent.ids)]
        )

    def action_allow_zeros(self):
        """Send all zeros that are held back, as far as the person saw them."""
        self.ensure_one()
        self.check_access("write")
        seen = self.env.context.get("amazon_zero_list_number")
        if seen is not None and seen != self.zero_list_number:
            raise UserError(
                self.env._(
                    "More listings would become zero than when you opened this page. "
                    "Open it again, look at the list, then press Send the zeros."
                )
            )
        return self._allow_zeros(self._find_listings_in(["held"]))

    # === BUSINESS METHODS === #

    def _get_digest_numbers(self, since):
        """Override to tell of quantities that Amazon refuses, and zeros held back."""
        listings = self.env["amazon.listing"]
        mine = Domain("connection_id", "=", self.id)
        refused = listings.search_count(mine & Domain("push_error", "!=", False))
        held = listings.search_count(mine & Domain("zero_state", "=", "held"))
        numbers = [
            (self.env._("Quantities refused"), refused),
            (self.env._("Zeros held back"), held),
        ]
        told = super()._get_digest_numbers(since)
        return told + [(label, number) for label, number in numbers if number]

    def _allow_zeros(self, listings):
        """Send the zeros of these listings, and of no other.

        :return: the action that says so
        """
        self.check_access("write")
        me = self.sudo()
        listings.sudo().write(
            {"zero_state": "allowed", "to_push": True, "zeroed_on": False}
        )
        if not me._find_listings_in(["held"]):
            me._release_zero_brake()
        return self._request_job("sync_inventory")

    def _release_zero_brake(self):
        """Go on: nothing waits for a person any more."""
        self.write({"inventory_halted": False, "zeros_asked_on": False})
        self._drop_reminders([ZERO_REMINDER])

    def _end_zero_question(self):
        """Override to forget what was asked and allowed."""
        for connection in self:
            connection._find_listings_in(
                ["clear", "expected", "held", "allowed"]
            ).zero_state = False
            if connection.inventory_halted:
                connection._release_zero_brake()
        return super()._end_zero_question()

    def _find_listings_in(self, states):
        """Return the connection's listings in some states of the brake."""
        return self.env["amazon.listing"].search(
            [("connection_id", "=", self.id), ("zero_state", "in", states)]
        )

    def _get_zero_domain(self):
        """The listings that the brake of this connection looks at."""
        mine = Domain("connection_id", "=", self.id)
        return self.env["amazon.listing"]._get_syncable_domain() & mine

    def _get_held_domain(self):
        """The listings whose zero waits for a person."""
        return self._get_zero_domain() & AT_STAKE & Domain("zero_state", "=", "held")
