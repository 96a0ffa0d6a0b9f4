"""What happens to a sale order when its Amazon order changes.

Read :meth:`AmazonOrder._apply_changes` first: everything here is called from there.
``order``, ``products`` and ``run`` are said at the top of ``amazon_order.py``; a
*state* is what ``reflected_state.py`` makes of an order. What the sale order shows is
kept in ``reflected_encrypted``, written in the savepoint in which it came to show it:
an attempt that fails is repeated until nothing differs.

* ``order_cancellation.py``: cancelled on Amazon, or asked for by the buyer
* ``order_shipped_elsewhere.py``: units that left without Odoo
* ``order_missing_lines.py``: lines whose products came later
"""

import json
from dataclasses import replace
from datetime import timedelta

from odoo import models

from ..connection.amazon_vault import EncryptionKeyError
from ..connection.reminders import (
    ORDER_ADDRESS_REMINDER,
    ORDER_CANCELLED_REMINDER,
    ORDER_INVOICE_REMINDER,
    ORDER_ITEMS_REMINDER,
)
from ..products.product_resolver import reference_of
from .delivery_stage import DeliveryStage
from .order_cancellation import CANCELLED
from .order_importer import NO_TRACKING_CONTEXT
from .order_products import OrderProducts
from .order_shipped_elsewhere import ELSEWHERE
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
    prepare_sale_lines,
    select_known_items,
    unlocked,
    update_amounts,
)

# What is in a parcel and where it goes; the rest changes while it is packed.
OF_THE_PARCEL = {ADDRESS, ITEMS, GIFT}


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - CHANGES === #

    def _apply_changes(self, order, products, run, is_confirmed=False):
        """Bring what changed on Amazon to the sale order that was created before.

        :param is_confirmed: whether a person said that what is packed may follow
        """
        self._complete_address(order, run)
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
        self._set_changes_to_confirm(waiting, run)
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
        notes = []
        if ADDRESS in changes:
            notes += self._apply_address(restore_address(order, now), stage, run)
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

    def _set_changes_to_confirm(self, waiting, run):
        """Stop the delivery until a person confirms these parts; an empty set: go on.

        :param waiting: set of parts, ``ELSEWHERE`` among them
        """
        names = ",".join(sorted(waiting)) or False
        if names == self.changes_to_confirm:
            return
        self.changes_to_confirm = names
        if names:
            sentence = self._get_change_reason()
            self.sale_order_id.message_post(body=sentence)
            run._warn(sentence, self)

    def _get_change_reason(self):
        """Return what waits for a person, and what to do, as one sentence or more."""
        _ = self.env._
        parts = (self.changes_to_confirm or "").split(",")
        names = {
            ADDRESS: _("the delivery address"),
            ITEMS: _("the items or quantities"),
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

    def _get_stop_reasons(self):
        reasons = super()._get_stop_reasons()
        if reason := self._get_change_reason():
            reasons.append(reason)
        return reasons

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
        if stage.is_shipped:
            self._remind_responsible(
                ORDER_ADDRESS_REMINDER,
                self._get_address_reason(bool(stage.open_moves)),
                run,
            )
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
            self._update_sale_lines(order, products, run)
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
                "was made. Delete the draft, and make the invoice anew.",
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
            units = line._get_units_shipped_by_odoo()
            rest = units if is_other else units - wanted["quantity"]
            if stage.get_shipped_units(line) > 0 and rest > 0:
                too_many.append(f"{rest:g} x {former['reference']}")
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

    def _update_sale_lines(self, order, products, run):
        """Make the lines of the sale order what Amazon says now.

        A line that is not wanted any more stays, with nothing in it: Odoo keeps the
        lines of a confirmed order. What a person added is left alone, and so is the
        money where it is invoiced, or Amazon does not show it any more.
        """
        sale = self.sale_order_id.with_context(**NO_TRACKING_CONTEXT)
        with unlocked(sale):
            self._update_item_lines(sale, order, products)
        is_shown = order.order_charges or any(item.charges for item in order.items)
        if is_shown and not DeliveryStage(sale).is_invoiced:
            update_amounts(self, order, products, sale, run)

    def _update_item_lines(self, sale, order, products):
        """Change, add and empty the lines of items."""
        items = {item.item_id: item for item in order.items}
        for line in sale.order_line.filtered("amazon_item_ref"):
            item = items.pop(line.amazon_item_ref, None)
            if not item or _is_same_product(line, item, products):
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


class ChatterNotes:
    """What is said while a person waits: on the sale order, there is no job's run."""

    def __init__(self, sale):
        self._sale = sale

    def _warn(self, sentence, _record=None):
        self._sale.message_post(body=sentence)

    def _count(self, **_counts):
        """Only runs are counted."""


def _is_same_product(line, item, products):
    """Whether the product of a sale order line is that of an item."""
    if product := products.get_product(item):
        return product == line.product_id
    # Archived since, or one of several with the reference.
    return line.product_id.default_code == reference_of(item)


def _set_delivery_partner(sale, partner):
    """Set the delivery address without Odoo's activity, which would name both."""
    closed = sale.picking_ids.filtered(lambda one: one.state in ("done", "cancel"))
    former = {picking: picking.partner_id for picking in closed}
    sale.with_context(update_delivery_shipping_partner=True).write(
        {"partner_shipping_id": partner.id}
    )
    for picking, one in former.items():
        picking.partner_id = one
