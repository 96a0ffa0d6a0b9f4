"""Integration History: one line for every warning, error and note of a run.

The list of all lines is the menu Messages.
"""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

# Of the reasons why lines cannot be tried again, so many are told.
REASONS_SHOWN = 3


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
    connection_id = fields.Many2one(related="history_id.connection_id")
    kind = fields.Selection(related="history_id.kind", string="Function")
    create_date = fields.Datetime(string="When", readonly=True, index=True)
    level = fields.Selection(
        selection=[("info", "Note"), ("warning", "Warning"), ("error", "Error")],
        required=True,
        readonly=True,
    )
    message = fields.Char(required=True, readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    about = fields.Char(
        compute="_compute_about",
        help="The order, listing, shipment … that the message is about; empty when you "
        "may not read it, or when it was deleted.",
    )
    request_id = fields.Char(
        string="Amazon Request", readonly=True, help="Amazon's id of the request."
    )

    # The lists of all messages: those of a level, about a record.
    _level_idx = models.Index("(level, id)")
    _record_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_about(self):
        for model, lines in self.grouped("res_model").items():
            names = self._get_display_names(model, lines.mapped("res_id"))
            for line in lines:
                line.about = names.get(line.res_id, False)

    @api.model
    def _get_display_names(self, model, record_ids):
        """Return ``{id: name}`` of the records that the reader may see.

        :param str model: ``False``, or that of an addon that is gone, has none
        """
        if model not in self.env or not self.env[model].has_access("read"):
            return {}
        records = self.env[model].with_context(active_test=False)
        found = records.search_fetch(
            [("id", "in", record_ids)], ["display_name"], order="id"
        )
        return {record.id: record.display_name for record in found}

    # === ORM METHODS === #

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override to show a kind whose addon is gone as the history does."""
        described = super().fields_get(allfields, attributes)
        if "selection" in described.get("kind", {}):
            history = self.env["amazon.history"]
            kind = history.fields_get(["kind"], ["selection"])["kind"]
            described["kind"]["selection"] = kind["selection"]
        return described

    # === ACTION METHODS === #

    def action_open(self):
        """Open what the line is about, or its run where there is no such (any more)."""
        self.ensure_one()
        if self.about:
            return self.action_open_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": "amazon.history",
            "res_id": self.history_id.id,
            "view_mode": "form",
        }

    def action_open_record(self):
        """Open what the line is about."""
        self.ensure_one()
        if not self._get_record():
            raise UserError(
                self.env._(
                    "What this line is about was deleted, or the addon that it belongs "
                    "to is not installed any more."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_retry(self):
        """Do again what the lines are about, or the whole job where there is no such.

        Of several lines, each record is tried once, and those that cannot be keep no
        other one back.
        """
        if len(self) != 1:
            return self._retry_many()
        job_type = self._get_job_type(self.kind)
        return job_type._retry(self.connection_id, self._get_record())

    # === BUSINESS METHODS === #

    def _get_record(self):
        """Return what the line is about; empty or ``None`` when that is gone."""
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.model
    def _get_job_type(self, kind):
        """:raise UserError: when no installed addon does this job"""
        job_type = self.env["amazon.job.type"]._get_type(kind)
        if job_type is None:
            raise UserError(
                self.env._("The addon that does this job is not installed any more.")
            )
        return job_type

    # === BUSINESS METHODS - RETRY === #

    def _retry_many(self):
        """Try again what several lines are about.

        :return: the action that says how many are, how many cannot be and why
        """
        problems = self.filtered(lambda line: line.level != "info")
        refused = Counter()
        if notes := len(self - problems):
            refused[self.env._("Nothing went wrong there.")] = notes
        tried = 0
        jobs = self.env["amazon.job"].sudo()
        runs = problems.grouped(lambda line: (line.connection_id, line.kind))
        for (connection, kind), lines in runs.items():
            for records in lines._get_records_by_model():
                why = self._retry_records(connection, kind, records)
                tried += (len(records) if records else 1) - why.total()
                refused += why
            jobs |= connection._get_job(kind)
        sentences = [self.env._("Tried again: %s.", tried)] if tried else []
        sentences += self._describe_refused(refused)
        return self.env["amazon.connection"]._get_notification(
            " ".join(sentences), "warning" if refused else "info", jobs
        )

    def _get_records_by_model(self):
        """Return what these lines are about: a list of record sets, each record once.

        ``None`` stands for all of which nothing is there.
        """
        found, is_any_gone = [], False
        for model, lines in self.grouped("res_model").items():
            records = self.env[model].browse() if model in self.env else None
            if records is not None:
                records = records.browse(set(lines.mapped("res_id"))).exists()
                found.append(records)
            is_any_gone |= not records or len(records) < len(
                set(lines.mapped("res_id"))
            )
        return [records for records in found if records] + [None] * is_any_gone

    def _retry_records(self, connection, kind, records):
        """Try these again, one by one when not all of them can be.

        :param records: of one model; ``None``: the whole job
        :return: ``Counter`` {why: how many of them cannot be tried again}
        """
        try:
            with self.env.cr.savepoint():
                self._get_job_type(kind)._retry(connection, records)
        except UserError as error:
            if records is None or len(records) == 1:
                return Counter([str(error)])
            refused = Counter()
            for record in records:
                refused += self._retry_records(connection, kind, record)
            return refused
        return Counter()

    def _describe_refused(self, refused):
        """Return the sentences that say how many cannot be tried again and why.

        :param Counter refused: {why: how many}
        """
        shown = refused.most_common(REASONS_SHOWN)
        sentences = [
            self.env._(
                "Cannot be tried again: %(count)s. %(why)s", count=count, why=why
            )
            for why, count in shown
        ]
        if more := refused.total() - sum(count for _why, count in shown):
            sentences.append(
                self.env._("%s more cannot be tried again for other reasons.", more)
            )
        return sentences
