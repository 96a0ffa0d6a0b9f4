"""Reports and feeds as jobs: they wait, they are worked on, they come to an end.

A job is IN_QUEUE for a quarter of the processing time, then IN_PROGRESS, all by the
simulated clock. What happens at its end is done by ``agenda.Agenda``.
"""

import itertools
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

_logger = logging.getLogger(__name__)
#: From the creation of a job to its end, unless set otherwise.
SECONDS = 2.0
#: Amazon shows reports and feeds for so many days.
VISIBLE_DAYS = 90
STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")


@dataclass
class Job:
    """A report or a feed.

    ``start`` and ``end`` are planned; ``outcome`` and ``ended`` are None until the
    job is over, which for a large one may be later than planned. ``document_id``
    names the document that came out of it; ``input`` is what only its kind needs,
    ``content`` what it works on, which is dropped when the job is over.
    """

    kind: str
    id: str
    seller_id: str
    type: str
    marketplace_ids: list
    created: datetime
    start: datetime
    end: datetime
    outcome: str | None = None
    ended: datetime | None = None
    document_id: str | None = None
    input: object = None
    content: bytes | None = None

    def status(self, now):
        """One of ``STATUSES``."""
        if self.outcome:
            return self.outcome
        return "IN_PROGRESS" if now >= self.start else "IN_QUEUE"


@dataclass
class Failure:
    """A wish that the next job of a kind ends as FATAL, for a reason, or CANCELLED."""

    kind: str
    reason: str
    type: str | None = None
    seller_id: str | None = None
    outcome: str = "FATAL"

    def matches(self, job):
        """Whether this job is meant."""
        return (
            self.kind == job.kind
            and self.type in (None, job.type)
            and self.seller_id in (None, job.seller_id)
        )


class Processing:
    """All jobs of all accounts."""

    def __init__(self, clock, agenda, seconds=SECONDS):
        self.clock = clock
        self.agenda = agenda
        self.initial_seconds = seconds
        #: Called with each job that is over.
        self.listeners = []
        self.reset()

    def reset(self):
        """Forget all jobs and wishes; return to the time of the command line."""
        self.seconds = self.initial_seconds
        self.failures = []
        #: {(kind, seller id): {job id: job}}, the oldest job first.
        self._shelves = {}
        self._count = 0

    def start(self, work, created, **values):
        """A new job; ``work(job)`` ends it, in slices, when its time has come."""
        self._count += 1
        job = Job(
            id=str(50_000_000_000 + self._count),
            created=created,
            start=created + timedelta(seconds=self.seconds / 4),
            end=created + timedelta(seconds=self.seconds),
            **values,
        )
        shelf = self._shelves.setdefault((job.kind, job.seller_id), {})
        self._drop_old(shelf)
        shelf[job.id] = job
        self.agenda.at(job.end.timestamp(), lambda: self._begin(job, work))
        return job

    def _begin(self, job, work):
        failure = self._failure_of(job)
        if failure and failure.outcome == "CANCELLED" and job.outcome is None:
            self.failures.remove(failure)
            self.finish(job, "CANCELLED")
            return None
        return self._work(job, work)

    def _drop_old(self, shelf):
        oldest = self._oldest()
        ids = itertools.takewhile(lambda key: shelf[key].created < oldest, shelf)
        for job_id in list(ids):
            del shelf[job_id]

    def _work(self, job, work):
        if job.outcome is not None:
            return
        try:
            yield from work(job)
        except Exception:
            # One broken job must not take the whole simulator with it.
            _logger.exception("The %s %s (%s) failed", job.kind, job.id, job.type)
            self.finish(job, "FATAL")

    def later(self, job, seconds, work):
        """Go on with a job later, again as long work."""
        moment = self.clock.timestamp() + seconds
        self.agenda.at(moment, lambda: self._work(job, work))

    def finish(self, job, outcome, document_id=None):
        """End a job."""
        job.outcome = outcome
        job.document_id = document_id
        job.content = None
        # A clock that jumped does not make a job last longer than planned.
        job.ended = min(job.end, self.clock.now())
        for listener in self.listeners:
            listener(job)

    def take_failure(self, job):
        """The reason why a job is to fail, or None."""
        failure = self._failure_of(job)
        if failure is None:
            return None
        self.failures.remove(failure)
        return failure.reason

    def _failure_of(self, job):
        return next((f for f in self.failures if f.matches(job)), None)

    def get(self, kind, seller_id, job_id):
        """A job of an account, or None when it is unknown or too old."""
        job = self._shelves.get((kind, seller_id), {}).get(job_id)
        return job if job and job.created >= self._oldest() else None

    def of(self, kind, seller_id=None):
        """The visible jobs of a kind, of an account or of all, oldest first."""
        oldest = self._oldest()
        return [
            job
            for (shelf_kind, owner), shelf in self._shelves.items()
            if shelf_kind == kind and seller_id in (None, owner)
            for job in shelf.values()
            if job.created >= oldest
        ]

    def _oldest(self):
        return self.clock.now() - timedelta(days=VISIBLE_DAYS)
