"""The job type that removes buyers' data when its time is over: no call to Amazon.

It runs for every store, be it inactive or disconnected: the buyers' right does not
depend on that. ``job.position`` is ``{"after": id, "counts": {…}, "erasure": id}``:
the last order that this run looked at, what it removed so far, and the erasure of the
store that it works for, if any. What is done is marked on the orders, so that a run can
be cut anywhere.
"""

from odoo import api, models

from ...tools import describe_failure
from .personal_data_removal import PersonalDataRemoval, clean_disk_soon

ORDERS_PER_SLICE = 100


class AmazonJobTypeRemovePersonalData(models.AbstractModel):
    _name = "amazon.job.type.remove_personal_data"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Remove Personal Data"

    _kind = "remove_personal_data"
    _sequence = 60
    _interval = (1, "days")
    _needs_amazon = False

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Remove personal data")

    @api.model
    def _get_connections_with_work(self):
        return (
            self.env["amazon.erasure"].search([("state", "=", "running")]).connection_id
        )

    @api.model
    def _start_run(self, job, run):
        job.position = False

    @api.model
    def _do_slice(self, job, run, session):
        """Work off the next orders, the oldest first."""
        position = job.position or {}
        connection = job.connection_id
        erasure = connection._get_open_erasure()
        if position.get("erasure", False) != erasure.id:
            # Asked for in the middle of a run: orders were passed over before.
            position = {**position, "after": 0, "erasure": erasure.id}
        orders = self.env["amazon.order"].with_company(job.company_id)
        rows = orders._find_due_personal_data(
            connection, position.get("after", 0), ORDERS_PER_SLICE
        )
        if not rows:
            self._conclude(job, run, position, erasure)
            return False
        removal = PersonalDataRemoval(self.env)
        last_id = rows[-1].id
        removal.remove(rows, lambda row, error: self._set_failed(run, row, error))
        run._count(seen=len(rows), updated=removal.counts["orders"])
        counts = dict(position.get("counts", {}))
        for name, count in removal.counts.items():
            counts[name] = counts.get(name, 0) + count
        job.position = {**position, "after": last_id, "counts": counts}
        erasure._add_counts(removal.counts)
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _set_failed(self, run, row, error):
        """Say which order could not be done; it is tried again the next day."""
        run._error(
            self.env._(
                "The personal data of order %(ref)s could not be removed. %(why)s",
                ref=row.amazon_order_id,
                why=describe_failure(self.env, error),
            ),
            row,
        )

    @api.model
    def _conclude(self, job, run, position, erasure):
        """Say what was done, and what stays."""
        counts = position.get("counts")
        job.position = False
        if counts:
            clean_disk_soon(self.env)
            run._note(self.env["amazon.erasure"]._describe_counts(counts))
        erasure._finish()
