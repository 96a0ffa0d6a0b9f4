"""What somebody has to do about an Amazon order: one activity for each subject.

The activity is on the sale order, its types are in data/mail_activity_type_data.xml.
A subject that comes again changes the note of its activity; a matter that is settled
takes it away.
"""

from odoo import fields, models
from odoo.tools import html2plaintext

from ..connection.reminders import (
    ORDER_ADDRESS_REMINDER,
    ORDER_CANCELLED_REMINDER,
    ORDER_INVOICE_REMINDER,
    ORDER_ITEMS_REMINDER,
    ORDER_REQUEST_REMINDER,
)
from .delivery_stage import DeliveryStage

ORDER_REMINDERS = (
    ORDER_ADDRESS_REMINDER,
    ORDER_CANCELLED_REMINDER,
    ORDER_INVOICE_REMINDER,
    ORDER_ITEMS_REMINDER,
    ORDER_REQUEST_REMINDER,
)


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - REMINDERS === #

    def _remind_responsible(self, reminder, sentence, run):
        """Say once what is to be done about the order.

        :param reminder: one of ``ORDER_REMINDERS``
        """
        sale = self.sale_order_id
        activity = sale.activity_search([reminder])[:1]
        if activity and html2plaintext(activity.note or "").strip() == sentence:
            return
        if activity:
            activity.note = sentence
        else:
            sale.activity_schedule(
                reminder,
                date_deadline=fields.Date.context_today(self),
                note=sentence,
                user_id=self.connection_id._get_responsible().id,
            )
        run._warn(sentence, self)

    def _notify_responsible(self, sale, reason):
        """Give the responsible something to do that nobody takes away again."""
        sale.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(self),
            note=reason,
            user_id=self.connection_id._get_responsible().id,
        )

    def _settle_returns(self):
        """Take the reminder away once nothing is at the buyer that is not wanted."""
        for row in self:
            sale = row.sale_order_id
            if not sale.activity_search([ORDER_ITEMS_REMINDER]):
                continue
            stage = DeliveryStage(sale)
            wanted = {line.amazon_item_ref: line.quantity for line in row.line_ids}
            is_settled = all(
                stage.get_shipped_units(line) <= wanted.get(line.amazon_item_ref, 0)
                for line in sale.order_line.filtered("amazon_item_ref")
            )
            if is_settled:
                row._forget_reminders(ORDER_ITEMS_REMINDER)

    def _settle_invoices(self):
        """Take the reminder away once what is invoiced is what Amazon says."""
        for row in self:
            sale = row.sale_order_id
            if not sale.activity_search([ORDER_INVOICE_REMINDER]):
                continue
            posted = sale.invoice_ids.filtered(lambda move: move.state == "posted")
            invoiced = sum(posted.mapped("amount_total_in_currency_signed"))
            wanted = 0
            if row.status != "cancelled":
                wanted = float(row._parse_document().expected_total or 0)
            if not sale.currency_id.compare_amounts(invoiced, wanted):
                row._forget_reminders(ORDER_INVOICE_REMINDER)

    def _forget_reminders(self, *reminders):
        """Take away what is settled."""
        self.sale_order_id.activity_unlink(list(reminders))
