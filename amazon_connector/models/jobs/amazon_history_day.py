"""What the runs of a day came to, once their rows are gone."""

from odoo import api, fields, models

from .amazon_history_counters import COUNTERS


class AmazonHistoryDay(models.Model):
    _name = "amazon.history.day"
    _inherit = ["amazon.job.mixin", "amazon.history.counters"]
    _description = "Amazon Integration History: Counts of a Day"
    _order = "day DESC, connection_id, kind"

    day = fields.Date(required=True, readonly=True, help="When the runs started (UTC).")
    runs = fields.Integer(readonly=True)

    _day_unique = models.Constraint(
        "UNIQUE(connection_id, kind, day)",
        "The counts of this day are there already.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _add_runs(self, runs):
        """Add what these runs counted to their days; they are deleted with it.

        :param runs: ``amazon.history``
        """
        days = self._get_days(runs)
        groups = runs.grouped(
            lambda run: (run.connection_id, run.kind, run.start.date())
        )
        missing = [key for key in groups if key not in days]
        created = self.create(
            [
                {"connection_id": connection.id, "kind": kind, "day": day}
                for connection, kind, day in missing
            ]
        )
        days |= dict(zip(missing, created, strict=True))
        for key, found in groups.items():
            row = days[key]
            counts = {name: row[name] + sum(found.mapped(name)) for name in COUNTERS}
            row.write(counts | {"runs": row.runs + len(found)})

    @api.model
    def _get_days(self, runs):
        """Return the rows of the days of these runs: {(connection, kind, day): row}."""
        rows = self.search(
            [
                ("connection_id", "in", runs.connection_id.ids),
                ("day", "in", [run.start.date() for run in runs]),
            ]
        )
        return {(row.connection_id, row.kind, row.day): row for row in rows}
