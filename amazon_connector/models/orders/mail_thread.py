"""No automatic message reaches Amazon's buyers: Amazon itself writes to them.

Whatever app a message comes from, it passes one of two doors: messages on documents,
here, and e-mails made of a template, in ``mail_mail.py``. What a person writes in the
chatter, or sends with the composer, is a *comment*, and goes out.
"""

from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    # === BUSINESS METHODS === #

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail`: an automatic message does not reach Amazon's buyers."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        shared = [one["id"] for one in recipients if one["id"] and one["share"]]
        if not shared or self._is_written_by_person(message, msg_vals or {}):
            return recipients
        partners = self.env["res.partner"].sudo().browse(shared)
        buyers = set(partners._filter_amazon_buyers().ids)
        return [one for one in recipients if one["id"] not in buyers]

    @api.model
    def _is_written_by_person(self, message, msg_vals):
        """Whether somebody wrote the message, and no automation did."""
        message = message.sudo()
        kind = msg_vals.get("message_type") or message.message_type
        author_id = msg_vals.get("author_id") or message.author_id.id
        odoobot_id = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        return kind == "comment" and author_id != odoobot_id
