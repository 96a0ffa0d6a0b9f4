"""Who prints a buyer's data is logged, like who reads it."""

from odoo import models

# Whom a document goes to; of a model of which nothing else is known.
_ADDRESSED = ("partner_id", "partner_shipping_id")


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """Override of `base`: all kinds of reports pass here, labels among them."""
        records = self.env.get(report.model)
        if docids and isinstance(records, self.env.registry["amazon.personal.record"]):
            records.browse(docids)._note_personal_access("print")
        elif docids and records is not None:
            printed = records.browse(docids)
            for name in printed._get_contact_links(_ADDRESSED):
                printed._note_named_buyers("print", printed.sudo()[name].ids)
        return super()._get_rendering_context(report, docids, data)
