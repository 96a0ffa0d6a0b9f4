"""Integration History: one line for every warning, error and note of a run."""

from odoo import fields, models
from odoo.exceptions import UserError


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
        """Do again what the line is about, or the whole job where there is no such."""
        self.ensure_one()
        history = self.history_id
        job_type = self.env["amazon.job.type"]._get_type(history.kind)
        if job_type is None:
            raise UserError(
                self.env._("The addon that does this job is not installed any more.")
            )
        return job_type._retry(history.connection_id, self._get_record())

    # === BUSINESS METHODS === #

    def _get_record(self):
        """Return what the line is about; empty or ``None`` when that is gone."""
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()
