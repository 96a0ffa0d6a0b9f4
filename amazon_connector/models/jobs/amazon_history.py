"""Integration History: one row for every run, one line for every trouble."""

from datetime import timedelta

from odoo import api, fields, models

# Runs that found nothing to do are kept short, the others for the audit of a season.
KEEP_EMPTY_DAYS = 7
KEEP_DAYS = 180

JOB_KINDS = [
    ("download_products", "Download products"),
    ("download_orders", "Download orders"),
    ("sync_inventory", "Sync inventory"),
    ("send_shipments", "Send shipment info"),
]


class AmazonHistory(models.Model):
    _name = "amazon.history"
    _description = "Amazon Integration History"
    _order = "id DESC"

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
    duration = fields.Float(
        readonly=True, compute="_compute_duration", help="Seconds from start to end."
    )
    window_start = fields.Datetime(string="From", readonly=True)
    window_end = fields.Datetime(string="Until", readonly=True)
    seen = fields.Integer(readonly=True)
    created = fields.Integer(readonly=True)
    updated = fields.Integer(readonly=True)
    unchanged = fields.Integer(readonly=True)
    warned = fields.Integer(string="Warnings", readonly=True)
    failed = fields.Integer(string="Errors", readonly=True)
    calls = fields.Integer(string="Amazon Calls", readonly=True)
    waited = fields.Float(
        readonly=True, help="Seconds spent waiting for Amazon's quota."
    )
    outcome = fields.Selection(
        selection=[
            ("running", "Running"),
            ("nothing", "Nothing to do"),
            ("done", "Done"),
            ("warning", "Done with warnings"),
            ("waiting", "Waiting for quota"),
            ("partial", "Goes on in the next run"),
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

    @api.depends("kind", "start")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            start = fields.Datetime.context_timestamp(self, run.start)
            run.display_name = f"{labels[run.kind]}, {start:%Y-%m-%d %H:%M}"

    @api.depends("start", "end")
    def _compute_duration(self):
        for run in self:
            known = run.start and run.end
            run.duration = (run.end - run.start).total_seconds() if known else 0.0

    # === BUSINESS METHODS === #

    def _count(self, **counts):
        """Add to the counters: ``run._count(seen=3, created=2)``."""
        self.write({name: self[name] + more for name, more in counts.items()})

    def _warn(self, message, record=None):
        self._add_line("warning", message, record)
        self._count(warned=1)

    def _error(self, message, record=None, request_id=None):
        self._add_line("error", message, record, request_id)
        self._count(failed=1)

    def _note(self, message):
        self._add_line("info", message)

    def _add_line(self, level, message, record=None, request_id=None):
        self.env["amazon.history.line"].create(
            {
                "history_id": self.id,
                "level": level,
                "message": message,
                "res_model": record._name if record else False,
                "res_id": record.id if record else False,
                "request_id": request_id,
            }
        )

    def _finish(self, outcome=None, observer=None):
        """Close the run; without an outcome the counters tell it.

        :param QuotaObserver observer: what counted the calls of the run
        """
        self.ensure_one()
        if observer:
            self.write({"calls": observer.calls, "waited": observer.waited})
        if not outcome:
            busy = self.created or self.updated or self.warned or self.failed
            trouble = self.warned or self.failed
            outcome = "warning" if trouble else "done" if busy else "nothing"
        self.write({"outcome": outcome, "end": fields.Datetime.now()})

    def _finish_interrupted(self):
        """Close runs whose worker died."""
        for run in self:
            run._warn(
                self.env._("The server stopped in the middle; the next run went on.")
            )
            run._finish("interrupted")

    @api.autovacuum
    def _gc_history(self):
        now = fields.Datetime.now()
        old = self.search([("start", "<", now - timedelta(days=KEEP_DAYS))])
        empty = self.search(
            [
                ("outcome", "=", "nothing"),
                ("start", "<", now - timedelta(days=KEEP_EMPTY_DAYS)),
            ]
        )
        (old | empty).unlink()


class AmazonHistoryLine(models.Model):
    _name = "amazon.history.line"
    _description = "Amazon Integration History Line"
    _order = "id"
    _rec_name = "message"

    history_id = fields.Many2one(
        comodel_name="amazon.history",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="history_id.company_id", store=True, index=True
    )
    level = fields.Selection(
        selection=[("info", "Note"), ("warning", "Warning"), ("error", "Error")],
        required=True,
        readonly=True,
    )
    message = fields.Char(required=True, readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    request_id = fields.Char(
        string="Amazon Request", readonly=True, help="Amazon's id of the request."
    )

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open what the line is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_retry(self):
        """Try again what the line is about."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        return record.action_retry() if record else True
