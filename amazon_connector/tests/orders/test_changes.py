"""The table of docs/behaviour.md: Amazon's change, the stage of the delivery, what
happens. Each row is a test, each cell one order.
"""

from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from ...models.orders.order_changes import ChatterNotes
from ..builders import ago, ahead, build_item, build_order, moment
from ..changes_common import CHANGES, MUGS, PENS, ChangesCommon, ReadyOrderCommon

NOTHING_PACKED = {
    "address": "applied",
    "withheld data": "nothing",
    "quantity": "applied",
    "item cancelled": "applied",
    "SKU": "applied",
    "price": "applied",
    "gift message": "applied",
    "ship-by": "applied",
    "cancel request": "stopped until Ship Anyway",
    "cancelled": "cancelled",
    "shipped elsewhere": "nothing left to deliver",
    "partly elsewhere": "the rest is delivered",
    "replaced": "nothing",
}
PACKED = NOTHING_PACKED | {
    "address": "stopped until confirmed",
    "quantity": "stopped until confirmed",
    "item cancelled": "stopped until confirmed",
    "SKU": "stopped until confirmed",
    "gift message": "stopped until confirmed",
    "cancelled": "stopped until put back",
    "shipped elsewhere": "stopped until confirmed",
    "partly elsewhere": "stopped until confirmed",
}
SHIPPED = {
    "address": "asks to redirect",
    "withheld data": "nothing",
    "quantity": "asks for the return of a part",
    "item cancelled": "asks for the return of a part",
    "SKU": "asks for the return of a part",
    "price": "applied",
    "gift message": "applied",
    "ship-by": "applied",
    "cancel request": "asks to answer the buyer",
    "cancelled": "asks for the return",
    "shipped elsewhere": "nothing",
    "partly elsewhere": "nothing",
    "replaced": "nothing",
}
NOT_SHIPPED_BY_ODOO = dict.fromkeys(CHANGES, "nothing")

#: What happens, by stage and change.
TABLE = {
    "new": dict.fromkeys(CHANGES, "comes in as it is now")
    | {
        "cancelled": "does not come in",
        "shipped elsewhere": "does not come in",
        "withheld data": "comes in and waits for the address",
    },
    "quotation": NOTHING_PACKED | {"cancel request": "stopped when confirmed"},
    "confirmed": NOTHING_PACKED,
    "waiting": NOTHING_PACKED,
    "reserved": NOTHING_PACKED,
    "picked": PACKED,
    "packed": PACKED,
    "picked_in_two_steps": PACKED,
    "picked_in_three_steps": PACKED,
    "packed_in_three_steps": PACKED,
    "partly": NOTHING_PACKED
    | {
        "address": "applied to the rest, asks to redirect",
        "cancelled": "rest cancelled, asks for the return",
    },
    "shipped": SHIPPED,
    "invoiced": SHIPPED
    | {
        "quantity": "asks for return and credit note",
        "item cancelled": "asks for return and credit note",
        "price": "asks for a credit note",
        "cancelled": "asks for the return and a credit note",
    },
    "cancelled": NOT_SHIPPED_BY_ODOO,
    "deleted": NOT_SHIPPED_BY_ODOO,
}


@dataclass
class Cell:
    """An order of a row, as it was before it changed on Amazon.

    :ivar document: as Amazon shows it
    :ivar before: what ``TestChanges.snapshot`` says
    """

    change: str
    number: str
    sale: Any
    document: dict
    before: dict
    messages: Any


