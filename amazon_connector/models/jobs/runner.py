"""Runs jobs: slice by slice, each committed, several connections side by side.

Each connection's job is run by a thread of its own, with a cursor of its own, so that
stores do not wait for each other's answers. An error ends on its own connection: it is
written into the history and the job is put off. Nothing is raised out of the scheduled
action, since Odoo would call it again at once. Used-up quota is no error: the job waits
until the quota is back.

One run is one row of the history, however often it had to be continued: when the time
of the scheduled action is up, or the quota is, the run stays open (``open_run_id``) and
the next call goes on with it.
"""

import math
import queue
import threading
import time
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields
from odoo.exceptions import MissingError
from odoo.fields import Domain

from ...spapi.errors import AuthError, SpApiError, ThrottledError
from ...tools import describe_failure, log_unexpected, name_database
from ..connection.amazon_vault import EncryptionKeyError
from ..connection.reminders import IMPORT_REMINDER, KEY_REMINDER, ROLE_REMINDER
from .amazon_history import LASTING_REASONS
from .session import AmazonSession
from .waiting import NotReadyError

# Connections whose jobs of one type run at the same time in one worker.
CONNECTIONS_AT_ONCE = 8
# How often in a row a slice is started again when other transactions are in the way.
COLLISIONS_BEFORE_FAILURE = 5
FIRST_COLLISION_PAUSE = 0.05  # seconds, doubled each time
# How long a job is put off after a failure; doubled with each further one.
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
# How long to wait for quota when Amazon does not say, in seconds.
DEFAULT_QUOTA_WAIT = 60
# Denials in a row after which it is no hiccup of Amazon.
DENIALS_BEFORE_ALERT = 3
# Failed runs in a row after which the initial import goes on without an optional part.
RUN_FAILURES_BEFORE_SKIP = 3


class JobRunner:
    """Runs the due jobs of one type until all are done or the time is up."""

    def __init__(self, job_type):
        self.job_type = job_type
        # In monotonic seconds; told by each commit.
        self.deadline = math.inf
        self.slices_done = 0
        self.lock = threading.Lock()

    def run(self, jobs):
        """Run jobs of different connections.

        :param jobs: ``amazon.job`` records of this type; those that come first start
            first
        :return: whether all were done in the time that the scheduled action has
        :rtype: bool
        """
        if not jobs:
            return True
        if len(jobs) == 1 or CONNECTIONS_AT_ONCE == 1:
            # A list: a commit between two of them empties the cache.
            return all([self._run_job(job) for job in jobs])
        return self._run_in_threads(jobs)

    def is_time_up(self):
        """Whether the rest of the work has to wait for the next call."""
        return time.monotonic() >= self.deadline

    def count_slice(self, seconds_left):
        """One more slice is committed, by whichever thread.

        :param float seconds_left: that the scheduled action has, infinite for a thread
            that does not know
        """
        with self.lock:
            self.slices_done += 1
            if seconds_left < math.inf:
                self.deadline = time.monotonic() + seconds_left

    def _run_job(self, job):
        return JobRun(job, self.job_type.with_env(job.env), self).execute()

    def _run_in_threads(self, jobs):
        # The threads see only what is committed.
        seconds_left = jobs.env["ir.cron"]._commit_progress()
        self.deadline = time.monotonic() + seconds_left
        waiting = queue.SimpleQueue()
        for job in jobs:
            waiting.put(job.id)
        outcomes = []
        threads = [
            threading.Thread(
                target=self._work_queue,
                args=(jobs.env, waiting, outcomes),
                name=f"amazon-{self.job_type._kind}-{number}",
                # A server that stops does not wait: a run can be broken off anywhere.
                daemon=True,
            )
            for number in range(min(len(jobs), CONNECTIONS_AT_ONCE))
        ]
        for thread in threads:
            thread.start()
        reported = 0
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.2)
            slices_done = self.slices_done
            # Odoo gives up a scheduled action that never gets anywhere.
            jobs.env["ir.cron"]._commit_progress(processed=slices_done - reported)
            reported = slices_done
        return len(outcomes) == len(jobs) and all(outcomes)

    def _work_queue(self, env, waiting, outcomes):
        """Run one job after the other, with a cursor of this thread's own."""
        name_database(env.cr.dbname)
        # The progress of the scheduled action is reported by its own thread.
        context = {**env.context, "ir_cron_progress_id": False}
        while not self.is_time_up():
            try:
                job_id = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                with env.registry.cursor() as cr:
                    own = api.Environment(cr, env.uid, context)
                    outcomes.append(self._run_job(own["amazon.job"].browse(job_id)))
            except Exception as error:
                # The boundary of the thread: the job is as after a killed server.
                log_unexpected(error)
                outcomes.append(True)


