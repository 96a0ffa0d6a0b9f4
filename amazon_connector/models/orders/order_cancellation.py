"""What happens to a sale order when its Amazon order is cancelled, or is to be.

Amazon's cancellation is carried out where nobody holds the goods. A buyer's request
only stops the delivery: Amazon leaves the answer to the seller.
"""

from odoo import models

from ..connection.reminders import (
    ORDER_CANCELLED_REMINDER,
    ORDER_INVOICE_REMINDER,
    ORDER_REQUEST_REMINDER,
)
from .delivery_stage import DeliveryStage
from .order_reminders import ORDER_REMINDERS

# Of ``changes_to_confirm``: somebody has to put the goods back first.
CANCELLED = "cancelled"


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - CANCELLED ON AMAZON === #

    def _apply_cancellation(self, sale, run):
        """Cancel what nobody holds; have the rest put back or returned."""
        stage = DeliveryStage(sale)
        is_new = self.state != "cancelled"
        if sale.state == "cancel":
            self._finish_cancellation(sale)
            reason = False
        elif stage.is_packed:
            reason = self._wait_for_goods(stage, run)
        elif stage.is_shipped:
            stage.open_pickings.action_cancel()
            self.changes_to_confirm = False
            reason = self._ask_for_return(stage, run, is_new)
        else:
            self._cancel_sale_order(sale)
            reason = False
        if is_new and stage.is_invoiced:
            self._remind_responsible(
                ORDER_INVOICE_REMINDER,
                self.env._(
                    "Amazon cancelled order %s, and its invoice is posted. Make a "
                    "credit note.",
                    self.amazon_order_id,
                ),
                run,
            )
        self._set_state("cancelled", reason)

    def _cancel_sale_order(self, sale):
        # Its deliveries are cancelled with it; see stock.picking.action_cancel.
        sale.with_context(amazon_is_cancelling=True)._action_cancel()
        sale.message_post(body=self.env._("Cancelled on Amazon."))
        self._finish_cancellation(sale)

    def _finish_cancellation(self, sale):
        """Nothing is left to do but for an invoice."""
        self.changes_to_confirm = False
        settled = set(ORDER_REMINDERS) - {ORDER_INVOICE_REMINDER}
        self._forget_reminders(*settled)

    def _wait_for_goods(self, stage, run):
        """Stop the delivery, free what is on its shelf, have the rest put back."""
        stage.release_untaken()
        is_known = self.changes_to_confirm == CANCELLED
        self.changes_to_confirm = CANCELLED
        reason = self.env._(
            "Amazon cancelled order %s while its goods were picked. Put them back and "
            "press Confirm Change on the delivery, which cancels it.",
            self.amazon_order_id,
        )
        # Who marked it as done does not want to read it again.
        if not is_known:
            self._remind_responsible(ORDER_CANCELLED_REMINDER, reason, run)
        return reason

    def _ask_for_return(self, stage, run, is_new):
        reason = self.env._(
            "Amazon cancelled order %(ref)s after it was shipped: %(what)s. Ask for "
            "the return.",
            ref=self.amazon_order_id,
            what=self._describe_shipped(stage),
        )
        if is_new or stage.sale.activity_search([ORDER_CANCELLED_REMINDER]):
            self._remind_responsible(ORDER_CANCELLED_REMINDER, reason, run)
        return reason

    def _describe_shipped(self, stage):
        """Return what left, as ``2 x MUG, 1 x LAMP``."""
        return ", ".join(
            f"{units:g} x {line.product_id.default_code or line.product_id.name}"
            for line in stage.sale.order_line
            if (units := stage.get_shipped_units(line)) > 0
        )

    def _confirm_goods_are_back(self):
        """Cancel what was picked of an order that Amazon cancelled."""
        sale = self.sale_order_id
        DeliveryStage(sale).open_pickings.with_context(
            amazon_is_cancelling=True
        ).action_cancel()
        self._settle_cancellation()

    def _settle_cancellation(self):
        """See whether a person has done what Amazon's cancellation asked for."""
        for row in self:
            sale = row.sale_order_id
            stage = DeliveryStage(sale)
            if sale.state == "cancel" or stage.open_moves:
                continue
            if stage.is_shipped:
                row.changes_to_confirm = False
                reason = row.env._(
                    "Amazon cancelled order %(ref)s after a part of it was shipped: "
                    "%(what)s. Ask for the return.",
                    ref=row.amazon_order_id,
                    what=row._describe_shipped(stage),
                )
                row.error = reason
                if activity := sale.activity_search([ORDER_CANCELLED_REMINDER])[:1]:
                    activity.note = reason
            elif stage.has_left:
                # All came back: what was sold stays in the books as it was.
                row.error = False
                row._finish_cancellation(sale)
            else:
                row.error = False
                row._cancel_sale_order(sale)

    # === BUSINESS METHODS - REQUESTED BY THE BUYER === #

    def _is_cancel_request_open(self):
        """Whether the buyer wants an item cancelled and nobody said *Ship Anyway*."""
        overruled = (self.cancel_overruled or "").split(",")
        return self.status not in ("cancelled", "shipped") and any(
            line.is_cancel_requested and line.amazon_item_ref not in overruled
            for line in self.line_ids
        )

    def _tell_of_cancel_requests(self, before, now, run):
        """Say that the buyer asks to cancel, or does not any more.

        :param list before: refs of the items
        """
        _ = self.env._
        sale = self.sale_order_id
        stage = DeliveryStage(sale)
        overruled = (self.cancel_overruled or "").split(",")
        self.cancel_overruled = ",".join(ref for ref in overruled if ref in now)
        if not set(now) - set(before):
            self._forget_reminders(ORDER_REQUEST_REMINDER)
            sale.message_post(body=_("The buyer's request to cancel was withdrawn."))
        elif stage.open_moves or not stage.is_shipped:
            # The banner on the delivery says what to do.
            sentence = _("The buyer asks to cancel order %s.", self.amazon_order_id)
            sale.message_post(body=sentence)
            run._warn(sentence, self)
        else:
            sentence = _(
                "The buyer asks to cancel order %s, which was shipped. Tell the buyer "
                "in Seller Central how to return it.",
                self.amazon_order_id,
            )
            self._remind_responsible(ORDER_REQUEST_REMINDER, sentence, run)

    def _overrule_cancel_request(self):
        """Ship although the buyer asked not to; a new request stops it again."""
        for row in self:
            lines = row.line_ids.filtered("is_cancel_requested")
            row.cancel_overruled = ",".join(lines.mapped("amazon_item_ref"))
            row.sale_order_id.message_post(
                body=row.env._("To be shipped although the buyer asked to cancel it.")
            )

    def _get_stop_reasons(self):
        reasons = super()._get_stop_reasons()
        if self._is_cancel_request_open():
            reasons.append(
                self.env._(
                    "The buyer asks to cancel order %s. Cancel it in Seller Central, "
                    "or press Ship Anyway.",
                    self.amazon_order_id,
                )
            )
        return reasons
