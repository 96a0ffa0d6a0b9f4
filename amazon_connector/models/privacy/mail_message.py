"""What people write below an order or a delivery may name the buyer: who reads it is
logged."""

from odoo import models

_PERSONAL = {"body", "email_from", "preview", "subject"}


class MailMessage(models.Model):
    _inherit = "mail.message"

    # === READING === #

    def _read_format(self, fnames, load="_classic_read"):
        """Override to log below whose order a person reads; the boxes of messages and
        those below a document pass here, too.
        """
        if not _PERSONAL.isdisjoint(fnames):
            self._note_documents("read", "model")
        return super()._read_format(fnames, load=load)
