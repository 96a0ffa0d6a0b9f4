"""A job: one kind of background work of one connection; when it runs, and its lock."""

import logging
import zlib
from datetime import timedelta

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import log_unexpected
from ..connection.amazon_connection import CONNECTED_STATES
from .runner import JobRunner

_logger = logging.getLogger(__name__)

# First class id of PostgreSQL's advisory locks of this addon ("amzn" in ASCII).
LOCK_SPACE = 0x616D7A6E
# How long a job waits for another one of its family.
FAMILY_DELAY = timedelta(seconds=15)


class AmazonJob(models.Model):
    _name = "amazon.job"
    _inherit = "amazon.job.mixin"
    _description = "Amazon Job"
    _order = "connection_id, kind"
    _rec_name = "kind"

    # === FIELDS === #
    cron_id = fields.Many2one(
        comodel_name="ir.cron",
        string="Scheduled Action",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    not_before = fields.Datetime(
        readonly=True,
        help="It does not run before: it is put off, for quota or after a failure, or "
        "it ran a short while ago.",
    )
    requested = fields.Boolean(readonly=True, help="Somebody pressed the button.")
    failures = fields.Integer(
        readonly=True, help="Runs that failed one after the other."
    )
    denials = fields.Integer(
        readonly=True, help="Runs that Amazon denied access to since it last let one."
    )
    position = fields.Json(
        readonly=True, help="How far the work is: where the next slice goes on."
    )
    last_run_id = fields.Many2one(comodel_name="amazon.history", readonly=True)
    open_run_id = fields.Many2one(
        comodel_name="amazon.history",
        readonly=True,
        index="btree_not_null",
        help="The run that goes on when the job runs next.",
    )
    next_run = fields.Datetime(
        compute="_compute_plan", help="Empty: it does not run by itself at present."
    )
    plan = fields.Char(compute="_compute_plan")
    last_start = fields.Datetime(related="last_run_id.start")
    last_outcome = fields.Selection(related="last_run_id.outcome")

    _connection_kind_unique = models.Constraint(
        "UNIQUE(connection_id, kind)", "A connection has one job of each kind."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_display_name(self):
        labels = dict(self.env["amazon.job.type"]._get_kind_selection())
        for job in self:
            job.display_name = labels.get(job.kind, job.kind)

    def _compute_plan(self):
        # Who may see the plan need not see all that decides about it.
        job_types = self.env["amazon.job.type"].sudo()
        types = {one._kind: one for one in job_types._get_types()}
        now = fields.Datetime.now()
        # The jobs of many stores: what is the same for a kind is asked once.
        for kind, jobs in self.grouped("kind").items():
            job_type = types.get(kind)
            if job_type is None:
                jobs.next_run = False
                jobs.plan = self.env._("The addon that does this job is not installed.")
                continue
            next_call = self._get_next_call(job_type)
            enabled = jobs.sudo().filtered_domain(job_type._get_enabled_domain())
            for job in jobs:
                job.plan = job._get_stopping_reason(job_type, job.sudo() in enabled)
                job.next_run = False
                if not job.plan:
                    job.next_run = max(next_call, job.not_before or next_call, now)
                    delay = job._get_delay_reason()
                    job.plan = delay or self.env._("As scheduled.")

    # === BUSINESS METHODS - ROWS === #

    def _get_type(self):
        """Return the job type of this row; ``None`` when its addon is not installed."""
        return self.env["amazon.job.type"]._get_type(self.kind)

    @api.model
    def _create_missing(self, connections, types=None):
        """Give each connection the jobs that it has not got yet.

        :param types: the job types that count, ``None`` for all
        """
        types = types or self.env["amazon.job.type"]._get_types()
        self.sudo().create(
            [
                {
                    "connection_id": connection.id,
                    "kind": job_type._kind,
                    "cron_id": job_type._get_cron().id,
                }
                for connection in connections.sudo()
                for job_type in types
                if job_type._kind not in connection.job_ids.mapped("kind")
            ]
        )

    @api.model
    def _follow_addons(self, job_type):
        """Have active connections follow addons that came or went: each has a job of
        the type, and none waits for a stage of the import that nobody does."""
        connections = self.env["amazon.connection"]
        without = Domain("job_ids", "not any", Domain("kind", "=", job_type._kind))
        found = connections.search(without | connections._get_lost_import_domain())
        self._create_missing(found, [job_type])
        found._restart_lost_imports()

    @api.model
    def _toggle_crons(self):
        """Switch the scheduled actions on where a connection needs them."""
        for job_type in self.env["amazon.job.type"]._get_types():
            job_type._toggle_cron()
            self.sudo()._close_stopped_runs(job_type)

    # === BUSINESS METHODS - SCHEDULE === #

    @api.model
    def _cron_run(self, kind):
        """Run all due jobs of a kind; the entry of the scheduled actions."""
        job_type = self.env["amazon.job.type"]._get_type(kind)
        if job_type is None:
            _logger.warning(
                "The addon that does the job %s is not installed. Uninstall it "
                "properly, or delete this scheduled action.",
                kind,
            )
            return
        try:
            self._run_due(job_type)
        except Exception as error:
            # The boundary of the scheduled action: Odoo would call it again at once.
            self._rollback()
            log_unexpected(error)
        served = job_type._get_served_domain()
        needed = self.env["amazon.connection"].search_count(served, limit=1)
        if not needed:
            self.env["ir.cron"]._commit_progress(deactivate=True)

    @api.model
    def _run_due(self, job_type):
        """Run the jobs of a type that are due, as far as the time goes."""
        try:
            self._follow_addons(job_type)
            self._close_stopped_runs(job_type)
            # What fails to be written shall not end the first of them.
            self.env.flush_all()
        except (OperationalError, IntegrityError):
            # Others write the same rows at this moment: the next call sees to them.
            self._rollback()
        due = self.search(self._get_due_domain(job_type))
        # Who waits longest comes first, be it for its next run or to go on with one.
        due = due.sorted(
            lambda job: (
                job.open_run_id.paused_on or job.last_start or job.create_date,
                job.id,
            )
        )
        if not JobRunner(job_type).run(due):
            self._trigger(job_type._kind)

    @api.model
    def _trigger(self, kind, at=None):
        """Have the jobs of a kind run soon, or at a time; writes no job row.

        :param datetime at: naive UTC; ``None`` for as soon as possible
        """
        self.env["amazon.job.type"]._get_type(kind)._get_cron()._trigger(at)

    def _request(self):
        """A person wants it now: forget the delay, keep Amazon's quota."""
        self.write({"requested": True, "not_before": False})
        for kind in set(self.mapped("kind")):
            self._trigger(kind)

    def _get_history_link(self):
        """Return the link of a notification to the runs of this job.

        :return: ``{"label", "url"}``; of several jobs it leads to all runs, and
            ``None`` is returned for who may not read them
        """
        if not self.sudo(False).env["amazon.history"].has_access("read"):
            return None
        if len(self) == 1:
            url = f"/odoo/{self.id}/action-amazon_connector.amazon_history_action_job"
        else:
            url = "/odoo/action-amazon_connector.amazon_history_action"
        return {"label": self.env._("Open the history"), "url": url}

    def _wake(self):
        """Have the jobs run soon, as if their time had come."""
        self.write({"not_before": False})
        for job_type in self.env["amazon.job.type"]._get_types():
            if job_type._kind in self.mapped("kind"):
                self._trigger(job_type._kind)

    @api.model
    def _get_runnable_domain(self, job_type):
        """Return the domain of the jobs of a type that may run, be it due or not."""
        if not job_type._needs_amazon:
            return (
                Domain("kind", "=", job_type._kind)
                & Domain("connection_id.state", "!=", "draft")
                & job_type._get_enabled_domain()
            )
        domain = Domain(
            [
                ("kind", "=", job_type._kind),
                ("connection_id.active", "=", True),
                ("connection_id.state", "in", CONNECTED_STATES),
                # The static sandbox has no orders, listings or stock of the store's.
                ("connection_id.environment", "=", "production"),
            ]
        )
        if job_type._is_held_until_read:
            domain &= Domain("connection_id.catch_up_since", "=", False)
        earlier = self.env["amazon.connection"]._get_earlier_stages(job_type)
        if earlier:
            domain &= Domain("connection_id.import_stage", "not in", earlier)
        return domain & job_type._get_enabled_domain()

    @api.model
    def _get_due_domain(self, job_type):
        now = fields.Datetime.now()
        domain = self._get_runnable_domain(job_type)
        domain &= Domain("not_before", "=", False) | Domain("not_before", "<=", now)
        if not job_type._is_polled:
            # What woke one store is no news for the others.
            domain &= (
                Domain("requested", "=", True)
                | Domain("open_run_id", "!=", False)
                | Domain("last_run_id", "=", False)
                # Cut off with its server; under way, it keeps its lock.
                | Domain("last_run_id.outcome", "=", "running")
                | Domain("last_run_id.start", "<=", now - job_type._get_interval())
                | Domain(
                    "connection_id", "in", job_type._get_connections_with_work().ids
                )
            )
        return domain

    @api.model
    def _close_stopped_runs(self, job_type):
        """End the runs that would go on, of jobs that may not run any more."""
        is_open = Domain("kind", "=", job_type._kind) & Domain(
            "open_run_id", "!=", False
        )
        left_open = self.search(is_open)
        if not left_open:
            return
        runnable = self._get_runnable_domain(job_type)
        for job in left_open - self.search(is_open & runnable):
            job.open_run_id._finish("stopped")
            job.open_run_id = False

    # === BUSINESS METHODS - PLAN === #

    @api.model
    def _get_next_call(self, job_type):
        """Return when the scheduled action of this type runs next."""
        cron = job_type._get_cron()
        triggers = self.env["ir.cron.trigger"].sudo()
        first = triggers.search([("cron_id", "=", cron.id)], order="call_at", limit=1)
        return min(filter(None, [cron.nextcall, first.call_at]))

    def _get_stopping_reason(self, job_type, is_enabled):
        """Return why it does not run by itself; ``False`` when it does.

        :param is_enabled: whether it is in the type's ``_get_enabled_domain``
        """
        connection = self.connection_id
        if reason := job_type._needs_amazon and self._get_silence_reason():
            return reason
        if job_type._is_held_until_read and connection.catch_up_since:
            return self.env._("What happened on Amazon is read before.")
        if self.last_run_id.outcome == "running" and not self.open_run_id:
            return self.env._("It runs now.")
        if not is_enabled:
            return job_type._get_disabled_reason(self)
        stage = connection.import_stage
        is_early = stage and stage in connection._get_earlier_stages(job_type)
        if is_early and job_type._needs_amazon:
            return self.env._("The initial import brings the products before.")
        return False

    def _get_silence_reason(self):
        """Return why nothing is asked of Amazon for the store, ``False`` if it is."""
        connection = self.connection_id
        if not connection.active:
            return self.env._("The connection is inactive.")
        if not connection._is_connected():
            return self.env._("The store is not connected.")
        if connection.environment == "sandbox":
            return self.env._("Amazon's sandbox holds invented examples only.")
        if connection.copy_state != "clear":
            return self.env._("This database is, or may be, a copy.")
        return False

    def _get_delay_reason(self):
        """Return why it runs at another time than it is planned for, or ``False``."""
        is_put_off = self.not_before and self.not_before > fields.Datetime.now()
        if is_put_off and self.failures:
            return self.env._("Put off after a failure; the last run says which.")
        if is_put_off and self.last_run_id.outcome == "waiting":
            return self.env._("Amazon's quota is used up until then.")
        if self.requested:
            return self.env._("Somebody asked for it.")
        if self.open_run_id:
            return self.env._("Its last run goes on.")
        return False

    # === BUSINESS METHODS - WORK === #

    @api.model
    def _commit(self, processed=0):
        """Commit what a slice did so far, before something leaves for Amazon.

        Records must not be trusted to be as before: others may have changed them.
        All that keep a copy of what was changed are told: a scheduled action does so
        at its end only, and for its own thread, which this one need not be.

        :param int processed: slices that are done
        :return: the seconds that the scheduled action has left, infinite within a slice
            and for a thread that does not know
        :rtype: float
        """
        scheduled = self.env["ir.cron"]
        if not processed:
            # There is no progress to write down, so that Odoo only commits.
            scheduled = scheduled.with_context(ir_cron_progress_id=False)
        seconds_left = scheduled._commit_progress(processed=processed)
        registry = self.env.registry
        if registry.cache_invalidated:
            # Who looked before the commit may have kept what was there then.
            registry.clear_cache(*registry.cache_invalidated)
        registry.signal_changes()
        return seconds_left

    @api.model
    def _rollback(self):
        """Give up what is not committed, and what was kept of it."""
        self.env.cr.rollback()
        self.env.registry.reset_changes()

    # === BUSINESS METHODS - LOCK === #

    def _get_lock(self):
        """Return the two numbers of the lock, the same for all jobs of a family."""
        family = self._get_type()._family
        if not family:
            return LOCK_SPACE, self.id
        # PostgreSQL wants a signed number.
        space = zlib.crc32(f"amazon {family}".encode()) - 2**31
        return space, self.connection_id.id

    @api.model
    def _try_lock(self, lock):
        """Take a job for this worker; PostgreSQL frees it if the worker dies.

        A lock of the session, since it has to outlast the commit of each slice.

        :param lock: as :meth:`_get_lock` returns it
        """
        self.env.cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", *lock))
        return self.env.cr.fetchone()[0]

    @api.model
    def _unlock(self, lock):
        self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", *lock))

    def _wait_for_family(self):
        """Another job of the family may be under way: try again in a moment."""
        if self._get_type()._family:
            self._trigger(self.kind, at=fields.Datetime.now() + FAMILY_DELAY)
            self._commit()
