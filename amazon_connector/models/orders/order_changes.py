"""What happens to a sale order after its import: its Amazon order changes.

Read :meth:`AmazonOrder._apply_changes` first: everything here is called from there.
``order``, ``products`` and ``run`` are said at the top of ``amazon_order.py``; a
*state* is what ``reflected_state.py`` makes of an order. What the sale order shows is
kept in ``reflected_encrypted``, written in the savepoint in which it came to show it:
an attempt that fails is repeated until nothing differs.

* an address that Amazon does not show yet: the order comes in, so that its goods are
  reserved, and must not leave. The next document that has the address completes it:
  that of a change, or the one that the job type ``complete_addresses`` asks for.
* cancelled: carried out where nobody holds the goods. A buyer's request only stops
  the delivery, Amazon leaves the answer to the seller.
* units that left without Odoo are kept on the sale order line
  (``amazon_qty_shipped_elsewhere``): they count as delivered.
* what somebody has to do is one activity on the sale order for each subject; its type
  is in data/mail_activity_type_data.xml. A matter that is settled takes it away.
"""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html

from ...tools import hide_failed_statements
from ..connection.amazon_vault import NO_ACCESS, EncryptionKeyError
from ..connection.reminders import (
    ORDER_ADDRESS_REMINDER,
    ORDER_AWAITED_REMINDER,
    ORDER_CANCELLED_REMINDER,
    ORDER_INVOICE_REMINDER,
    ORDER_ITEMS_REMINDER,
    ORDER_LATE_LINES_REMINDER,
    ORDER_REQUEST_REMINDER,
    ORDER_UNREADABLE_REMINDER,
)
from ..products.product_resolver import reference_of
from .customer import Customers, Purchase, get_unknown_key
from .delivery_stage import DeliveryStage
from .order_importer import NO_TRACKING_CONTEXT
from .order_products import OrderProducts
from .reflected_state import (
    ADDRESS,
    AMOUNTS,
    GIFT,
    ITEMS,
    REQUESTS,
    SHIP_BY,
    describe_order,
    find_changes,
    restore_address,
)
from .sale_lines import (
    adjust_total,
    prepare_sale_lines,
    select_known_items,
    unlocked,
    update_amounts,
)

