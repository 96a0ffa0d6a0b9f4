"""Labels, slips and letters name the buyer: who opens the file is logged."""

from odoo import models

_PERSONAL = {"datas", "db_datas", "index_content", "raw"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    # === READING === #

    def _read_format(self, fnames, load="_classic_read"):
        """Override to log of whose order a person reads a file."""
        if not _PERSONAL.isdisjoint(fnames):
            self._note_documents("read", "res_model")
        return super()._read_format(fnames, load=load)

    def _to_http_stream(self):
        """Override to log of whose order a person opens or downloads a file.

        Odoo has looked whether the person may, and goes on in sudo. A file that is a
        field is the picture of a contact, and buyers have none.
        """
        if not self.res_field:
            self.sudo(False)._note_documents("read", "res_model")
        return super()._to_http_stream()
