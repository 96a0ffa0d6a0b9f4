"""When a job runs next, and what it waits for: for those who look at it."""

from odoo import api, fields, models

from .amazon_job_schedule import SWITCHED


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    next_run = fields.Datetime(
        compute="_compute_plan", help="Empty: it does not run by itself at present."
    )
    plan = fields.Char(compute="_compute_plan")
    last_start = fields.Datetime(related="last_run_id.start")
    last_outcome = fields.Selection(related="last_run_id.outcome")

    # === COMPUTE METHODS === #

    def _compute_plan(self):
        calls = {kind: self._next_call(kind) for kind in set(self.mapped("kind"))}
        for job in self:
            job.plan = job._what_stops_it()
            job.next_run = False if job.plan else job._earliest(calls[job.kind])
            job.plan = job.plan or job._what_delays_it()

    # === BUSINESS METHODS === #

    @api.model
    def _next_call(self, kind):
        """Return when the scheduled action of this kind comes round."""
        cron = self._cron(kind)
        triggers = self.env["ir.cron.trigger"].sudo()
        first = triggers.search([("cron_id", "=", cron.id)], order="call_at", limit=1)
        return min(filter(None, [cron.nextcall, first.call_at]))

    def _earliest(self, call):
        """Return the time of the next run; a delay may be longer than the schedule."""
        return max(call, self.not_before or call, fields.Datetime.now())

    def _what_stops_it(self):
        """Say why it does not run by itself; nothing when it does."""
        connection = self.connection_id
        if not connection.active:
            return self.env._("The connection is inactive.")
        if not connection._is_connected():
            return self.env._("The store is not connected.")
        if connection.environment == "sandbox":
            return self.env._("Amazon's sandbox holds invented examples only.")
        if self.last_run_id.outcome == "running":
            return self.env._("It runs now.")
        if self.kind in SWITCHED and not connection[self.kind] and not self.requested:
            return self.env._("Switched off under Configuration.")
        if self.kind == "send_shipments" and not self._may_send_shipments():
            return self.env._("Switched off; Send now on a shipment still works.")
        if self.kind == "download_orders" and (
            connection.import_stage == "download_products"
        ):
            return self.env._("The initial import brings the products before.")
        return False

    def _what_delays_it(self):
        is_put_off = self.not_before and self.not_before > fields.Datetime.now()
        if is_put_off and self.failures:
            return self.env._("Put off after a failure; the last run says which.")
        if is_put_off and self.last_run_id.outcome == "waiting":
            return self.env._("Amazon's quota is used up until then.")
        if self.requested:
            return self.env._("Somebody asked for it.")
        return self.env._("As scheduled.")
