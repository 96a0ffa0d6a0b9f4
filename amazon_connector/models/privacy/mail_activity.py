"""What is to be done for an order may name its buyer: who reads it is logged."""

from odoo import models

_PERSONAL = {"feedback", "note", "summary"}


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # === READING === #

    def _read_format(self, fnames, load="_classic_read"):
        """Override to log for whose order a person reads what is to be done."""
        if not _PERSONAL.isdisjoint(fnames):
            self._note_documents("read", "res_model")
        return super()._read_format(fnames, load=load)
