"""The one loop of all jobs: due connections, slice by slice, each slice committed.

A job of one kind for one connection is a row. What its slices are is said by the
method ``_slices_<kind>(run, observer)``, a generator: each ``yield`` ends a slice,
whose work is then committed together with the counters of the run. Connections take
turns, one slice each, so that a large download does not make the others wait.

An error ends on its own connection: it is written into the history and the job is put
off. Nothing is raised out of the scheduled action, since Odoo would call it again at
once. Used-up quota is no error: the job waits until the quota is back.
"""

import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import log_unexpected
from ..connection.amazon_connection import CONNECTED_STATES
from ..connection.amazon_quota import QuotaObserver
from .amazon_history import JOB_KINDS

# First class id of PostgreSQL's advisory locks of this addon ("amzn" in ASCII).
LOCK_SPACE = 0x616D7A6E

# What a run gives that has no slice left.
THROUGH = object()

# How often in a row a slice is begun anew when other transactions are in the way.
MOST_COLLISIONS = 5
FIRST_SLEEP = 0.05


class Turn:
    """A job's place in the loop: its run, the counter of its calls, its slices."""

    def __init__(self, job, run, observer):
        self.job = job
        self.run = run
        self.observer = observer
        self.collisions = 0
        self.restart()

    def restart(self):
        slices = getattr(self.job, f"_slices_{self.job.kind}")
        self.slices = slices(self.run, self.observer)


class AmazonJob(models.Model):
    _name = "amazon.job"
    _description = "Amazon Job"
    _order = "connection_id, kind"
    _rec_name = "kind"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        string="Function", selection=JOB_KINDS, required=True, readonly=True
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
    resume = fields.Json(
        readonly=True, help="Where a run that was broken off goes on from."
    )
    last_run_id = fields.Many2one(comodel_name="amazon.history", readonly=True)

    _connection_kind_unique = models.Constraint(
        "UNIQUE(connection_id, kind)", "A connection has one job of each kind."
    )

    # === BUSINESS METHODS - THE LOOP === #

    @api.model
    def _cron_run(self, kind):
        """Work off all due connections; the entry of the scheduled actions."""
        self._make_for(self.env["amazon.connection"].search([]))
        jobs = self.search(self._due_domain(kind))
        locked = self.browse([job.id for job in jobs if job._try_lock()])
        try:
            locked._take_turns()
        finally:
            # All work is committed; an aborted transaction would keep the locks.
            self.env.cr.rollback()
            for job in locked:
                job._unlock()
        connected = [("state", "in", CONNECTED_STATES)]
        needed = self.env["amazon.connection"].search_count(connected, limit=1)
        self.env["ir.cron"]._commit_progress(remaining=0, deactivate=not needed)

    def _take_turns(self):
        """Let the jobs do one slice each in turn until all are through."""
        turns = [job._contained(job._start_turn) for job in self]
        turns = [turn for turn in turns if turn]
        while turns:
            turns = [
                turn for turn in turns if turn.job._contained(turn.job._do_slice, turn)
            ]
            if turns and not self._commit(remaining=len(turns)):
                for turn in turns:
                    turn.slices.close()
                    turn.job._contained(turn.job._insist, "_end_run", turn, "partial")
                # A scheduling of its own has the whole time again, where the rest of
                # this one would end after each slice.
                self._trigger(self[:1].kind)
                self._commit()
                return

    def _contained(self, work, *args):
        """Do it; what goes wrong even in writing down a run ends here."""
        try:
            return work(*args)
        except Exception as error:
            self.env.cr.rollback()
            if self.exists():
                log_unexpected(error)
            return None

    def _start_turn(self):
        connection = self.connection_id
        observer = QuotaObserver(self.env, connection._get_quota_account())
        return Turn(self, self._start_run(), observer)

    def _do_slice(self, turn):
        """Do and commit one slice; return whether there is another.

        The broad except is the boundary of the connection: whatever goes wrong
        behind it must neither stop the other connections nor reach the scheduler.
        """
        try:
            if next(turn.slices, THROUGH) is THROUGH:
                self._end_run(turn)
                return False
            self._commit(processed=1)
            turn.collisions = 0
        except OperationalError as error:
            self.env.cr.rollback()
            return self._meet_again(turn, error)
        except Exception as error:
            self.env.cr.rollback()
            if not self.exists():
                # The store was deleted meanwhile, and its job with it.
                return False
            self._insist("_fail_run", turn, error)
            return False
        return self._may_go_on(turn)

    def _may_go_on(self, turn):
        """Whether the connection still wants it; a run that it stopped is ended."""
        if self.connection_id.active and self.connection_id._is_connected():
            return True
        turn.slices.close()
        self._insist("_end_run", turn, "partial")
        return False

    def _meet_again(self, turn, error):
        """Two transactions met: begin the slices anew, as Odoo repeats a request.

        What was committed is kept; jobs go on where they were broken off.
        """
        turn.collisions += 1
        if turn.collisions > MOST_COLLISIONS:
            self._insist("_fail_run", turn, error)
            return False
        time.sleep(FIRST_SLEEP * 2**turn.collisions)
        turn.restart()
        return self._may_go_on(turn)

    def _insist(self, method, *args):
        """Close a run, although others change its records at the same moment."""
        for attempt in range(MOST_COLLISIONS):
            try:
                return getattr(self, method)(*args)
            except OperationalError:
                self.env.cr.rollback()
                time.sleep(FIRST_SLEEP * 2**attempt)
        return getattr(self, method)(*args)

    @api.model
    def _commit(self, processed=0, remaining=None):
        """Commit; return the seconds left for this scheduled action."""
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    # === BUSINESS METHODS - LOCKS === #

    def _try_lock(self):
        """Take the job for this worker; PostgreSQL frees it if the worker dies.

        A lock of the session, since it has to outlast the commit of each slice.
        """
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK_SPACE, self.id)
        )
        return self.env.cr.fetchone()[0]

    def _unlock(self):
        self.env.cr.execute(
            SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_SPACE, self.id)
        )