class JobRun:
    """One run of one job, as far as it gets in this call."""

    def __init__(self, job, job_type, runner):
        self.job = job
        self.job_type = job_type
        self.runner = runner
        self.env = job.env
        self.run = self.env["amazon.history"]
        self.session = None
        self.is_new = False
        self.counted_before = (0, 0.0)
        self.collisions = 0

    def execute(self):
        """Run the job; whatever goes wrong ends here.

        :return: whether the run came to its end, be it a bad one
        :rtype: bool
        """
        try:
            lock = self.job._get_lock()
        except MissingError:
            # The store was deleted while the job waited for a thread.
            return True
        if not self.job._try_lock(lock):
            # Another worker has it, or another job of its family.
            self.job._wait_for_family()
            return True
        try:
            return self._execute_locked()
        except Exception as error:
            self.job._rollback()
            if self.job.exists():
                log_unexpected(error)
            return True
        finally:
            # All work is committed; an aborted transaction would keep the lock.
            self.job._rollback()
            self.job._unlock(lock)

    def _execute_locked(self):
        if not self._is_still_wanted():
            return True
        if not self._retry_on_conflict(self._begin):
            return True
        try:
            while self._do_slice():
                if self.runner.is_time_up():
                    self._retry_on_conflict(self._leave_open)
                    return False
            return True
        finally:
            if self.session:
                self.session.close()

    # === START === #

    def _is_still_wanted(self):
        """Whether nobody stopped the store while the job waited for a thread."""
        runnable = self.job._get_runnable_domain(self.job_type)
        return bool(self.job.search_count(runnable & Domain("id", "=", self.job.id)))

    def _begin(self):
        """Start, unless this database is a copy; return whether it may go on.

        What asks Amazon nothing harms nobody in a copy.
        """
        if not self.job_type._needs_amazon:
            self._start()
            return True
        guard = self.env["amazon.copy.guard"]
        counted = guard._check()
        if counted is None:
            # The question is kept.
            self.job._commit()
            return False
        self._start()
        guard._keep(counted)
        return True

    def _start(self):
        """Record the run at once, so that one that gets killed is seen."""
        job, history = self.job, self.env["amazon.history"]
        run = job.open_run_id
        interrupted = history.search(
            [
                ("connection_id", "=", job.connection_id.id),
                ("kind", "=", job.kind),
                ("outcome", "=", "running"),
                ("id", "!=", run.id),
            ]
        )
        interrupted._finish_interrupted()
        self.is_new = not run
        if run:
            run._continue()
            job.open_run_id = False
        else:
            run = history.create(
                {
                    "connection_id": job.connection_id.id,
                    # Else it would be added by a statement of its own.
                    "company_id": job.company_id.id,
                    "kind": job.kind,
                    "reason": self._get_reason(interrupted),
                }
            )
            # What is asked for while this run is under way is done by the next one.
            job.write({"last_run_id": run.id, "requested": False})
        self._commit()
        self.run = run
        self.counted_before = run.calls, run.waited

    def _get_reason(self, interrupted):
        """Return why it runs.

        :param interrupted: runs of a server that stopped in the middle of them
        """
        connection = self.job.connection_id
        if connection.import_stage == self.job.kind:
            return "import"
        if self.job.requested or "button" in interrupted.mapped("reason"):
            return "button"
        return "event" if self.job_type._has_event(connection) else "schedule"

    # === SLICES === #

    def _do_slice(self):
        """Do and commit one slice; return whether there is another.

        The broad except is the boundary of the connection: whatever goes wrong behind
        it must neither stop the other connections nor reach the scheduler.
        """
        try:
            self._prepare()
            has_more = self.job_type._do_slice(self.job, self.run, self.session)
            self._save_counts()
            if not has_more:
                self._finish()
                return False
            self._commit()
            self.collisions = 0
        except OperationalError as error:
            self.job._rollback()
            if not self._pause_after_collision():
                self._retry_on_conflict(self._set_failed, error)
                return False
        except Exception as error:
            self.job._rollback()
            if not self.job.exists():
                # The store was deleted meanwhile, and its job with it.
                return False
            self._retry_on_conflict(self._set_failed, error)
            return False
        return self._may_go_on()

    def _prepare(self):
        """Do what comes before the first slice; its failure is one of the run."""
        if self.session is None:
            self.session = AmazonSession(self.job.connection_id)
        if self.is_new:
            if self.job_type._start_run(self.job, self.run) is not False:
                self._commit()
            self.is_new = False

    def _may_go_on(self):
        """Whether the connection still wants it; a run that it stopped is ended."""
        connection = self.job.connection_id
        if not self.job_type._needs_amazon:
            return True
        if connection.active and connection._is_connected():
            return True
        self._retry_on_conflict(self._finish, "stopped")
        return False

    def _pause_after_collision(self):
        """Two transactions met: wait a moment; return whether to try again.

        The slice is done again, as Odoo repeats a request; what was committed is kept.
        """
        self.collisions += 1
        if self.collisions > COLLISIONS_BEFORE_FAILURE:
            return False
        time.sleep(FIRST_COLLISION_PAUSE * 2**self.collisions)
        return True

    def _retry_on_conflict(self, step, *args):
        """Do a step of the run although others change its records at the moment."""
        for attempt in range(COLLISIONS_BEFORE_FAILURE):
            try:
                return step(*args)
            except OperationalError:
                self.job._rollback()
                time.sleep(FIRST_COLLISION_PAUSE * 2**attempt)
        return step(*args)

    def _commit(self):
        seconds_left = self.env["amazon.job"]._commit(processed=1)
        self.runner.count_slice(seconds_left)

    def _save_counts(self):
        """Write the calls of the run, those before it was continued among them."""
        if self.session is None:
            return
        observer = self.session.observer
        calls, waited = self.counted_before
        self.run.write(
            {"calls": calls + observer.calls, "waited": waited + observer.waited}
        )

    # === ENDS === #

    def _finish(self, outcome=None):
        """End the run; what was asked for meanwhile is done in another one."""
        self._save_counts()
        job, job_type = self.job, self.job_type
        self.run._finish(outcome)
        values = {"failures": 0, "open_run_id": False, "not_before": False}
        if self.run.calls:
            # A run that asked nothing of Amazon proves nothing.
            job.connection_id._drop_reminders(self._get_solved_reminders())
            values["denials"] = 0
        if job_type._is_polled and outcome != "stopped" and not job.requested:
            # What wakes another store must not spend this one's quota.
            interval = job_type._get_interval(job.cron_id.sudo())
            values["not_before"] = fields.Datetime.now() + interval
        job.write(values)
        if job_type._is_read_first:
            job.connection_id._end_catch_up()
        if job.requested:
            job._trigger(job.kind)
        self._commit()

    def _get_solved_reminders(self):
        """Return the activity types that are settled, since Amazon answered."""
        job = self.job
        solved = self.job_type._get_solved_reminders()
        if job.denials < DENIALS_BEFORE_ALERT:
            return solved
        others = job.connection_id.job_ids - job
        if all(other.denials < DENIALS_BEFORE_ALERT for other in others):
            solved.append(ROLE_REMINDER)
        return solved

    def _leave_open(self):
        """The time is up: the next call goes on with this run."""
        self._save_counts()
        self.run._pause()
        self.job.open_run_id = self.run
        self._commit()

    def _set_failed(self, error):
        """Write down why the run ends or waits, and when the job is tried again."""
        self._save_counts()
        if isinstance(error, ThrottledError):
            self._wait_for_quota(error)
        elif isinstance(error, NotReadyError):
            self._wait_for_amazon(error)
        else:
            self._end_failed(error)
        self._commit()

    def _wait_for_quota(self, error):
        seconds = (error.retry_after or DEFAULT_QUOTA_WAIT) + 1
        until = self._put_off(timedelta(seconds=seconds))
        sentence = self.env._("Waiting for Amazon's quota until %s UTC.", until)
        self.run._note(sentence)
        self.run._pause("waiting")
        self.job.open_run_id = self.run
        self.job.connection_id._interrupt_import(self.job.kind, sentence)

    def _wait_for_amazon(self, error):
        self._put_off(timedelta(seconds=error.seconds))
        self.run._pause()
        self.job.open_run_id = self.run
        self.job.connection_id._interrupt_import(self.job.kind, str(error))

    def _end_failed(self, error):
        job, connection = self.job, self.job.connection_id
        failures = job.failures + 1
        self._put_off(min(FIRST_DELAY * 2 ** min(failures - 1, 10), LONGEST_DELAY))
        values = {"failures": failures, "open_run_id": False}
        if self.run.reason in LASTING_REASONS:
            # What somebody asked for is kept until it is done.
            values["requested"] = True
        job.write(values)
        sentence = self._describe(error)
        self.run._error(
            sentence, connection, request_id=getattr(error, "request_id", None)
        )
        self.run._finish("failed")
        again = self.env._("It is tried again at %s UTC.", job.not_before)
        connection._interrupt_import(job.kind, f"{sentence} {again}")
        if isinstance(error, EncryptionKeyError):
            connection._schedule_reminder(
                KEY_REMINDER, sentence, fields.Date.context_today(connection)
            )
        if self._is_denied_for_good(error):
            self.job_type._handle_denial(job, error, sentence)
        elif not getattr(error, "retryable", False):
            self._skip_failing_import(sentence)

    def _put_off(self, delay):
        """Put the job off by a ``timedelta``; return until when (naive UTC)."""
        # People read it: Amazon may name a pause in fractions of a second.
        until = (fields.Datetime.now() + delay).replace(microsecond=0)
        self.job.not_before = until
        self.job._trigger(self.job.kind, at=self.job.not_before)
        return self.job.not_before

    def _skip_failing_import(self, sentence):
        """Let the initial import go on without an optional part that keeps failing."""
        job, connection = self.job, self.job.connection_id
        if (
            self.job_type._is_optional_in_import
            and job.failures >= RUN_FAILURES_BEFORE_SKIP
            and connection.import_stage == job.kind
        ):
            connection._schedule_reminder(
                IMPORT_REMINDER, sentence, fields.Date.context_today(connection)
            )
            connection._skip_stage(job.kind, sentence)

    def _is_denied_for_good(self, error):
        """Whether a person has to act; a single denial may be a hiccup of Amazon."""
        if not isinstance(error, AuthError):
            return False
        self.job.denials += 1
        may_pass = error.reason == "forbidden" or error.status == 403
        return not may_pass or self.job.denials >= DENIALS_BEFORE_ALERT

    def _describe(self, error):
        if isinstance(error, SpApiError):
            return self.job_type._explain_error(self.job.connection_id, error)
        if isinstance(error, OperationalError):
            log_unexpected(error)
            return self.env._(
                "Others changed the same records in Odoo again and again, or the "
                "database was not there. It is tried again by itself."
            )
        return describe_failure(self.env, error)
