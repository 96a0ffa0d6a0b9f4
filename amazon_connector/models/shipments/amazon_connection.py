"""A connection: which of its orders are to be shipped, and which will be late."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..connection.amazon_connection import SHIPMENT_PROBLEMS
from ..orders.order_marks import OPEN_DELIVERY
from .amazon_confirmation_marks import OPEN_CONFIRMATION_STATES

_TO_SHIP = Domain("is_to_ship", "=", True)
# What left, and Amazon has not taken the confirmation of all of it.
_UNCONFIRMED = Domain("state", "in", ("imported", "partial")) & Domain(
    "amazon_confirmation_state", "in", OPEN_CONFIRMATION_STATES
)
# Amazon awaits a confirmation of them. In names that a search of a person may use.
_UNTOLD = _TO_SHIP | _UNCONFIRMED
_IS_LATE = Domain("ship_by", "<", "now")
# Before the day of the user is over.
_IS_DUE_OR_LATE = Domain("ship_by", "<", "today +1d")
_IS_DUE = Domain("ship_by", ">=", "now") & _IS_DUE_OR_LATE
_LATE = _UNTOLD & _IS_LATE
_DUE = _UNTOLD & _IS_DUE


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    to_ship_order_count = fields.Integer(
        string="Orders to Ship",
        compute="_compute_late_counts",
        help="Amazon waits for them, and they have not left Odoo's warehouse.",
    )
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

    moved_note = fields.Char(
        string="Open Deliveries",
        compute="_compute_moved_note",
        help="What becomes of the open deliveries when the warehouse changes.",
    )

    # === COMPUTE METHODS === #

    @api.depends("warehouse_id")
    def _compute_moved_note(self):
        for connection in self:
            before = connection._origin
            former = before.warehouse_id
            connection.moved_note = False
            if former and former != connection.warehouse_id:
                fronts = before.with_context(active_test=False).storefront_ids
                elsewhere = fronts.filtered("warehouse_id")
                orders = Domain("connection_id", "=", before.id)
                orders &= Domain("storefront_id", "not in", elsewhere.ids)
                connection.moved_note = before._describe_staying(orders, former)

    def _describe_staying(self, orders, warehouse):
        """Return how many open deliveries stay at a warehouse and what to do.

        :param Domain orders: whose deliveries are meant
        :param warehouse: the ``stock.warehouse`` that they are in
        :return: a sentence; ``False`` when there are none
        """
        # Who runs the store need not work in the warehouse.
        count = (
            self.env["stock.picking"]
            .sudo()
            .search_count(
                OPEN_DELIVERY
                & Domain("sale_id.amazon_order_ids", "any", orders)
                & Domain("picking_type_id.warehouse_id", "=", warehouse.id)
            )
        )
        if not count:
            return False
        return self.env._(
            "Open deliveries that stay in %(warehouse)s: %(count)s. Ship them from "
            "there, or set the Operation Type of each to the deliveries of the other "
            "warehouse. Later orders are delivered from the other one.",
            warehouse=warehouse.display_name,
            count=count,
        )

    def _compute_late_counts(self):
        counts = self._count_open_orders()
        for connection in self:
            to_ship, late, due = counts.get(connection.id, (0, 0, 0))
            connection.to_ship_order_count = to_ship
            connection.late_order_count = late
            connection.due_order_count = due

    def _count_open_orders(self):
        """Count the orders that are to be shipped, late, and due today.

        In one statement that reads what is open alone: each of the parts leads
        PostgreSQL to an index, which their OR, of which the lists are made, would not.

        :return: ``{id of the connection: (to ship, late, due)}``
        """
        orders = self.env["amazon.order"]
        mine = Domain("connection_id", "in", self.ids)
        told_in_time = Domain("state", "in", ("imported", "partial")) & _IS_DUE_OR_LATE
        parts = [
            (True, orders._get_to_ship_domains(), mine),
            (
                False,
                orders._get_shipment_domains(OPEN_CONFIRMATION_STATES),
                mine & told_in_time,
            ),
        ]
        columns = [
            SQL.identifier(orders._table, name)
            for name in ("id", "connection_id", "ship_by")
        ]
        rows = [
            SQL(
                "(%s)",
                orders._search(common & domain).select(
                    *columns, SQL("%s AS is_to_ship", is_to_ship)
                ),
            )
            for is_to_ship, domains, common in parts
            for domain in domains
        ]
        # What "today" and "now" mean is Odoo's to say, as it does in the lists.
        end_of_day = _IS_DUE_OR_LATE.optimize_full(orders).value
        counts = SQL(
            """
            SELECT connection_id,
                   COUNT(DISTINCT id) FILTER (WHERE is_to_ship),
                   COUNT(DISTINCT id) FILTER (WHERE ship_by < %(now)s),
                   COUNT(DISTINCT id) FILTER (
                       WHERE ship_by >= %(now)s AND ship_by < %(end_of_day)s)
              FROM (%(rows)s) AS found
             GROUP BY connection_id
            """,
            now=fields.Datetime.now(),
            end_of_day=end_of_day,
            rows=SQL(" UNION ALL ").join(rows),
        )
        return {row[0]: row[1:] for row in self.env.execute_query(counts)}

    # === BUSINESS METHODS === #

    def _get_digest_numbers(self, since):
        """Override to tell of orders that are late, and shipments that are stuck."""
        orders, shipments = self.env["amazon.order"], self.env["amazon.shipment"]
        mine = Domain("connection_id", "=", self.id)
        # Not the fields: what is due today is so by the reader's clock.
        late, due = (orders.search_count(mine & domain) for domain in (_LATE, _DUE))
        stuck = shipments.search_count(mine & Domain(SHIPMENT_PROBLEMS))
        numbers = [
            (self.env._("Orders late"), late),
            (self.env._("Orders due today"), due),
            (self.env._("Shipments blocked or refused"), stuck),
        ]
        told = super()._get_digest_numbers(since)
        return told + [(label, number) for label, number in numbers if number]

    # === ACTION METHODS === #

    def action_open_orders_to_ship(self):
        """Open the orders that have not left yet."""
        title = self.env._("Orders to Ship")
        return self._get_own_records_action("amazon_order_action", _TO_SHIP, title)

    def action_open_late_orders(self):
        """Open the orders that are late."""
        title = self.env._("Late Orders")
        return self._get_own_records_action("amazon_order_action", _LATE, title)

    def action_open_due_orders(self):
        """Open the orders that will be late unless they leave today."""
        title = self.env._("Orders Due Today")
        return self._get_own_records_action("amazon_order_action", _DUE, title)
