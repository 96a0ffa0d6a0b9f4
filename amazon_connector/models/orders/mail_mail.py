"""No e-mail of a template reaches Amazon's buyers; ``mail_thread.py`` says why."""

from odoo import api, models
from odoo.tools.mail import email_normalize_all


class MailMail(models.Model):
    _inherit = "mail.mail"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails._remove_amazon_buyers()
        return mails

    # === BUSINESS METHODS === #

    def _remove_amazon_buyers(self):
        """Take Amazon's buyers off e-mails that notify of no message.

        Those that notify had their recipients chosen by their message.
        """
        automatic = self.filtered(lambda mail: not mail.is_notification)
        buyers = automatic.recipient_ids._filter_amazon_buyers()
        emails = {email for mail in automatic for email in _get_emails(mail)}
        if emails:
            found = (
                self.env["res.partner"]
                .sudo()
                .search(
                    [
                        ("email_normalized", "in", list(emails)),
                        ("amazon_buyer_key", "!=", False),
                    ]
                )
            )
            emails = set(found.mapped("email_normalized"))
        for mail in automatic:
            own = _get_emails(mail)
            if not (mail.recipient_ids & buyers or emails.intersection(own)):
                continue
            mail.recipient_ids -= buyers
            mail.email_to = ", ".join(one for one in own if one not in emails)
            if not (mail.recipient_ids or mail.email_to or mail.email_cc):
                mail.state = "cancel"


def _get_emails(mail):
    """Return the normalized addresses that an e-mail names as texts."""
    return email_normalize_all(mail.email_to or "")
