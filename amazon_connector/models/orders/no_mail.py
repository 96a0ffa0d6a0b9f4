"""Nothing goes to Amazon's buyers by itself: Amazon writes to them, and wants no more.

Whatever app the message comes from, it passes one of the two doors here: messages on
documents, and e-mails made of a template. What a person writes in the chatter, or sends
with the composer, is a *comment*, and goes out.
"""

from odoo import api, models
from odoo.tools.mail import email_normalize_all


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


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === BUSINESS METHODS === #

    def _send_confirmation_email(self):
        """Override of `stock`: no e-mail and no text message for Amazon's orders.

        The same method buys the carrier's label, so it is not left out.
        """
        sold_on_amazon = self.filtered("amazon_order_ref")
        others = self - sold_on_amazon
        quiet = sold_on_amazon.with_context(amazon_no_mail=True, skip_sms=True)
        if quiet:
            super(StockPicking, quiet)._send_confirmation_email()
        return super(StockPicking, others)._send_confirmation_email()

    def message_post_with_source(self, source_ref, **kwargs):
        """Override of `mail`: what is not sent does not stand in the chatter either."""
        if self.env.context.get("amazon_no_mail"):
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
