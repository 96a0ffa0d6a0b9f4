"""A connection: which of its orders Amazon will count as shipped late."""

from odoo import fields, models
from odoo.fields import Domain

from ..connection.amazon_connection import SHIPMENT_PROBLEMS
from .amazon_confirmation_marks import OPEN_CONFIRMATION_STATES

# Amazon awaits a confirmation of them. In names that a search of a person may use.
_UNTOLD = Domain("is_to_ship", "=", True) | (
    Domain("state", "in", ("imported", "partial"))
    & Domain("amazon_confirmation_state", "in", OPEN_CONFIRMATION_STATES)
)
_LATE = _UNTOLD & Domain("ship_by", "<", "now")
# Before the day of the user is over.
_DUE = _UNTOLD & Domain("ship_by", ">=", "now") & Domain("ship_by", "<", "today +1d")


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    late_order_count = fields.Integer(
        string="Late Orders",
        compute="_compute_late_counts",
        help="The ship-by time is over and Amazon is not told of the shipment.",
    )
    due_order_count = fields.Integer(
        string="Orders Due Today",
        compute="_compute_late_counts",
        help="To be shipped and confirmed today, else Amazon counts them as late.",
    )

    # === COMPUTE METHODS === #

    def _compute_late_counts(self):
        late, due = self._count_orders(_LATE), self._count_orders(_DUE)
        for connection in self:
            connection.late_order_count = late.get(connection, 0)
            connection.due_order_count = due.get(connection, 0)

    def _count_orders(self, domain):
        """Return ``{connection: number of its orders}`` that are in a domain."""
        groups = self.env["amazon.order"]._read_group(
            Domain("connection_id", "in", self.ids) & domain,
            ["connection_id"],
            ["__count"],
        )
        return dict(groups)

    # === BUSINESS METHODS === #

    def _get_digest_numbers(self, since):
        """Override to tell of orders that are late, and shipments that are stuck."""
        shipments = self.env["amazon.shipment"]
        mine = Domain("connection_id", "=", self.id)
        # Not the fields: what is due today is so by the reader's clock.
        late, due = self._count_orders(_LATE), self._count_orders(_DUE)
        stuck = shipments.search_count(mine & Domain(SHIPMENT_PROBLEMS))
        numbers = [
            (self.env._("Orders late"), late.get(self, 0)),
            (self.env._("Orders due today"), due.get(self, 0)),
            (self.env._("Shipments blocked or refused"), stuck),
        ]
        told = super()._get_digest_numbers(since)
        return told + [(label, number) for label, number in numbers if number]

    # === ACTION METHODS === #

    def action_open_late_orders(self):
        """Open the orders that are late."""
        title = self.env._("Late Orders")
        return self._get_own_records_action("amazon_order_action", _LATE, title)

    def action_open_due_orders(self):
        """Open the orders that will be late unless they leave today."""
        title = self.env._("Orders Due Today")
        return self._get_own_records_action("amazon_order_action", _DUE, title)
