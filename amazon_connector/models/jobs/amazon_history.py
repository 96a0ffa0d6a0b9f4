"""Integration History: one row for every run."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.json_fields import make_storable

# Runs that found nothing to do are kept short, the others for the audit of a season.
KEEP_EMPTY_DAYS = 7
KEEP_DAYS = 180
# So many are deleted in one transaction.
RUNS_PER_BATCH = 1000
# Why a run is done to its end, although its function may be off.
LASTING_REASONS = ("button", "import")
# Outcomes of runs that are under way, wait to go on, or were cut off with their server.
UNFINISHED = ("running", "waiting")
# Outcomes of runs that went to their end.
READ_OUTCOMES = ("nothing", "done", "warning")
# The kind of the rows that no job leaves: whether the database is a copy.
COPY_QUESTION = "copy_question"


class AmazonHistory(models.Model):
    _name = "amazon.history"
    _inherit = ["amazon.job.mixin", "amazon.history.counters"]
    _description = "Amazon Integration History"
    _order = "id DESC"

    kind = fields.Selection(selection=lambda self: self._get_kind_selection())
    reason = fields.Selection(
        string="Why",
        selection=[
            ("schedule", "Schedule"),
            ("button", "Button"),
            ("event", "Event"),
            ("import", "Initial import"),
        ],
        required=True,
        readonly=True,
    )
    start = fields.Datetime(readonly=True, default=fields.Datetime.now)
    end = fields.Datetime(readonly=True)
    paused_on = fields.Datetime(
        readonly=True, help="Since when the run waits to be continued."
    )
    duration = fields.Float(
        readonly=True, compute="_compute_duration", help="Seconds from start to end."
    )
    window_start = fields.Datetime(string="From", readonly=True)
    window_end = fields.Datetime(string="Until", readonly=True)
    outcome = fields.Selection(
        selection=[
            ("running", "Running"),
            ("nothing", "Nothing to do"),
            ("done", "Done"),
            ("warning", "Done with warnings"),
            ("waiting", "Waiting for quota"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
            ("interrupted", "Interrupted"),
        ],
        default="running",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="amazon.history.line", inverse_name="history_id", readonly=True
    )
    # An action finds the runs of the job whose id its address names.
    job_id = fields.Many2one(
        comodel_name="amazon.job",
        string="Scheduled Job",
        compute="_compute_job_id",
        search="_search_job_id",
        compute_sudo=True,
    )

    @api.depends("kind", "start")
    def _compute_display_name(self):
        labels = dict(self._get_kind_selection())
        for run in self:
            # The addon that ran it may be gone.
            label = labels.get(run.kind, run.kind)
            start = fields.Datetime.context_timestamp(self, run.start)
            run.display_name = f"{label}, {start:%Y-%m-%d %H:%M}"

    @api.depends("connection_id.job_ids", "kind")
    def _compute_job_id(self):
        for run in self:
            run.job_id = run.connection_id._get_job(run.kind)

    @api.model
    def _search_job_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            [("connection_id", "=", job.connection_id.id), ("kind", "=", job.kind)]
            for job in self.env["amazon.job"].search([("id", "in", list(value))])
        )

    @api.depends("start", "end")
    def _compute_duration(self):
        for run in self:
            known = run.start and run.end
            run.duration = (run.end - run.start).total_seconds() if known else 0.0

    # === BUSINESS METHODS === #

    @api.model
    def _get_kind_selection(self):
        """Return ``[(kind, label)]`` of what leaves a row."""
        kinds = self.env["amazon.job.type"]._get_kind_selection()
        return [*kinds, (COPY_QUESTION, self.env._("Copy of the database"))]

    def _count(self, **counts):
        """Add to the counters: ``run._count(seen=3, created=2)``."""
        self.write({name: self[name] + more for name, more in counts.items()})

    def _warn(self, message, record=None):
        self._add_line("warning", message, record)
        self._count(warned=1)

    def _error(self, message, record=None, request_id=None):
        self._add_line("error", message, record, request_id)
        self._count(failed=1)

    def _note(self, message, record=None):
        self._add_line("info", message, record)

    def _add_line(self, level, message, record=None, request_id=None):
        self.env["amazon.history.line"].create(
            {
                "history_id": self.id,
                "level": level,
                # It may quote what Amazon sent.
                "message": make_storable(message),
                "res_model": record._name if record else False,
                "res_id": record.id if record else False,
                "request_id": request_id,
            }
        )

    def _pause(self, outcome="running"):
        """Leave the run open: it goes on when its job runs next.

        :param str outcome: "waiting" when it is Amazon's quota that it waits for
        """
        self.write({"outcome": outcome, "paused_on": fields.Datetime.now()})

    def _continue(self):
        """Go on with a run that was left open."""
        if self.outcome == "waiting":
            pause = fields.Datetime.now() - self.paused_on
            self._count(waited=pause.total_seconds())
        self.write({"outcome": "running", "paused_on": False})

    def _finish(self, outcome=None):
        """Close the run; without an outcome it follows from the counters."""
        self.ensure_one()
        if not outcome:
            if self.warned or self.failed:
                outcome = "warning"
            else:
                outcome = "done" if self.created or self.updated else "nothing"
        self.write(
            {"outcome": outcome, "end": fields.Datetime.now(), "paused_on": False}
        )

    def _finish_interrupted(self):
        """Close runs whose worker died."""
        for run in self:
            run._warn(
                self.env._("The server stopped in the middle; the next run went on.")
            )
            run._finish("interrupted")

    @api.autovacuum
    def _gc_history(self):
        """Delete old runs, the oldest first; what they counted is kept by day.

        :return: (how many, whether there are more), for Odoo to call it again
        """
        now = fields.Datetime.now()
        is_old = Domain("start", "<", now - timedelta(days=KEEP_DAYS))
        is_empty = Domain("outcome", "=", "nothing") & Domain(
            "start", "<", now - timedelta(days=KEEP_EMPTY_DAYS)
        )
        runs = self.search(is_old | is_empty, limit=RUNS_PER_BATCH, order="id")
        self.env["amazon.history.day"]._add_runs(runs)
        runs.unlink()
        return len(runs), len(runs) == RUNS_PER_BATCH