# What is in a parcel and where it goes; the rest changes while it is packed.
OF_THE_PARCEL = {ADDRESS, ITEMS, GIFT}
# Of ``changes_to_confirm``: somebody has to put the goods back first …
CANCELLED = "cancelled"
# … or take units out of the parcel.
ELSEWHERE = "shipped_elsewhere"
ORDER_REMINDERS = (
    ORDER_ADDRESS_REMINDER,
    ORDER_AWAITED_REMINDER,
    ORDER_CANCELLED_REMINDER,
    ORDER_INVOICE_REMINDER,
    ORDER_ITEMS_REMINDER,
    ORDER_LATE_LINES_REMINDER,
    ORDER_REQUEST_REMINDER,
    ORDER_UNREADABLE_REMINDER,
)
# What Amazon says of an order that is still to be shipped, or the rest of it.
STATUSES_TO_SHIP = ("unshipped", "partially_shipped")
ASK_AGAIN_AFTER = timedelta(hours=1)
# What Amazon said of the buyer's region stays valid; terms are not agreed upon anew.
_KEPT_FIELDS = (
    "fiscal_position_id",
    "payment_term_id",
    "team_id",
    "user_id",
)


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    changes_to_confirm = fields.Char(
        readonly=True, copy=False, help="What changed after it was packed."
    )
    changes_hash = fields.Char(
        readonly=True, copy=False, help="Tells a further change from the first one."
    )
    cancel_overruled = fields.Char(
        readonly=True,
        copy=False,
        help="Items to ship although the buyer asked to cancel them.",
    )
    reflected_encrypted = fields.Text(groups=NO_ACCESS, copy=False, prefetch=False)
    is_address_missing = fields.Boolean(
        string="Address Missing",
        readonly=True,
        copy=False,
        help="Amazon does not show where the order goes. It is asked again each hour.",
    )
    is_address_hidden = fields.Boolean(
        readonly=True,
        copy=False,
        help="Amazon did not show the address when the order changed last: it may be "
        "another one by now. It is asked again each hour.",
    )
    address_asked = fields.Datetime(
        string="Asked for the Address", readonly=True, copy=False
    )

    _is_address_missing_idx = models.Index(
        "(connection_id) WHERE is_address_missing IS TRUE"
    )
    _is_address_hidden_idx = models.Index(
        "(connection_id) WHERE is_address_hidden IS TRUE"
    )
    _to_confirm_idx = models.Index(
        "(connection_id) WHERE changes_to_confirm IS NOT NULL"
    )

    # === BUSINESS METHODS - CHANGES === #

    def _apply_changes(self, order, products, run, is_confirmed=False):
        """Bring what changed on Amazon to the sale order that was created before.

        :param is_confirmed: whether a person said that what is packed may follow
        """
        self._complete_address(order, products, run)
        self._mark_hidden_address(order)
        sale = self.sale_order_id
        if not sale:
            # Deleted in Odoo: not created again.
            self.changes_to_confirm = False
            self._set_state(self.state, self.error)
        elif order.status == "cancelled":
            self._apply_cancellation(sale, run)
        elif sale.state == "cancel":
            # Cancelled in Odoo: nobody will ship it.
            self.changes_to_confirm = False
            self._set_reflected(describe_order(order, self._get_reflected()))
            self._set_state_after_changes(run)
        else:
            self._apply_content(order, products, run, is_confirmed)
        self._settle_reading()

    def _apply_content(self, order, products, run, is_confirmed):
        """Change sale order and delivery, or have a person confirm it first."""
        before = self._get_reflected()
        now = describe_order(order, before)
        changes = find_changes(before, now) if before else set()
        stage = DeliveryStage(self.sale_order_id)
        elsewhere = self._get_new_units_elsewhere(order)
        waiting = set()
        if stage.is_packed and not is_confirmed:
            waiting = changes & OF_THE_PARCEL
            if ITEMS in waiting and AMOUNTS in changes:
                # The amounts of units that are still in the order.
                waiting.add(AMOUNTS)
            if elsewhere:
                waiting.add(ELSEWHERE)
        self._set_changes_to_confirm(waiting, run, now)
        if ELSEWHERE not in waiting:
            self._set_units_elsewhere(elsewhere, run)
        self._apply_parts(changes - waiting, order, before, now, products, run)
        if self.state == "partial" and ITEMS not in waiting:
            self._add_missing_lines(order, products, run)
        elif ITEMS in changes - waiting:
            self._set_imported_or_partial(run)
        else:
            self._set_state_after_changes(run)
        kept = {part: before[part] for part in waiting & now.keys()}
        self._set_reflected(now | kept)

    def _apply_parts(self, changes, order, before, now, products, run):
        """Bring these parts of the state to sale order and delivery; say which.

        :param changes: set of the parts
        """
        stage = DeliveryStage(self.sale_order_id)
        position = self.sale_order_id.fiscal_position_id
        notes = []
        if ADDRESS in changes:
            notes += self._apply_address(restore_address(order, now), stage, run)
            self._update_taxes_of_buyer(position, order, products, run)
        if SHIP_BY in changes:
            notes += self._apply_ship_by(stage)
        if changes & {ITEMS, AMOUNTS}:
            notes += self._apply_lines(changes, order, before, now, products, run)
        if REQUESTS in changes:
            self._tell_of_cancel_requests(before[REQUESTS], now[REQUESTS], run)
        if GIFT in changes:
            notes += self._apply_gift_messages(before[GIFT], now[GIFT])
        if notes:
            self.sale_order_id.message_post(
                body=self.env._(
                    "Changed on Amazon, and here: %s.", self.env._(", ").join(notes)
                )
            )

    def _set_state_after_changes(self, run):
        """End the processing; what failed, or was cancelled, comes back."""
        is_taken_back = self.state == "cancelled" and self.sale_order_id.state == "sale"
        if is_taken_back:
            self._forget_reminders(ORDER_CANCELLED_REMINDER)
            DeliveryStage(self.sale_order_id).assign_open_moves()
        if is_taken_back or self.state == "failed":
            self._set_imported_or_partial(run)
        else:
            self._set_state(self.state, self.error)

    # === BUSINESS METHODS - WHAT IS REFLECTED === #

    def _get_reflected(self):
        """Return the state that the sale order shows, ``None`` where nobody knows.

        Orders of a former version have none until Amazon sends them again: what they
        show then counts as right.
        """
        text = self.env["amazon.vault"]._decrypt(self.sudo().reflected_encrypted)
        return json.loads(text) if text else None

    def _set_reflected(self, state):
        if state != self._get_reflected():
            text = json.dumps(state, sort_keys=True)
            self.sudo().reflected_encrypted = self.env["amazon.vault"]._encrypt(text)

    def _keep_reflected(self):
        """Keep what the stored document says before another one replaces it.

        It is what the sale order shows, unless that was said already.
        """
        if not self.sale_order_id or self.sudo().reflected_encrypted:
            return
        if self.to_process or self.state == "failed":
            return
        try:
            self._set_reflected(describe_order(self._parse_document()))
        except (ValueError, KeyError, TypeError, EncryptionKeyError):
            # Nothing can be compared with what cannot be read.
            return

    # === BUSINESS METHODS - CONFIRMED BY A PERSON === #

    def _set_changes_to_confirm(self, waiting, run, now):
        """Stop the delivery until a person confirms these parts; an empty set: go on.

        :param waiting: set of parts, ``ELSEWHERE`` among them
        :param now: the state that Amazon asks for
        """
        names = ",".join(sorted(waiting)) or False
        parts = {part: now.get(part) for part in waiting}
        text = json.dumps(parts, sort_keys=True)
        digest = names and hashlib.sha256(text.encode()).hexdigest()
        if (names, digest) == (self.changes_to_confirm, self.changes_hash):
            return
        self.changes_to_confirm, self.changes_hash = names, digest
        if names:
            sentence = self._get_change_reason()
            self.sale_order_id.message_post(body=sentence)
            run._warn(sentence, self)

    def _get_change_reason(self):
        """Return what waits for a person, and what to do, as one sentence or more."""
        if not self.changes_to_confirm:
            return ""
        _ = self.env._
        parts = self.changes_to_confirm.split(",")
        names = {
            ADDRESS: _("the delivery address"),
            ITEMS: self._describe_changed_items() if ITEMS in parts else "",
            GIFT: _("the gift message"),
        }
        changed = [name for part, name in names.items() if part in parts]
        sentences = []
        if changed:
            sentences.append(
                _(
                    "Amazon changed order %(ref)s after it was picked: %(what)s. "
                    "Compare it with Seller Central, correct the parcel, then press "
                    "Confirm Change.",
                    ref=self.amazon_order_id,
                    what=_(", ").join(changed),
                )
            )
        if ELSEWHERE in parts:
            sentences.append(
                _(
                    "Amazon counts units of order %s as shipped that Odoo did not "
                    "ship. Take what left elsewhere out of the parcel, then press "
                    "Confirm Change.",
                    self.amazon_order_id,
                )
            )
        return " ".join(sentences)

    def _confirm_changes(self):
        """Apply what waits for a person, who has corrected what is packed."""
        for row in self.filtered("changes_to_confirm"):
            row.sale_order_id.message_post(
                body=row.env._("The change on Amazon was confirmed.")
            )
            if row.changes_to_confirm == CANCELLED:
                row._confirm_goods_are_back()
                continue
            products = OrderProducts(row.connection_id, row.line_ids)
            notes = ChatterNotes(row.sale_order_id)
            row._apply_changes(
                row._parse_document(), products, notes, is_confirmed=True
            )

    # === BUSINESS METHODS - PARTS === #

    def _apply_address(self, order, stage, run):
        """Send what is still here to the new address."""
        sale = self.sale_order_id
        if self._is_elsewhere(order, stage):
            self._remind_responsible(
                ORDER_ADDRESS_REMINDER,
                self._get_address_reason(bool(stage.open_moves)),
                run,
            )
        else:
            self._forget_reminders(ORDER_ADDRESS_REMINDER)
        if stage.is_shipped and not stage.open_moves:
            return []
        _contact, delivery = self._find_or_create_customer(order, run)
        if order.address.phone and delivery.phone != order.address.phone:
            delivery.phone = order.address.phone
        if sale.partner_shipping_id != delivery:
            _set_delivery_partner(sale, delivery)
            stage.open_pickings.partner_id = delivery
            stage.open_moves.partner_id = delivery
        return [self.env._("delivery address")]

    def _is_elsewhere(self, order, stage):
        """Whether goods went, and are, where the order does not go (any more)."""
        destinations = stage.get_destinations()
        if not (destinations and order.address):
            return bool(destinations)
        key = Purchase(self, order, None).key
        return any(partner.amazon_buyer_key != key for partner in destinations)

    def _update_taxes_of_buyer(self, before, order, products, run):
        """Have the lines carry the taxes of who buys now, and of where it goes.

        :param before: the ``account.fiscal.position`` whose taxes they carry
        """
        sale = self.sale_order_id
        position = self._get_fiscal_position(
            order, sale.partner_id, sale.partner_shipping_id
        )
        if position == before or sale.state == "cancel":
            return
        if DeliveryStage(sale).is_invoiced:
            self._remind_responsible(
                ORDER_INVOICE_REMINDER, self._get_position_reason(position), run
            )
        elif _is_money_shown(order):
            update_amounts(self, order, products, sale, run)

    def _get_position_reason(self, position):
        return self.env._(
            "The buyer's data of order %(ref)s changed after its invoice was posted, "
            "and other taxes apply now (fiscal position: %(position)s). Make a credit "
            "note, and invoice the order again.",
            ref=self.amazon_order_id,
            position=position.name or self.env._("none"),
        )

    def _get_address_reason(self, is_rest_open):
        _ = self.env._
        if is_rest_open:
            return _(
                "Amazon changed the delivery address of order %s after a part of it "
                "was shipped. Ask the carrier to redirect that part; the rest goes to "
                "the new address by itself.",
                self.amazon_order_id,
            )
        return _(
            "Amazon changed the delivery address of order %s after it was shipped. "
            "Ask the carrier to redirect the parcel; Seller Central shows the new "
            "address.",
            self.amazon_order_id,
        )

    def _apply_ship_by(self, stage):
        sale = self.sale_order_id
        if not self.ship_by or sale.commitment_date == self.ship_by:
            return []
        sale.commitment_date = self.ship_by
        lead = timedelta(days=sale.company_id.security_lead)
        stage.open_moves.write(
            {"date_deadline": self.ship_by, "date": self.ship_by - lead}
        )
        return [self.env._("ship-by date")]

    def _apply_lines(self, changes, order, before, now, products, run):
        """Bring units, products and amounts to the lines.

        A posted invoice stays as it is, somebody is told.
        """
        notes = []
        stage = DeliveryStage(self.sale_order_id)
        is_invoiced = stage.is_invoiced
        if ITEMS in changes:
            self._tell_of_shipped_items(before[ITEMS], now[ITEMS], run)
            notes.append(self.env._("items or quantities"))
        if AMOUNTS in changes and (reason := self._get_invoice_reason(stage)):
            self._remind_responsible(ORDER_INVOICE_REMINDER, reason, run)
        if ITEMS in changes or not is_invoiced:
            if self.state != "partial":
                products.create_missing({self: order}, run)
            renamed = _find_renamed(before[ITEMS], now[ITEMS])
            self._update_sale_lines(order, products, run, renamed)
            if AMOUNTS in changes:
                notes.append(self.env._("amounts"))
        return notes

    def _get_invoice_reason(self, stage):
        """Return what is to be done about an invoice of other amounts, or ``False``."""
        _ = self.env._
        if stage.is_invoiced:
            return _(
                "Amazon changed the amounts of order %s after its invoice was posted. "
                "Compare it with Seller Central, and make a credit note or another "
                "invoice for the difference.",
                self.amazon_order_id,
            )
        if "draft" in stage.sale.invoice_ids.mapped("state"):
            return _(
                "Amazon changed the amounts of order %s after a draft of its invoice "
                "was made. Delete the draft, and make the invoice again.",
                self.amazon_order_id,
            )
        return False

    def _tell_of_shipped_items(self, before, now, run):
        """Ask for the return of what left and is not wanted any more.

        :param dict before: ``{item ref: {"quantity": …, "reference": …}}``
        """
        stage = DeliveryStage(self.sale_order_id)
        too_many = []
        for line in self.sale_order_id.order_line.filtered("amazon_item_ref"):
            former, wanted = (
                items.get(line.amazon_item_ref) for items in (before, now)
            )
            if not (former and wanted) or former == wanted:
                continue
            is_other = former["reference"] != wanted["reference"]
            units = line._get_units_begun_by_odoo()
            if not is_other:
                units -= line._get_odoo_quantity(wanted["quantity"])
            if stage.get_shipped_units(line) > 0 and units > 0:
                too_many.append(
                    line._describe_amazon_quantity(units, former["reference"])
                )
        if too_many:
            self._remind_responsible(
                ORDER_ITEMS_REMINDER,
                self.env._(
                    "Amazon changed items of order %(ref)s after they were shipped: "
                    "%(what)s not wanted any more. Ask for the return.",
                    ref=self.amazon_order_id,
                    what=", ".join(too_many),
                ),
                run,
            )

    def _apply_gift_messages(self, before, now):
        """Change the notes of the sale order that show a gift message."""
        sale = self.sale_order_id.with_context(**NO_TRACKING_CONTEXT)
        for line in sale.order_line.filtered("amazon_item_ref"):
            former, message = (
                texts.get(line.amazon_item_ref) for texts in (before, now)
            )
            if not message or former == message:
                continue
            text = self.env._("Gift message: %s", message)
            note = sale.order_line.filtered(
                lambda one, former=former: (
                    one.display_type == "line_note"
                    and former
                    and one.name.endswith(former)
                )
            )[:1]
            if note:
                note.name = text
            else:
                note.create(
                    {
                        "order_id": sale.id,
                        "display_type": "line_note",
                        "name": text,
                        "sequence": line.sequence,
                    }
                )
        return [self.env._("gift message")]

    # === BUSINESS METHODS - SALE LINES === #

    def _update_sale_lines(self, order, products, run, renamed):
        """Make the lines of the sale order what Amazon says now.

        A line that is not wanted any more stays, with nothing in it: Odoo keeps the
        lines of a confirmed order. What a person added is left alone, and so is the
        money where it is invoiced, or Amazon does not show it any more.

        :param renamed: refs of the items that have another SKU than before
        """
        sale = self.sale_order_id.with_context(**NO_TRACKING_CONTEXT)
        with unlocked(sale):
            self._update_item_lines(sale, order, products, renamed)
        if _is_money_shown(order) and not DeliveryStage(sale).is_invoiced:
            update_amounts(self, order, products, sale, run)

    def _update_item_lines(self, sale, order, products, renamed):
        """Change, add and empty the lines of items."""

        def is_same(line, item):
            # Another SKU may be another pack of the same product.
            units = products.get_units_per_item(item, self.storefront_id)
            is_other_pack = line._get_units_per_item() != units
            return _is_same_product(line, item, products) and not (
                is_other_pack and item.item_id in renamed
            )

        items = {item.item_id: item for item in order.items}
        for line in sale.order_line.filtered("amazon_item_ref"):
            item = items.pop(line.amazon_item_ref, None)
            if not item or is_same(line, item):
                line._set_amazon_quantity(item.quantity if item else 0)
            elif not line.qty_delivered:
                # Odoo keeps the product of a line that has moves.
                line._set_amazon_quantity(0)
                line.sudo().amazon_item_ref = False
                items[item.item_id] = item
            # Else it is gone, and somebody was told.
        # What a partial order lacks comes only while nothing of it is shipped.
        if items and self.state != "partial":
            added = replace(order, items=tuple(items.values()), order_charges=())
            known = select_known_items(added, products)
            commands = prepare_sale_lines(
                self, known, products, sale.fiscal_position_id
            )
            # Their charges come with those of all.
            sale.order_line = [
                command for command in commands if not command[2].get("amazon_charge")
            ]

    # === BUSINESS METHODS - STOP === #

    def _describe_changed_items(self):
        """Return which units are wanted now, as ``the items (MUG 3 → 2)``."""
        _ = self.env._
        shown = {
            line.amazon_item_ref: line._get_amazon_units(line.product_uom_qty)
            for line in self.sale_order_id.order_line
            if line.amazon_item_ref
        }
        changed = [
            f"{line._get_references()} {shown.get(line.amazon_item_ref, 0):g} → "
            f"{line.quantity}"
            for line in self.line_ids
            if shown.get(line.amazon_item_ref, 0) != line.quantity
        ]
        if not changed:
            return _("the items")
        return _("the items (%s)", ", ".join(changed))

    def _get_stop_reasons(self):
        """Return why nothing of the order may leave now: a list of sentences, each of
        which says what happened and what to do. Empty: it may leave.
        """
        reasons = [get_sentence() for get_sentence in self._find_stops()]
        return [reason for reason in reasons if reason]

    def _must_not_leave(self):
        """Whether there is such a reason, without putting it into words."""
        return any(True for _stop in self._find_stops())

    def _find_stops(self):
        """Yield, for each reason why nothing may leave, the method that says it."""
        self.ensure_one()
        if self.status == "cancelled":
            yield self._get_cancelled_reason
        if self.changes_to_confirm:
            yield self._get_change_reason
        if self._is_cancel_request_open():
            yield self._get_cancel_request_reason
        if self._lacks_address():
            yield self._get_missing_address_reason

    def _get_cancelled_reason(self):
        """Return what to do with the goods of an order that Amazon cancelled."""
        return self.env._(
            "Amazon cancelled order %s. Put the goods back, then press Confirm Change, "
            "or cancel the delivery.",
            self.amazon_order_id,
        )

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
                    activity.note = plaintext2html(reason)
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
        # Known without a look at the items, which who validates would wait for.
        if not self.has_cancel_request or self.status in ("cancelled", "shipped"):
            return False
        overruled = (self.cancel_overruled or "").split(",")
        return any(
            line.is_cancel_requested
            and line.quantity > line.quantity_fulfilled
            and line.amazon_item_ref not in overruled
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
            if not now:
                self._forget_reminders(ORDER_REQUEST_REMINDER)
            lines = self.line_ids.filtered(lambda line: line.amazon_item_ref in before)
            # One that was carried out shows in the quantities.
            if lines.filtered(
                lambda line: line.quantity and line.amazon_item_ref not in now
            ):
                sale.message_post(
                    body=_("The buyer's request to cancel was withdrawn.")
                )
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

    def _get_cancel_request_reason(self):
        """Return what to do about an open request of the buyer."""
        return self.env._(
            "The buyer asks to cancel order %s. Cancel it in Seller Central, or press "
            "Ship Anyway.",
            self.amazon_order_id,
        )

    # === BUSINESS METHODS - SHIPPED ELSEWHERE === #

    def _get_new_units_elsewhere(self, order):
        """Return ``{sale.order.line: units}`` that left elsewhere, where it is more
        than what is known; in the unit of the line."""
        if not any(order.count_shipped(item) for item in order.items):
            return {}
        by_odoo = self._get_units_confirmed_by_odoo(order)
        lines = self.sale_order_id.order_line.grouped("amazon_item_ref")
        units = {}
        for item in order.items:
            line = lines.get(item.item_id)
            if not line:
                continue
            told = line[:1]._get_odoo_quantity(
                order.count_shipped(item) - by_odoo.get(item.item_id, 0)
            )
            # What left by Odoo did not leave twice, whatever Amazon counts.
            rest = line[:1].product_uom_qty - line[:1]._get_units_shipped_by_odoo()
            told = min(told, rest)
            if told > line[:1].amazon_qty_shipped_elsewhere:
                units[line[:1]] = told
        return units

    def _get_units_confirmed_by_odoo(self, order):
        """Return ``{item ref: units}`` that Odoo shipped, of those Amazon counts.

        As Amazon counts them. The room that confirms shipments says it.
        """
        return {}

    def _set_units_elsewhere(self, elsewhere, run):
        """Have nobody deliver these units again; say so.

        :param elsewhere: ``{sale.order.line: units}``
        """
        stage = DeliveryStage(self.sale_order_id)
        told = []
        for line, units in elsewhere.items():
            before = line._get_open_units()
            line.sudo().amazon_qty_shipped_elsewhere = units
            if stage.open_moves:
                stage.limit_line(line, line._get_open_units(), before)
            name = line.product_id.default_code or line.product_id.name
            told.append(f"{units:g} x {name}")
        if told:
            sentence = self.env._(
                "Amazon says that a part of order %(ref)s was shipped outside of Odoo: "
                "%(what)s. Odoo delivers the rest only. If these units left this "
                "warehouse, take them out of its stock, or they are offered again.",
                ref=self.amazon_order_id,
                what=", ".join(told),
            )
            self.sale_order_id.message_post(body=sentence)
            run._warn(sentence, self)

    def _set_units_shipped_before(self, order):
        """Have only the rest delivered of an order that is about to be confirmed."""
        for line, units in self._get_new_units_elsewhere(order).items():
            line.sudo().amazon_qty_shipped_elsewhere = units

    # === BUSINESS METHODS - LINES OF PARTIAL ORDERS === #

    def _add_missing_lines(self, order, products, run):
        """Add the lines whose products are there now, while nothing is shipped."""
        available = self._get_available_lines(products)
        if not self._can_gain_lines():
            self._set_state("partial", self.error)
        elif available and self._is_partly_shipped():
            reason = self._get_too_late_reason()
            # Who marked it as done does not want to read it again.
            if self.error != reason:
                self._set_reminder(ORDER_LATE_LINES_REMINDER, reason)
            self._set_partial(reason, run)
        else:
            refs = set(available.mapped("amazon_item_ref"))
            items = tuple(item for item in order.items if item.item_id in refs)
            # What belongs to the order as a whole came in with its first lines.
            added = replace(order, items=items, order_charges=())
            products.create_missing({self: added}, run)
            self._add_sale_lines(order, added, products, run)
            self._set_imported_or_partial(run)

    def _add_sale_lines(self, order, added, products, run):
        """Add lines to the sale order; adjust its total once it is complete.

        :param added: the order with only the items to add, ``spapi.orders.Order``
        """
        sale = self.sale_order_id.with_context(**NO_TRACKING_CONTEXT)
        with unlocked(sale):
            if added.items:
                sale.order_line = prepare_sale_lines(
                    self, added, products, sale.fiscal_position_id
                )
                run._count(updated=1)
            if not self._get_missing_lines():
                adjust_total(self, order, sale, run)
                self._warn_of_taxes(order, sale, run)

    def _can_gain_lines(self):
        """Whether a line more would still be shipped."""
        sale = self.sale_order_id
        return bool(sale) and sale.state != "cancel" and self.status in STATUSES_TO_SHIP

    def _is_partly_shipped(self):
        return any(self.line_ids.mapped("quantity_fulfilled")) or any(
            picking.state == "done" and picking.location_dest_id.usage == "customer"
            for picking in self.sale_order_id.picking_ids
        )

    def _has_lines_to_ship_by_hand(self):
        """Whether Amazon awaits lines that the sale order has not."""
        return self._can_gain_lines() and any(
            line.quantity > line.quantity_fulfilled
            for line in self._get_missing_lines()
        )

    def _get_too_late_reason(self):
        return self.env._(
            "The lines of %s are missing: a product came only after something of the "
            "order was shipped. Ship what is missing by hand and confirm it in Seller "
            "Central.",
            self._get_missing_lines()._get_references(),
        )

    # === BUSINESS METHODS - MISSING ADDRESS === #

    @api.model
    def _get_missing_address_domain(self):
        """Return the domain of the orders that Amazon is to be asked for."""
        is_awaited = Domain("is_address_missing", "=", True) | Domain(
            "is_address_hidden", "=", True
        )
        return is_awaited & Domain(
            [
                ("status", "in", STATUSES_TO_SHIP),
                ("sale_order_id.state", "=", "sale"),
            ]
        )

    @api.model
    def _get_next_address_domain(self):
        """Return the domain of those that Amazon was not asked for lately."""
        limit = fields.Datetime.now() - ASK_AGAIN_AFTER
        return self._get_missing_address_domain() & (
            Domain("address_asked", "=", False) | Domain("address_asked", "<=", limit)
        )

    def _mark_missing_address(self, order, run):
        """Have an order that came in without address wait for it."""
        if order.address and order.address.complete:
            return
        self.is_address_missing = True
        # It was asked for just now: this is the answer.
        self.address_asked = fields.Datetime.now()
        run._warn(
            self.env._(
                "Order %s came in without its delivery address, and cannot be shipped "
                "before Amazon shows it. Give the application the role "
                "Direct-to-Consumer Shipping in Seller Central; the address is then "
                "filled in by itself.",
                self.amazon_order_id,
            ),
            self,
        )

    def _mark_hidden_address(self, order):
        """Have Amazon asked where an order goes that changed while this was hidden.

        What is known of its address counts until then.

        :param order: ``spapi.orders.Order``
        """
        is_shown = bool(order.address and order.address.complete)
        is_hidden = not (is_shown or self.is_address_missing)
        if is_hidden == self.is_address_hidden:
            return
        self.is_address_hidden = is_hidden
        if is_hidden:
            # It was asked for just now: this is the answer.
            self.address_asked = fields.Datetime.now()

    def _is_address_awaited(self):
        """Whether Amazon is to be asked where the order goes, now or in an hour."""
        return self.is_address_missing or self.is_address_hidden

    def _complete_address(self, order, products, run):
        """Fill in the address of an order that came in without it, if it is there.

        An address that a person filled in meanwhile stays.

        :param order: ``spapi.orders.Order``
        """
        if not (self.is_address_missing and order.address and order.address.complete):
            return
        sale = self.sale_order_id
        if sale and not self._is_address_filled_in():
            customer, delivery = self._find_or_create_customer(order, run)
            self._replace_contacts(sale, customer, delivery)
            self._update_taxes_of_buyer(sale.fiscal_position_id, order, products, run)
            instructions = self._get_delivery_instructions(order)
            sale.amazon_delivery_instructions = instructions
            sale.message_post(
                body=self.env._(
                    "Amazon shows the delivery address now; it is filled in."
                )
            )
        self.is_address_missing = False
        self._accept_address(order)

    def _find_or_create_customer(self, order, run):
        connection = self.connection_id.with_env(self.env)
        customers = Customers(connection.with_context(**NO_TRACKING_CONTEXT), run)
        return customers.find_or_create({self: order})[self]

    def _replace_contacts(self, sale, customer, delivery):
        """Put customer and address in the place of the contact that stood for them."""
        unknown = sale.partner_shipping_id
        values = {
            name: sale[name].id for name in _KEPT_FIELDS if name in sale._fields
        } | {"partner_shipping_id": delivery.id}
        if sale.partner_id == unknown:
            values["partner_id"] = customer.id
        if sale.partner_invoice_id in (unknown, sale.partner_id):
            values["partner_invoice_id"] = customer.id
        pickings = sale.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        # Else Odoo has people look at deliveries that are right.
        quiet = NO_TRACKING_CONTEXT | {"update_delivery_shipping_partner": True}
        sale.with_context(**quiet).write(values)
        pickings.move_ids.filtered("partner_id").partner_id = delivery
        self._remove_unknown(unknown)

    def _remove_unknown(self, partner):
        """Delete the contact that stood for an address; archive it where it is used."""
        if partner.sudo().amazon_buyer_key != get_unknown_key(self):
            return
        try:
            with hide_failed_statements(), self.env.cr.savepoint():
                partner.unlink()
        except (UserError, IntegrityError):
            partner.active = False

    def _accept_address(self, order):
        """Take the address for reflected, and nothing else."""
        if before := self._get_reflected():
            now = describe_order(order, before)
            self._set_reflected(before | {ADDRESS: now[ADDRESS]})

    def _is_address_filled_in(self):
        """Whether a person has said where the sale order goes."""
        partner = self.sale_order_id.partner_shipping_id
        if partner.sudo().amazon_buyer_key != get_unknown_key(self):
            return True
        return bool(
            (partner.street or partner.street2)
            and (partner.city or partner.zip)
            and partner.country_id
        )

    def _ask_for_address_again(self):
        """Have Amazon asked for missing addresses at once."""
        awaited = self.filtered(lambda row: row._is_address_awaited())
        awaited.address_asked = False
        for connection in awaited.connection_id:
            connection._request_job("complete_addresses")

    def _lacks_address(self):
        """Whether no label could be made of the delivery address."""
        partner = self.sale_order_id.partner_shipping_id
        return self._has_no_address_yet() or bool(partner and not partner.country_id)

    def _has_no_address_yet(self):
        """Whether Amazon shows no address, and nobody filled one in."""
        return self.is_address_missing and not self._is_address_filled_in()

    def _get_missing_address_reason(self):
        """Return what to do about an address of which no label could be made."""
        if self._has_no_address_yet():
            return self.env._(
                "Amazon does not show the delivery address of order %s yet. It is "
                "asked each hour; press Import again on the Amazon order to ask now, "
                "or fill the address in by hand.",
                self.amazon_order_id,
            )
        return self.env._(
            "The delivery address of order %s has no country that Odoo knows. "
            "Choose the country on the delivery address.",
            self.amazon_order_id,
        )

    # === BUSINESS METHODS - REMINDERS === #

    def _remind_responsible(self, reminder, sentence, run):
        """Say once what is to be done about the order.

        :param reminder: one of ``ORDER_REMINDERS``
        """
        if self._set_reminder(reminder, sentence):
            run._warn(sentence, self)

    def _set_reminder(self, reminder, sentence):
        """Have one activity of the order say it; return whether none did before."""
        sale = self.sale_order_id
        activity = sale.activity_search([reminder])[:1]
        if activity and html2plaintext(activity.note or "").strip() == sentence:
            return False
        if activity:
            activity.note = plaintext2html(sentence)
        else:
            sale.activity_schedule(
                reminder,
                date_deadline=fields.Date.context_today(self),
                note=plaintext2html(sentence),
                user_id=self.connection_id._get_responsible(reminder).id,
            )
        return True

    def _settle_reading(self):
        """Take away what was settled by this: Amazon's document was read and shown."""
        settled = [ORDER_UNREADABLE_REMINDER]
        if not self._has_lines_to_ship_by_hand():
            settled.append(ORDER_LATE_LINES_REMINDER)
        self._forget_reminders(*settled)

    def _settle_redirections(self):
        """Take the reminder away once no goods are at an address that changed."""
        for row in self:
            sale = row.sale_order_id
            if not sale.activity_search([ORDER_ADDRESS_REMINDER]):
                continue
            stage = DeliveryStage(sale)
            try:
                order = row._parse_document()
                if reflected := row._get_reflected():
                    order = restore_address(order, reflected)
                is_elsewhere = row._is_elsewhere(order, stage)
            except (EncryptionKeyError, ValueError):
                # Who takes goods back is not kept from it.
                is_elsewhere = stage.is_shipped
            if not is_elsewhere:
                row._forget_reminders(ORDER_ADDRESS_REMINDER)

    def _settle_returns(self):
        """Take the reminder away once nothing is at the buyer that is not wanted."""
        for row in self:
            sale = row.sale_order_id
            if not sale.activity_search([ORDER_ITEMS_REMINDER]):
                continue
            stage = DeliveryStage(sale)
            wanted = row.line_ids.grouped("amazon_item_ref")
            products = OrderProducts(row.connection_id, row.line_ids)
            is_settled = True
            for line in sale.order_line.filtered("amazon_item_ref"):
                item = wanted.get(line.amazon_item_ref)
                # Of another product than what left, nothing of that is wanted.
                is_same = item and _is_same_product(line, item, products)
                units = line._get_odoo_quantity(item.quantity) if is_same else 0
                has = stage.get_units_at_customer(line)
                is_settled &= has + line.amazon_qty_shipped_elsewhere <= units
            if is_settled:
                row._forget_reminders(ORDER_ITEMS_REMINDER)

    def _settle_invoices(self):
        """Take the reminder away once what is invoiced is what Amazon says."""
        for row in self:
            sale = row.sale_order_id
            if not sale.activity_search([ORDER_INVOICE_REMINDER]):
                continue
            wanted = 0
            if row.status != "cancelled":
                try:
                    wanted = float(row._parse_document().expected_total or 0)
                except (EncryptionKeyError, ValueError):
                    # Who posts an invoice is not kept from it; the reminder stays.
                    continue
            invoiced = sum(
                _get_invoiced_amount(move, sale)
                for move in sale.invoice_ids
                if move.state == "posted"
            )
            if not sale.currency_id.compare_amounts(invoiced, wanted):
                row._forget_reminders(ORDER_INVOICE_REMINDER)

    def _forget_reminders(self, *reminders):
        """Take away what is settled."""
        self.sale_order_id.activity_unlink(list(reminders))


class ChatterNotes:
    """What is said while a person waits: on the sale order, there is no job's run."""

    def __init__(self, sale):
        self._sale = sale

    def _warn(self, sentence, _record=None):
        self._sale.message_post(body=sentence)

    def _note(self, sentence, _record=None):
        self._warn(sentence)

    def _count(self, **_counts):
        """Only runs are counted."""


def _get_invoiced_amount(move, sale):
    """Return what a posted invoice, or credit note, charges of a sale order."""
    if move.line_ids.sale_line_ids.order_id == sale:
        return move.amount_total_in_currency_signed
    own = move.invoice_line_ids.filtered(
        lambda line: line.sale_line_ids.order_id == sale
    )
    return sum(own.mapped("price_total")) * -move.direction_sign


def _find_renamed(before, now):
    """Return the refs of the items that have another SKU in the second state, a set.

    :param dict before: ``{item ref: {"quantity": …, "reference": …}}``
    """
    return {
        ref
        for ref, item in now.items()
        if ref in before and before[ref]["reference"] != item["reference"]
    }


def _is_money_shown(order):
    return bool(order.order_charges or any(item.charges for item in order.items))


def _is_same_product(line, item, products):
    """Whether the product of a sale order line is that of an item."""
    if product := products.get_product(item):
        return product == line.product_id
    # Archived since, or one of several with the reference.
    return (line.product_id.default_code or "").strip() == reference_of(item)


def _set_delivery_partner(sale, partner):
    """Set the delivery address without Odoo's activity, which would name both."""
    closed = sale.picking_ids.filtered(lambda one: one.state in ("done", "cancel"))
    former = {picking: picking.partner_id for picking in closed}
    sale.with_context(update_delivery_shipping_partner=True).write(
        {"partner_shipping_id": partner.id}
    )
    for picking, one in former.items():
        picking.partner_id = one
