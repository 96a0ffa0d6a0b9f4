"""An order as charts see it, and as it is found by its number."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import prepare_found_action
from ..shipments.amazon_shipment import UNCONFIRMED_STATES

LATE_SHARE = "late_share:avg"


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    late_share = fields.Float(
        string="Late Shipments (%)",
        compute="_compute_late_share",
        aggregator="avg",
        digits=(5, 2),
        help="Of the orders that were to be shipped: how many were not confirmed to "
        "Amazon before their ship-by time. What is still in time does not count yet, "
        "nor what left without Odoo.",
    )

    # === COMPUTE METHODS === #

    @api.depends("ship_by", "status", "shipment_ids.state", "shipment_ids.settled_on")
    def _compute_late_share(self):
        query = self._search([("id", "in", self.ids)])
        share = self._get_late_share_sql(query)
        rows = self.env.execute_query(
            query.select(SQL.identifier(self._table, "id"), share)
        )
        shares = dict(rows)
        for row in self:
            row.late_share = shares.get(row.id) or 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Override to average what PostgreSQL works out when it is asked."""
        if aggregate_spec == LATE_SHARE:
            return SQL("AVG(%s)", self._get_late_share_sql(query))
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _get_late_share_sql(self, query):
        """Return what is 100 for a late order, 0 for one in time, else NULL."""
        shipments = self.env["amazon.shipment"]
        shipments.flush_model(["order_id", "state", "settled_on"])
        return SQL(
            """
            (SELECT CASE
                    WHEN MAX(told.at) > %(ship_by)s THEN 100.0
                    WHEN %(status)s IN ('unshipped', 'partially_shipped')
                         AND %(state)s NOT IN ('ignored', 'cancelled')
                         AND (%(status)s = 'partially_shipped' OR MAX(told.at) IS NULL)
                    THEN CASE WHEN %(ship_by)s < %(now)s THEN 100.0 END
                    WHEN MAX(told.at) <= %(ship_by)s AND NOT BOOL_OR(told.is_open)
                    THEN 0.0
                    END
               FROM (SELECT state IN %(open)s AS is_open,
                            CASE WHEN state IN %(open)s THEN %(now)s
                                 ELSE settled_on END AS at
                       FROM amazon_shipment
                      WHERE order_id = %(id)s AND state != 'not_needed') AS told)
            """,
            id=self._field_to_sql(self._table, "id", query),
            ship_by=self._field_to_sql(self._table, "ship_by", query),
            status=self._field_to_sql(self._table, "status", query),
            state=self._field_to_sql(self._table, "state", query),
            now=fields.Datetime.now(),
            open=UNCONFIRMED_STATES,
        )

    # === ACTION METHODS === #

    @api.model
    def action_find(self, number):
        """Open the order or the listing with a number, or all that have a part of it.

        :param str number: Amazon's order number, a SKU or an ASIN, or a part of one
        """
        number = (number or "").strip()
        listings = self.env["amazon.listing"]
        orders_title = self.env._("Orders with %s", number)
        listings_title = self.env._("Listings with %s", number)
        # What is meant exactly comes before what holds it.
        for operator in ("=", "ilike"):
            for records, title, names in (
                (self, orders_title, ["amazon_order_id"]),
                (listings, listings_title, ["sku", "asin"]),
            ):
                domain = Domain.OR([(name, operator, number)] for name in names)
                if found := records.search(domain, limit=2):
                    name = f"amazon_connector.{records._table}_action"
                    action = self.env["ir.actions.actions"]._for_xml_id(name)
                    return prepare_found_action(action, found, domain, title)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Neither an order nor a listing %s is in Odoo. Recover order, "
                    "above the list of orders, downloads an order by its number.",
                    number,
                ),
            },
        }
