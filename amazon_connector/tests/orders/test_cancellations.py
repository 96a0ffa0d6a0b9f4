"""Orders that Amazon cancels, and what is on its way then."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..builders import ago
from ..changes_common import ChangesCommon

CANCELLED = {"status": "CANCELLED"}


@tagged("post_install", "-at_install")
class TestCancellations(ChangesCommon):
    def reserved(self, product):
        quants = product.stock_quant_ids.filtered(
            lambda quant: quant.location_id.usage == "internal"
        )
        return sum(quants.mapped("reserved_quantity"))

    def test_nothing_of_it_is_confirmed_to_amazon(self):
        number, sale = self.bring()
        self.ship(sale)
        self.change(number, **CANCELLED)
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        shipment = self.env["amazon.shipment"].search([])
        self.assertEqual(shipment.state, "not_needed")
        self.assertIn("takes no confirmation", shipment.error)
        shipment.action_send_now()
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))

    def test_a_shipment_that_waits_is_looked_at_again_right_before_it_leaves(self):
        number, sale = self.bring()
        self.ship(sale)
        job_type = self.env["amazon.job.type.send_shipments"]
        started = type(job_type)._start_run

        def cancel_meanwhile(records, job, run):
            started(records, job, run)
            row = records.env["amazon.order"].browse(self.order(number).id)
            row.status = "cancelled"

        self.patch(type(job_type), "_start_run", cancel_meanwhile)
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))

    def test_what_is_on_its_shelf_is_free_at_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        number, sale = self.bring()
        pick = sale.picking_ids
        for move in pick.move_ids:
            move.quantity = 3 if move.product_id == self.mug else 0
            move.picked = move.product_id == self.mug
        pick.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.reserved(self.pen), 1)
        self.change(number, **CANCELLED)
        self.assertFalse(self.reserved(self.pen))
        self.assertEqual(self.reserved(self.mug), 3, "it was taken from its shelf")
        self.assertEqual(sale.state, "sale")

    def test_a_person_who_cancels_the_delivery_cancels_the_order(self):
        number, sale = self.bring_picked_in_two_steps()
        self.change(number, **CANCELLED)
        self.assertEqual(sale.state, "sale")
        self.open_pickings(sale).action_cancel()
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(sale.activity_ids)
        self.assertFalse(self.order(number).changes_to_confirm)

    def test_goods_that_are_back_on_their_shelf_cancel_the_order(self):
        number, sale = self.bring_picked()
        self.change(number, **CANCELLED)
        sale.picking_ids.move_ids.picked = False
        self.download()
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(sale.activity_ids)

    def test_a_cancellation_that_is_taken_back(self):
        number, sale = self.bring_picked()
        self.change(number, **CANCELLED)
        self.change(number)
        self.assertEqual(self.order(number).state, "imported")
        self.assertFalse(sale.picking_ids.amazon_stop_reason)
        self.assertFalse(sale.activity_ids)
        self.validate(sale.picking_ids)

    def test_the_packed_rest_of_a_partly_shipped_order(self):
        number, sale = self.bring_partly()
        rest = self.open_pickings(sale)
        rest.move_ids.picked = True
        self.change(number, **CANCELLED)
        self.assertEqual(rest.state, "assigned")
        with self.assertRaisesRegex(UserError, "Amazon cancelled"):
            rest.button_validate()
        rest.action_confirm_amazon_change()
        self.assertEqual(rest.state, "cancel")
        self.assertEqual(sale.state, "sale")
        self.assertIn("1 x MUG", sale.activity_ids.note)
        self.give_back(sale.picking_ids.filtered(lambda one: one.state == "done"))
        self.assertFalse(sale.activity_ids)

    def test_a_draft_invoice_goes_a_posted_one_is_told_of(self):
        (self.mug | self.pen).invoice_policy = "order"
        number, sale = self.bring()
        draft = sale._create_invoices()
        self.change(number, **CANCELLED)
        self.assertEqual(draft.state, "cancel")
        self.assertFalse(sale.activity_ids)
        number, sale = self.bring()
        self.invoice(sale)
        self.change(number, **CANCELLED)
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(self.reminders(sale), ["invoice"])
        self.assertIn("credit note", sale.activity_ids.note)

    def test_what_was_marked_as_done_is_not_asked_again(self):
        number, sale = self.bring_shipped()
        self.change(number, **CANCELLED)
        sale.activity_ids.action_feedback()
        self.fake.add(self.build(number, updated=ago(days=1), **CANCELLED))
        self.download()
        self.assertFalse(sale.activity_ids)

    def test_nobody_reads_who_the_buyer_is(self):
        for stage in ("shipped", "picked", "partly"):
            number, sale = getattr(self, f"bring_{stage}")()
            messages = sale.message_ids
            self.change(number, address={"addressLine1": "9 New Road"}, mugs=2)
            self.change(number, **CANCELLED)
            texts = sale.activity_ids.mapped("note")
            texts += (sale.message_ids - messages).mapped("body")
            texts += self.env["amazon.history.line"].search([]).mapped("message")
            self.assertTrue(texts)
            for needle in ("Beispiel", "Road", "berta", "62701"):
                self.assertNotIn(needle, str(texts))

    def test_a_request_that_was_carried_out_stops_nothing(self):
        number, sale = self.bring()
        self.change(number, cancel_requested=True)
        self.assertIn("asks to cancel", sale.picking_ids.amazon_stop_reason)
        self.change(number, cancel_requested=True, mugs=0)
        self.assertFalse(self.open_pickings(sale).amazon_stop_reason)
        self.assertNotIn("withdrawn", str(sale.message_ids.mapped("body")))
        self.assertEqual(self.open_quantities(sale), {"PEN": 1})

    def test_a_request_for_what_was_shipped_does_not_keep_the_rest_back(self):
        number, sale = self.bring()
        self.ship(sale, quantities={"MUG": 3, "PEN": 0})
        self.send()
        self.change(number, cancel_requested=True, status="PARTIALLY_SHIPPED")
        self.assertFalse(self.open_pickings(sale).amazon_stop_reason)

    def test_a_cancellation_that_is_taken_back_reserves_again(self):
        number, sale = self.bring()
        mugs = sale.picking_ids.move_ids.filtered(
            lambda move: move.product_id == self.mug
        )
        mugs.picked = True
        self.change(number, **CANCELLED)
        pens = sale.picking_ids.move_ids - mugs
        self.assertFalse(pens.quantity)
        self.change(number)
        self.assertEqual(pens.quantity, 1)
        self.assertEqual(sale.picking_ids.state, "assigned")

    def test_a_pick_that_was_put_back_cancels_the_order(self):
        number, sale = self.bring_picked_in_two_steps()
        self.give_back(sale.picking_ids.filtered(lambda one: one.state == "done"))
        self.change(number, **CANCELLED)
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(sale.activity_ids)
