"""Counts by Day: of all runs, those that are kept and those that are deleted."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .amazon_history_counters import COUNTERS


class AmazonHistoryReport(models.Model):
    _name = "amazon.history.report"
    _inherit = ["amazon.job.mixin", "amazon.history.counters"]
    _description = "Amazon Integration History by Day"
    _auto = False
    _order = "day DESC, connection_id, kind"
    _rec_name = "day"
    _depends = {
        "amazon.history": ["connection_id", "company_id", "kind", "start", *COUNTERS],
        "amazon.history.day": [
            "connection_id",
            "company_id",
            "kind",
            "day",
            "runs",
            *COUNTERS,
        ],
    }

    # As it is with the runs; nothing is stored here.
    company_id = fields.Many2one(
        comodel_name="res.company", related=None, readonly=True
    )
    kind = fields.Selection(string="Function")
    day = fields.Date(readonly=True, help="When the runs started (UTC).")
    runs = fields.Integer(readonly=True)
    waited = fields.Float(string="Waited for Quota (s)")

    @property
    def _table_query(self):
        counters = [SQL.identifier(name) for name in COUNTERS]
        return SQL(
            """
            SELECT MIN(id) AS id, connection_id, company_id, kind, day,
                   SUM(runs) AS runs, %(sums)s
              FROM (
                    SELECT 2 * id AS id, connection_id, company_id, kind, day, runs,
                           %(counters)s
                      FROM amazon_history_day
                     UNION ALL
                    SELECT 2 * id + 1, connection_id, company_id, kind, start::date, 1,
                           %(counters)s
                      FROM amazon_history
                   ) AS counted
             GROUP BY connection_id, company_id, kind, day
            """,
            sums=SQL(", ").join(SQL("SUM(%s) AS %s", name, name) for name in counters),
            counters=SQL(", ").join(counters),
        )

    # === ACTION METHODS === #

    def action_open_runs(self):
        """Open the runs of this day that are kept."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "amazon_connector.amazon_history_action"
        )
        # The day is that of UTC, whatever the reader's.
        start = fields.Datetime.to_datetime(self.day)
        domain = [
            ("connection_id", "=", self.connection_id.id),
            ("kind", "=", self.kind),
            ("start", ">=", start),
            ("start", "<", start + timedelta(days=1)),
        ]
        return action | {"domain": domain}