@tagged("post_install", "-at_install")
class TestChanges(ChangesCommon):
    # === THE ROWS === #

    def check_row(self, stage):
        self.assertEqual(list(TABLE[stage]), list(CHANGES))
        self.orders_at_once = len(CHANGES)
        self.stage = stage
        cells = [self.bring_cell(stage, change) for change in CHANGES]
        # All at once, which is quicker; what follows is looked at one by one.
        self.fake.documents.clear()
        for cell in cells:
            self.fake.add(cell.document)
        replacements = []
        for cell in cells:
            if cell.change == "replaced":
                replacements.append(self.build_replacement(cell.number))
            else:
                cell.document = self.build(
                    cell.number, updated=ago(days=2), **CHANGES[cell.change]
                )
        self.fake.add(*(cell.document for cell in cells), *replacements)
        self.download()
        self.assert_replaced(replacements)
        for cell in cells:
            outcome = TABLE[stage][cell.change]
            with self.subTest(stage=stage, change=cell.change, outcome=outcome):
                self.check_cell(cell, outcome)

    def bring_cell(self, stage, change):
        number, sale = getattr(self, f"bring_{stage}")()
        document = self.fake.documents[number]
        return Cell(
            change, number, sale, document, self.snapshot(sale), sale.message_ids
        )

    def check_cell(self, cell, outcome):
        self.number, self.sale = cell.number, cell.sale
        self.before, self.messages = cell.before, cell.messages
        # Each order is looked at alone, and at Amazon's full quota.
        self.fake.documents.clear()
        self.fake.add(cell.document)
        self.env["amazon.quota"].search([]).unlink()
        name = outcome.lower()
        for character in ", ":
            name = name.replace(character, "_")
        getattr(self, f"check_{name.replace('__', '_')}")(cell.change)
        if cell.sale.exists():
            self.assertNotIn("other", self.reminders(cell.sale))

    def test_quotation(self):
        self.check_row("quotation")

    def test_confirmed(self):
        self.check_row("confirmed")

    def test_waiting(self):
        self.check_row("waiting")

    def test_reserved(self):
        self.check_row("reserved")

    def test_picked(self):
        self.check_row("picked")

    def test_packed(self):
        self.check_row("packed")

    def test_picked_in_two_steps(self):
        self.check_row("picked_in_two_steps")

    def test_picked_in_three_steps(self):
        self.check_row("picked_in_three_steps")

    def test_packed_in_three_steps(self):
        self.check_row("packed_in_three_steps")

    def test_partly(self):
        self.check_row("partly")

    def test_shipped(self):
        self.check_row("shipped")

    def test_invoiced(self):
        self.check_row("invoiced")

    def test_cancelled(self):
        self.check_row("cancelled")

    def test_deleted(self):
        self.check_row("deleted")

    def test_new(self):
        """The order is in the inbox, and changes before a sale order is made of it."""
        for change, outcome in TABLE["new"].items():
            with self.subTest(change=change, outcome=outcome):
                number = f"111-0000009-{next(self.numbers):07}"
                self.fake.documents.clear()
                self.env["amazon.quota"].search([]).unlink()
                run = self.env["amazon.history"].create(
                    {
                        "connection_id": self.connection.id,
                        "kind": "download_orders",
                        "reason": "schedule",
                    }
                )
                changed = self.build(number, updated=ago(days=2), **CHANGES[change])
                for document in (self.build(number), changed):
                    self.env["amazon.order"]._store_documents(
                        self.connection, [document], run
                    )
                self.assertEqual(self.order(number).state, "new")
                self.fake.add(changed)
                replacements = []
                if change == "replaced":
                    replacements.append(self.build_replacement(number))
                self.fake.add(*replacements)
                self.download()
                self.assert_replaced(replacements)
                row = self.order(number)
                sale = self.sale = row.sale_order_id
                if outcome == "comes in as it is now":
                    self.assertEqual(sale.state, "sale")
                    self.assertEqual(sale.amount_total, self.amazon_total(change))
                    if change == "cancel request":
                        self.assertTrue(sale.picking_ids.amazon_can_ship_anyway)
                    elif change == "partly elsewhere":
                        self.check_the_rest_is_delivered(change)
                    elif change != "replaced":
                        self.assert_shown(change)
                elif outcome == "comes in and waits for the address":
                    self.assertEqual(sale.state, "sale")
                    self.assertTrue(row.is_address_missing)
                    reason = sale.picking_ids.amazon_stop_reason
                    self.assertIn("does not show the delivery address", reason)
                else:
                    self.assertFalse(sale)

    # === WHAT HAPPENS === #

    def check_applied(self, change):
        self.assert_shown(change)
        self.assertFalse(self.sale.activity_ids)
        self.assertFalse(self.open_pickings(self.sale).filtered("amazon_stop_reason"))
        body = (self.sale.message_ids - self.messages).mapped("body")
        self.assertIn("Changed on Amazon", str(body))
        self.assertNotIn("New Road", str(body))
        self.assertEqual(self.sale.amount_total, self.amazon_total(change))
        self.assertEqual(self.order(self.number).state, "imported")

    def check_nothing(self, change):
        self.assertEqual(self.snapshot(self.sale), self.before)
        if not self.sale.exists():
            self.assertFalse(self.order(self.number).sale_order_id)
            return
        self.assertFalse(self.sale.activity_ids)
        self.assertEqual(self.sale.message_ids, self.messages)
        self.assertFalse(self.open_pickings(self.sale).filtered("amazon_stop_reason"))

    def check_stopped_until_confirmed(self, change):
        picking = self.open_pickings(self.sale)
        self.assertIn("Confirm Change", picking.amazon_stop_reason)
        self.assertEqual(self.sale.amazon_stop_reason, picking.amazon_stop_reason)
        self.assertTrue(picking.amazon_can_confirm_change)
        self.assertEqual(self.snapshot(self.sale), self.before)
        self.assertFalse(self.sale.activity_ids)
        with self.assertRaisesRegex(UserError, "Confirm Change"):
            picking.button_validate()
        # Nothing differs for the next run.
        self.download()
        self.assertFalse(self.last_run().warned)
        picking.action_confirm_amazon_change()
        self.env.invalidate_all()
        if "elsewhere" in change:
            self.assert_delivered_elsewhere(change)
        else:
            self.assert_shown(change)
            self.assertEqual(self.sale.amount_total, self.amazon_total(change))
        left = self.open_pickings(self.sale)
        self.assertFalse(left.filtered("amazon_stop_reason"))
        for _step in range(3):
            for picking in self.open_pickings(self.sale):
                self.validate(picking)
        self.assertFalse(self.open_pickings(self.sale))
        if change == "quantity":
            gone = self.line(self.sale, MUGS).qty_delivered
            self.assertEqual(gone, 2)

    def check_stopped_until_ship_anyway(self, change):
        picking = self.open_pickings(self.sale)
        self.assertIn("asks to cancel", picking.amazon_stop_reason)
        self.assertIn("asks to cancel", self.sale.amazon_stop_reason)
        with self.assertRaisesRegex(UserError, "asks to cancel"):
            picking._action_done()
        self.download()
        self.assertTrue(picking.amazon_can_ship_anyway, "kept until answered")
        picking.action_ship_amazon_anyway()
        self.assertFalse(picking.amazon_stop_reason)
        # Withdrawn, and asked for again.
        self.change(self.number)
        self.assertFalse(picking.amazon_stop_reason)
        self.change(self.number, cancel_requested=True)
        self.assertTrue(picking.amazon_stop_reason)

    def check_stopped_when_confirmed(self, change):
        self.sale.action_confirm()
        picking = self.open_pickings(self.sale)
        self.assertIn("asks to cancel", picking.amazon_stop_reason)

    def check_cancelled(self, change):
        self.assertEqual(self.sale.state, "cancel")
        self.assertEqual(set(self.sale.picking_ids.mapped("state")), {"cancel"})
        self.assertFalse(self.reserved(self.sale))
        self.assertFalse(self.reminders(self.sale))

    def check_stopped_until_put_back(self, change):
        picking = self.open_pickings(self.sale)
        self.assertEqual(self.sale.state, "sale")
        self.assertIn("Amazon cancelled", picking.amazon_stop_reason)
        self.assertEqual(self.reminders(self.sale), ["cancelled"])
        with self.assertRaisesRegex(UserError, "Amazon cancelled"):
            picking.button_validate()
        self.download()
        self.assertEqual(self.reminders(self.sale), ["cancelled"])
        picking.action_confirm_amazon_change()
        self.assertEqual(self.sale.state, "cancel")
        self.assertEqual(picking.state, "cancel")
        self.assertFalse(self.reserved(self.sale))
        self.assertFalse(self.sale.activity_ids)

    def check_nothing_left_to_deliver(self, change):
        self.assert_delivered_elsewhere(change)

    def check_the_rest_is_delivered(self, change):
        self.assert_delivered_elsewhere(change)

    def check_asks_to_redirect(self, change):
        self.assertEqual(self.reminders(self.sale), ["address"])
        self.assertEqual(self.snapshot(self.sale), self.before)
        self.assertNotIn("New Road", self.sale.activity_ids.note)
        self.change(self.number)
        self.assertFalse(self.sale.activity_ids, "taken back")
        self.change(self.number, **CHANGES[change])
        self.assertEqual(self.reminders(self.sale), ["address"])
        self.give_back(self.sale.picking_ids)
        self.assertFalse(self.sale.activity_ids, "back in the warehouse")

    def check_applied_to_the_rest_asks_to_redirect(self, change):
        self.assertEqual(self.reminders(self.sale), ["address"])
        self.assert_shown(change)
        done = self.sale.picking_ids.filtered(lambda one: one.state == "done")
        self.assertEqual(done.partner_id.street, "1 Example Road")
        self.change(self.number)
        self.assertFalse(self.sale.activity_ids, "taken back")
        self.assertEqual(self.sale.partner_shipping_id.street, "1 Example Road")
        self.change(self.number, **CHANGES[change])
        self.assertEqual(self.reminders(self.sale), ["address"])
        self.give_back(done)
        self.assertFalse(self.sale.activity_ids, "back in the warehouse")

    def check_asks_for_the_return_of_a_part(self, change):
        self.assertEqual(self.reminders(self.sale), ["items"])
        wanted = "1 x PEN" if change in ("item cancelled", "SKU") else "1 x MUG"
        self.assertIn(wanted, self.sale.activity_ids.note)
        self.assertFalse(self.open_pickings(self.sale))
        self.assertEqual(self.sale.amount_total, self.amazon_total(change))
        if change == "item cancelled":
            self.give_back(self.sale.picking_ids)
            self.assertFalse(self.sale.activity_ids)

    def check_asks_for_return_and_credit_note(self, change):
        self.assertEqual(self.reminders(self.sale), ["invoice", "items"])

    def check_asks_for_a_credit_note(self, change):
        self.assertEqual(self.reminders(self.sale), ["invoice"])
        self.assertEqual(self.snapshot(self.sale), self.before)

    def check_asks_to_answer_the_buyer(self, change):
        self.assertEqual(self.reminders(self.sale), ["request"])
        self.change(self.number)
        self.assertFalse(self.sale.activity_ids, "withdrawn")

    def check_asks_for_the_return(self, change):
        self.assertEqual(self.reminders(self.sale), ["cancelled"])
        self.assertIn("3 x MUG, 1 x PEN", self.sale.activity_ids.note)
        self.give_back(self.sale.picking_ids)
        self.assertFalse(self.sale.activity_ids)

    def check_rest_cancelled_asks_for_the_return(self, change):
        self.assertEqual(self.reminders(self.sale), ["cancelled"])
        self.assertIn("1 x MUG.", self.sale.activity_ids.note)
        self.assertFalse(self.open_pickings(self.sale))
        self.assertFalse(self.reserved(self.sale))

    def check_asks_for_the_return_and_a_credit_note(self, change):
        self.assertEqual(self.reminders(self.sale), ["cancelled", "invoice"])
        self.assertEqual(self.sale.invoice_ids.state, "posted")
        wizard = (
            self.env["account.move.reversal"]
            .with_context(
                active_model="account.move", active_ids=self.sale.invoice_ids.ids
            )
            .create({"journal_id": self.sale.invoice_ids.journal_id.id})
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self.assertEqual(self.reminders(self.sale), ["cancelled"])

    # === HELPERS === #

    def build_replacement(self, number):
        """Return the document of an order that replaces another one."""
        other = f"111-0000009-{next(self.numbers):07}"
        return build_order(other, [build_item("7", price="0.00")], replaces=number)

    def assert_replaced(self, replacements):
        """The orders that replace others came in."""
        for document in replacements:
            sale = self.order(document["orderId"]).sale_order_id
            self.assertEqual(sale.state, "sale")

    def amazon_total(self, change):
        return {
            "quantity": 25,
            "item cancelled": 30,
            "price": 31,
        }.get(change, 35)

    def snapshot(self, sale):
        """Return what the sale order and its deliveries say."""
        if not sale.exists():
            return None
        return {
            "state": sale.state,
            "address": sale.partner_shipping_id.street,
            "total": sale.amount_total,
            "lines": [
                (line.name, line.product_id.id, line.product_uom_qty, line.price_unit)
                for line in sale.order_line
            ],
            "open": self.open_quantities(sale),
            "to": self.open_pickings(sale).partner_id.mapped("street"),
        }

    def reserved(self, sale):
        return sum(
            line.quantity
            for line in sale.picking_ids.move_line_ids
            if line.state not in ("done", "cancel")
        )

    def assert_shown(self, change):
        """Sale order and open deliveries are what Amazon says."""
        sale = self.sale
        pickings = self.open_pickings(sale)
        if change == "address":
            self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
            self.assertEqual(
                set(pickings.partner_id.mapped("street")) or {"9 New Road"},
                {"9 New Road"},
            )
        elif change == "quantity":
            self.assertEqual(self.line(sale, MUGS).product_uom_qty, 2)
            self.assert_open({"MUG": 2, "PEN": 1})
        elif change == "item cancelled":
            self.assertFalse(self.line(sale, PENS).product_uom_qty)
            self.assert_open({"MUG": 3})
        elif change == "SKU":
            self.assertEqual(self.line(sale, PENS).product_id, self.lamp)
            self.assert_open({"MUG": 3, "LAMP": 1})
        elif change == "gift message":
            notes = sale.order_line.filtered("display_type").mapped("name")
            self.assertEqual(notes, ["Gift message: Good luck"])
        elif change == "ship-by":
            due = moment(ahead(days=5))
            self.assertEqual(sale.commitment_date, due)
            for picking in pickings:
                self.assertEqual(picking.date_deadline, due)
                self.assertEqual(picking.scheduled_date.date(), due.date())

    def assert_open(self, wanted):
        """What is to be delivered, less what left, is there."""
        if self.sale.state != "sale":
            return
        left = {
            line.product_id.default_code: line.qty_delivered
            for line in self.sale.order_line
        }
        wanted = {
            sku: units - left.get(sku, 0)
            for sku, units in wanted.items()
            if units > left.get(sku, 0)
        }
        self.assertEqual(self.open_quantities(self.sale), wanted)

    def assert_delivered_elsewhere(self, change):
        sale = self.sale
        mugs, pens = self.line(sale, MUGS), self.line(sale, PENS)
        if change == "shipped elsewhere":
            self.assertFalse(self.open_pickings(sale))
            self.assertEqual((mugs.qty_delivered, pens.qty_delivered), (3, 1))
        else:
            self.assertEqual(mugs.amazon_qty_shipped_elsewhere, 1)
            self.assert_open({"MUG": 3, "PEN": 1})
        self.assertFalse(sale.activity_ids)
        self.assertEqual(sale.amount_total, 35)


@tagged("post_install", "-at_install")
class TestReflecting(ReadyOrderCommon):
    def test_another_way_to_write_the_address_is_no_change(self):
        number, sale = self.bring()
        messages = sale.message_ids
        self.change(
            number,
            address={
                "name": "BERTA BEISPIEL",
                "addressLine1": "1, Example  Road.",
                "phone": "+1 (555) 0100",
            },
        )
        self.assertEqual(sale.message_ids, messages)
        self.assertFalse(self.last_run().warned)

    def test_another_recipient_at_the_same_address(self):
        """The name alone changes: the parcel goes to who is named now."""
        number, sale = self.bring_ready()
        self.change(number, address={"name": "Otto Muster"})
        recipient = sale.partner_shipping_id
        self.assertEqual(recipient.name, "Otto Muster")
        self.assertEqual(recipient.street, "1 Example Road")
        self.assertEqual(self.open_pickings(sale).partner_id, recipient)
        self.assertIn("address", html2plaintext(sale.message_ids[0].body))
        self.change(number, address={"name": "Otto Muster"})
        self.assertFalse(self.last_run().warned)
        self.assertEqual(sale.partner_shipping_id, recipient)

    def test_another_recipient_of_a_packed_parcel_stops_it(self):
        number, sale = self.bring_packed()
        self.change(number, address={"name": "Otto Muster"})
        picking = self.open_pickings(sale)
        self.assertIn("Confirm Change", picking.amazon_stop_reason)
        self.assertEqual(picking.partner_id.name, "Berta Beispiel")
        picking.action_confirm_amazon_change()
        self.assertFalse(picking.amazon_stop_reason)
        self.assertEqual(picking.partner_id.name, "Otto Muster")

    def test_each_value_may_be_withheld(self):
        number, sale = self.bring_ready()
        messages = sale.message_ids
        for key in ("phone", "name", "addressLine1", "city", "postalCode"):
            document = self.build(number, updated=ago(days=2))
            document["recipient"]["deliveryAddress"].pop(key)
            self.fake.add(document)
            self.download()
            self.assertEqual(sale.message_ids, messages, key)
        self.change(number)
        self.assertEqual(sale.message_ids, messages, "shown again")

    def test_a_withheld_value_is_kept_when_another_changes(self):
        number, sale = self.bring_ready()
        document = self.build(number, address={"addressLine1": "9 New Road"})
        document["recipient"]["deliveryAddress"].pop("phone")
        document["lastUpdatedTime"] = ago(days=2)
        self.fake.add(document)
        self.download()
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
        self.assertEqual(sale.partner_shipping_id.phone, "+1 555 0100")

    def test_a_change_is_repeated_until_it_is_reflected(self):
        number, sale = self.bring_ready()
        broken = self.patch_once("_apply_address")
        self.change(number, **CHANGES["address"])
        self.assertEqual(broken.call_count, 1)
        row = self.order(number)
        self.assertEqual(row.state, "failed")
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")
        row.action_retry()
        self.download()
        self.assertEqual(row.state, "imported")
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")

    def patch_once(self, name):
        """Have a method of the order fail in the next run."""
        model = self.env.registry["amazon.order"]
        original = getattr(model, name)
        failures = [UserError("Not now.")]

        def fail_at_first(records, *args):
            if failures:
                raise failures.pop()
            return original(records, *args)

        patcher = patch.object(model, name, autospec=True, side_effect=fail_at_first)
        mock = patcher.start()
        self.addCleanup(patcher.stop)
        return mock

    def test_one_subject_is_one_activity(self):
        number, sale = self.bring_shipped()
        for street in ("9 New Road", "8 New Road", "7 New Road"):
            self.change(number, address={"addressLine1": street})
        self.assertEqual(self.reminders(sale), ["address"])

    def test_a_parcel_at_another_address_is_still_asked_to_be_redirected(self):
        number, sale = self.bring_partly()
        (first,) = sale.picking_ids.filtered(lambda one: one.state == "done")
        self.change(number, **CHANGES["address"])
        self.ship(sale)
        self.send()
        self.change(number)
        self.assertEqual(self.reminders(sale), ["address"], "the second parcel")
        self.give_back(first)
        self.assertEqual(self.reminders(sale), ["address"], "it is not back")
        self.give_back(
            sale.picking_ids.filtered(
                lambda one: one.partner_id.street == "9 New Road" and one != first
            )
        )
        self.assertFalse(sale.activity_ids)

    def test_what_came_back_needs_no_address_to_be_settled(self):
        number, sale = self.bring_shipped()
        self.change(number, **CHANGES["address"])
        self.change(number, **CHANGES["withheld data"])
        self.order(number).sudo().document_encrypted = "unreadable"
        self.give_back(sale.picking_ids)
        self.assertFalse(sale.activity_ids)

    def test_what_was_imported_before_counts_as_right(self):
        number, sale = self.bring_ready()
        row = self.order(number).sudo()
        row.reflected_encrypted = False
        self.change(number, **CHANGES["address"])
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
        messages = sale.message_ids
        # Not even the document is known to be shown.
        row.write({"reflected_encrypted": False, "to_process": True})
        self.change(number, **CHANGES["address"])
        self.assertEqual(sale.message_ids, messages)
        self.assertTrue(row.reflected_encrypted)

    def test_what_is_reflected_is_stored_encrypted(self):
        self.bring_ready()
        self.env.cr.execute("SELECT reflected_encrypted FROM amazon_order")
        self.assertNotIn("Beispiel", str(self.env.cr.fetchall()))

    def test_what_was_unpacked_follows_by_itself(self):
        number, sale = self.bring_picked()
        self.change(number, **CHANGES["quantity"])
        self.assertEqual(self.open_quantities(sale), {"MUG": 3, "PEN": 1})
        sale.picking_ids.move_ids.picked = False
        self.download()
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})
        self.assertFalse(sale.picking_ids.amazon_stop_reason)

    def test_a_change_that_is_taken_back_stops_nothing(self):
        number, sale = self.bring_picked()
        self.change(number, **CHANGES["address"])
        self.assertTrue(sale.picking_ids.amazon_stop_reason)
        self.change(number)
        self.assertFalse(sale.picking_ids.amazon_stop_reason)

    def test_ship_by_and_amounts_change_while_it_is_packed(self):
        number, sale = self.bring_packed()
        self.change(number, **CHANGES["ship-by"], **CHANGES["price"])
        self.assertFalse(sale.picking_ids.amazon_stop_reason)
        self.assertEqual(sale.picking_ids.date_deadline, moment(ahead(days=5)))
        self.assertEqual(sale.amount_total, 31)

    def test_a_line_more_is_delivered(self):
        number, sale = self.bring_ready()
        document = self.build(number, updated=ago(days=2))
        item = build_item("1003", "LAMP", 2, "7.00")
        document["orderItems"].append(item)
        document["proceeds"]["grandTotal"]["amount"] = "49.00"
        self.fake.add(document)
        self.download()
        self.assertEqual(sale.amount_total, 49)
        self.assertEqual(self.open_quantities(sale), {"MUG": 3, "PEN": 1, "LAMP": 2})
        self.assertEqual(sale.picking_ids.state, "assigned")

    def test_more_units_are_delivered(self):
        number, sale = self.bring_ready()
        self.change(number, mugs=5)
        self.assertEqual(self.open_quantities(sale), {"MUG": 5, "PEN": 1})
        self.assertEqual(sale.amount_total, 55)

    def test_an_unknown_sku_takes_the_old_product_off(self):
        number, sale = self.bring_ready()
        self.change(number, pen_sku="VASE")
        self.assertEqual(self.order(number).state, "partial")
        self.assertEqual(self.open_quantities(sale), {"MUG": 3})
        self._create_product("VASE")
        self.download()
        self.assertEqual(self.order(number).state, "imported")
        self.assertEqual(self.open_quantities(sale), {"MUG": 3, "VASE": 1})
        self.assertEqual(sale.amount_total, 35)

    def test_a_locked_order_follows(self):
        number, sale = self.bring_ready()
        sale.action_lock()
        self.change(number, **CHANGES["quantity"])
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})
        self.assertTrue(sale.locked)

    def test_an_invoice_that_was_posted_before_shipping_is_told_of(self):
        self.mug.invoice_policy = self.pen.invoice_policy = "order"
        number, sale = self.bring()
        self.invoice(sale)
        self.change(number, **CHANGES["quantity"])
        self.assertEqual(self.reminders(sale), ["invoice"])
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})

    def test_a_draft_of_other_amounts_is_told_of(self):
        self.mug.invoice_policy = self.pen.invoice_policy = "order"
        number, sale = self.bring()
        draft = sale._create_invoices()
        self.change(number, **CHANGES["price"])
        self.assertEqual(sale.amount_total, 31)
        self.assertEqual(self.reminders(sale), ["invoice"])
        draft.unlink()
        self.assertEqual(self.invoice(sale).amount_total, 31)
        self.assertFalse(sale.activity_ids)

    def test_only_who_works_in_the_warehouse_confirms(self):
        number, sale = self.bring_picked()
        self.change(number, **CHANGES["address"])
        seller = new_test_user(self.env, "seller", "sales_team.group_sale_salesman")
        packer = new_test_user(self.env, "packer", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            sale.with_user(seller).action_confirm_amazon_change()
        sale.picking_ids.with_user(packer).action_confirm_amazon_change()
        self.assertEqual(sale.picking_ids.partner_id.street, "9 New Road")

    def test_the_banner_names_units_and_follows_a_further_change(self):
        number, sale = self.bring_picked()
        self.change(number, mugs=2)
        self.assertIn("MUG 3 → 2", sale.picking_ids.amazon_stop_reason)
        self.fake.add(self.build(number, updated=ago(days=1), mugs=1))
        self.download()
        self.assertIn("MUG 3 → 1", sale.picking_ids.amazon_stop_reason)
        said = sale.message_ids.mapped("body")
        for units in ("3 → 2", "3 → 1"):
            self.assertEqual(sum(units in body for body in said), 1, units)
        self.assertTrue(self.last_run().warned)
        self.download()
        self.assertFalse(self.last_run().warned, "said once")

    def test_a_reminder_of_an_exchanged_item_stays_until_it_is_back(self):
        number, sale = self.bring_ready()
        self.ship(sale, quantities={"MUG": 0, "PEN": 1})
        self.send()
        self.change(number, pen_sku="LAMP")
        self.assertEqual(self.reminders(sale), ["items"])
        self.ship(sale)
        self.assertEqual(self.reminders(sale), ["items"])
        self.give_back(
            sale.picking_ids.filtered(lambda one: self.pen in one.move_ids.product_id)
        )
        self.assertEqual(self.reminders(sale), [])

    def test_a_sign_in_a_reference_is_no_markup(self):
        self.pen.default_code = "A<B"
        number, sale = self.bring(pen_sku="A<B")
        self.ship(sale)
        self.send()
        self.change(number, pen_sku="A<B", pens=0)
        self.assertIn("A<B", html2plaintext(sale.activity_ids.note))
        self.fake.add(self.build(number, updated=ago(days=1), pen_sku="A<B", pens=0))
        self.download()
        self.assertFalse(self.last_run().warned, "said once")

    def test_a_change_that_cannot_be_read_is_told_and_tried_again(self):
        number, sale = self.bring_ready()
        document = self.build(number, updated=ago(days=2), **CHANGES["cancelled"])
        document["proceeds"]["grandTotal"]["amount"] = "abc"
        self.fake.add(document)
        self.download()
        row = self.order(number)
        self.assertEqual(row.state, "failed")
        self.assertIn("grandTotal", row.error)
        self.assertEqual(self.reminders(sale), ["unreadable"])
        self.assertIn("cannot be understood", sale.activity_ids.note)
        row.action_retry()
        self.download()
        self.assertEqual(row.state, "failed", "it is the changed document")
        self.assertEqual(len(sale.activity_ids), 1)
        self.fake.add(self.build(number, updated=ago(days=1), **CHANGES["cancelled"]))
        self.download()
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(sale.activity_ids)

    def test_a_change_that_can_be_read_at_last_ends_the_reminder(self):
        number, sale = self.bring_ready()
        document = self.build(number, updated=ago(days=2), **CHANGES["address"])
        amount = document["proceeds"]["grandTotal"]["amount"]
        for wrong in ("abc", "1e30"):
            document["proceeds"]["grandTotal"]["amount"] = wrong
            self.fake.add(document)
            self.download()
            self.assertEqual(self.reminders(sale), ["unreadable"])
        document["proceeds"]["grandTotal"]["amount"] = amount
        self.download()
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
        self.assertFalse(sale.activity_ids)

    def test_who_marked_an_unreadable_change_as_done_is_not_asked_again(self):
        number, sale = self.bring_ready()
        document = self.build(number, updated=ago(days=2))
        document["proceeds"]["grandTotal"]["amount"] = "abc"
        self.fake.add(document)
        self.download()
        sale.activity_ids.action_done()
        self.order(number).action_retry()
        self.download()
        self.assertEqual(self.order(number).state, "failed")
        self.assertFalse(sale.activity_ids)

    def test_a_deleted_sale_order_is_not_made_anew_after_a_failure(self):
        number, _sale = self.bring_deleted()
        document = self.build(number, updated=ago(days=2))
        document["proceeds"]["grandTotal"]["amount"] = "abc"
        self.fake.add(document)
        self.download()
        self.assertEqual(self.order(number).state, "failed")
        self.fake.add(self.build(number, updated=ago(days=1)))
        self.download()
        self.assertFalse(self.order(number).sale_order_id)

    def test_who_posts_an_invoice_needs_no_key(self):
        number, sale = self.bring_invoiced()
        self.change(number, **CHANGES["price"])
        self.assertEqual(self.reminders(sale), ["invoice"])
        self.order(number).sudo().document_encrypted = "unreadable"
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=sale.invoice_ids.ids
        )
        reversal = wizard.create({"journal_id": sale.invoice_ids.journal_id.id})
        reversal.reverse_moves()
        credit = sale.invoice_ids.filtered(lambda move: move.state == "draft")
        credit.action_post()
        self.assertEqual(self.reminders(sale), ["invoice"])

    def test_a_product_that_was_put_in_besides_costs_nothing(self):
        _number, sale = self.bring_ready()
        total = sale.amount_total
        picking = sale.picking_ids
        self.lamp.invoice_policy = "delivery"
        self.env["stock.move"].create(
            {
                "product_id": self.lamp.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        self.ship(sale)
        self.assertIn(self.lamp, sale.order_line.product_id)
        self.assertEqual(sale.amount_total, total)

    def test_who_confirms_a_change_reads_what_a_run_would_note(self):
        _number, sale = self.bring_ready()
        storefront = self.connection.storefront_ids[0]
        storefront._say_once("The company has no taxes.", ChatterNotes(sale)._note)
        self.assertIn("no taxes", str(sale.message_ids.mapped("body")))
