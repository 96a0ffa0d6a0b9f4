"""Who prints a buyer's data is logged, like who reads it."""

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """Override of `base`: all kinds of reports pass here, labels among them."""
        records = self.env.get(report.model)
        if docids and isinstance(records, self.env.registry["amazon.personal.record"]):
            records.browse(docids)._note_personal_access("print")
        return super()._get_rendering_context(report, docids, data)
