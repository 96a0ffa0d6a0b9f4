"""Orders that come in with what is known of them, and gain the rest."""

from odoo.tests import tagged

from ..builders import ago, build_item, build_order
from ..unknown_products_common import (
    LATER,
    UnknownProductsCommon,
)


@tagged("post_install", "-at_install")
class TestPartial(UnknownProductsCommon):
    choice = "partial"

    def import_partial(self, **more):
        """MUG is known, LAMP is not."""
        return self.import_order(
            items=[
                build_item("1", quantity=2, shipping="4.99", discount="-1.50"),
                build_item("2", "LAMP", price="19.99", quantity=3, shipping="2.01"),
            ],
            **more,
        )

    def test_the_known_lines_come_in_with_what_goes_with_them(self):
        sale = self.import_partial()
        self.assertEqual(self.order().state, "partial")
        self.assertIn("LAMP", self.order().error)
        self.assertEqual((sale.state, self.refs(sale)), ("sale", ["MUG"]))
        self.assertEqual(sale.amount_total, 23.49)
        self.assertFalse(self.adjustments(sale))
        self.assertEqual(sale.picking_ids.move_ids.product_id, self.mug)
        self.assertEqual(self.last_run().warned, 1)
        self.assertEqual(self.last_run().line_ids.res_id, self.order().id)
        self.assertIn("1 imported, 1 of them partial", self.connection.import_summary)

    def test_it_is_said_once(self):
        self.import_partial()
        self.download()
        self.assertEqual(self.last_run().outcome, "nothing")
        self.import_partial(updated=LATER)
        self.assertFalse(self.last_run().warned)
        self.assertEqual(self.order().state, "partial")

    def test_an_order_of_which_nothing_is_known_is_held(self):
        self.assertFalse(self.import_order(items=[build_item(sku="LAMP")]))
        self.assertEqual(self.order().state, "held")

    def test_an_order_with_a_double_reference_is_held(self):
        for _time in range(2):
            self._create_product("LAMP")
        self.assertFalse(self.import_partial())
        self.assertIn("Several products", self.order().error)

    def test_an_order_of_known_products_comes_in_whole(self):
        self._create_product("LAMP")
        sale = self.import_partial()
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 85.47))

    def test_it_gains_the_line_once_the_product_is_there(self):
        sale = self.import_partial()
        lamp = self._create_product("LAMP")
        self.download()
        self.assertRecordValues(self.order(), [{"state": "imported", "error": False}])
        self.assertEqual(sale.amount_total, 85.47)
        self.assertFalse(self.adjustments(sale))
        moves = sale.picking_ids.move_ids
        self.assertEqual(len(sale.picking_ids), 1)
        self.assertEqual(moves.product_id, self.mug | lamp)
        self.assertEqual(moves.mapped("state"), ["assigned", "assigned"])
        run = self.last_run()
        self.assertEqual((run.updated, run.warned, run.outcome), (1, 0, "done"))
        self.download()
        self.assertEqual(self.last_run().outcome, "nothing")
        self.assertEqual(len(sale.order_line.filtered("amazon_item_ref")), 2)

    def test_the_total_is_amazons_to_the_cent_once_it_is_complete(self):
        sale = self.import_partial(total="85.50")
        self.assertFalse(self.adjustments(sale))
        self._create_product("LAMP")
        self.download()
        self.assertEqual(sale.amount_total, 85.5)
        self.assertEqual(self.adjustments(sale).price_total, 0.03)

    def test_what_belongs_to_the_order_as_a_whole_comes_in_once(self):
        document = build_order(
            items=[build_item("1"), build_item("2", "LAMP")], total="23.00"
        )
        document["proceeds"]["breakdowns"] = [
            {
                "type": "DELIVERY_TIP",
                "subtotal": {"amount": "3.00", "currencyCode": "USD"},
            }
        ]
        self.fake.add(document)
        self.download()
        sale = self.order().sale_order_id
        self.assertEqual(sale.amount_total, 13)
        self._create_product("LAMP")
        self.download()
        self.assertEqual(sale.amount_total, 23)
        self.assertFalse(self.adjustments(sale))

    def test_tax_that_amazon_remits_stays_out(self):
        sale = self.import_order(
            items=[
                build_item("1", tax="0.80", remitted=True),
                build_item("2", "LAMP", tax="0.90", remitted=True),
            ]
        )
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 20))

    def test_products_that_come_one_after_the_other(self):
        sale = self.import_order(
            items=[build_item("1"), build_item("2", "LAMP"), build_item("3", "PEN")]
        )
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, sale.amount_total), ("partial", 20))
        self.assertNotIn("LAMP", self.order().error)
        self.assertIn("PEN", self.order().error)
        self._create_product("PEN")
        self.download()
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 30))

    def test_a_locked_order_gains_the_line_with_its_delivery(self):
        sale = self.import_partial()
        sale.action_lock()
        lamp = self._create_product("LAMP")
        self.download()
        self.assertTrue(sale.locked)
        self.assertIn(lamp, sale.picking_ids.move_ids.product_id)

    def test_picked_but_not_shipped_it_still_gains_the_line(self):
        self.connection.warehouse_id.delivery_steps = "pick_ship"
        sale = self.import_partial()
        pick = sale.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        self.assertEqual(pick.state, "done")
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 85.47))
        later = sale.picking_ids.move_ids.filtered(lambda move: move.state != "done")
        self.assertEqual(later.product_id.mapped("default_code"), ["MUG", "LAMP"])

    def test_a_choice_to_make_products_completes_partial_orders(self):
        sale = self.import_partial()
        self.connection.unknown_product = "create"
        self.download()
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 85.47))
        self.assertIn("LAMP", self.last_run().line_ids.message)

    def test_shipped_meanwhile_it_asks_the_responsible_once(self):
        sale = self.import_partial()
        self.ship(sale)
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, self.refs(sale)), ("partial", ["MUG"]))
        self.assertIn("LAMP", self.order().error)
        self.assertIn("shipped", self.order().error)
        self.assertIn("LAMP", sale.activity_ids.note)
        self.assertEqual(sale.activity_ids.user_id, self.connection.user_id)
        self.assertEqual(self.last_run().warned, 1)
        self.download()
        self.import_partial(updated=LATER)
        self.assertEqual(len(sale.activity_ids), 1)
        self.assertFalse(self.last_run().warned)
        sale.activity_ids.action_done()
        self.import_partial(updated=ago(days=1))
        self.assertFalse(sale.activity_ids, "said once")

    def import_late(self, *quantities, **more):
        """MUG was shipped by Odoo before LAMP got its product; shipped of each."""
        mugs, lamps, wanted = (*quantities, 3)[:3]
        return self.import_order(
            items=[
                build_item("1", quantity=2, fulfilled=mugs),
                build_item("2", "LAMP", quantity=wanted, fulfilled=min(lamps, wanted)),
            ],
            **more,
        )

    def test_what_came_too_late_is_settled_once_amazon_does_not_await_it(self):
        ended = {
            "shipped in Seller Central": ((2, 3), {"status": "SHIPPED"}),
            "that line alone": ((1, 3), {"status": "PARTIALLY_SHIPPED"}),
            "the item is cancelled": ((2, 0, 0), {"status": "PARTIALLY_SHIPPED"}),
            "the order is cancelled": ((2, 0), {"status": "CANCELLED"}),
        }
        for number, (end, (quantities, more)) in enumerate(ended.items()):
            with self.subTest(end):
                self.env["product.product"].search(
                    [("default_code", "=", "LAMP")]
                ).default_code = False
                order_id = f"111-0000008-{number:07}"
                sale = self.import_late(0, 0, order_id=order_id)
                self.ship(sale)
                self._create_product("LAMP")
                self.download()
                late = sale.activity_ids.filtered(lambda one: "too late" in one.summary)
                self.assertEqual(len(late), 1)
                self.import_late(*quantities, order_id=order_id, updated=LATER, **more)
                self.assertFalse(late.exists())
                self.fake.documents.clear()

    def test_shipped_in_part_on_amazon_it_asks_the_responsible(self):
        sale = self.import_order(
            items=[build_item("1", quantity=2, fulfilled=1), build_item("2", "LAMP")],
            status="PARTIALLY_SHIPPED",
        )
        self.assertEqual(sale.picking_ids.move_ids.product_uom_qty, 1)
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, self.refs(sale)), ("partial", ["MUG"]))
        self.assertTrue(sale.activity_ids)

    def test_shipped_whole_on_amazon_there_is_nothing_to_ask_for(self):
        sale = self.import_partial()
        self.import_partial(status="SHIPPED", updated=LATER)
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, self.refs(sale)), ("partial", ["MUG"]))
        self.assertFalse(sale.activity_ids)

    def test_shipped_no_product_is_made_for_what_comes_too_late(self):
        self.ship(self.import_partial())
        self.connection.unknown_product = "create"
        self.download()
        self.assertEqual(self.order().state, "partial")
        self.assertFalse(self.product("LAMP"))

    def test_its_shipment_confirms_the_items_that_are_there(self):
        picking = self.ship(self.import_partial(), tracking="1Z999")
        self.send()
        ((_order, request),) = self.fake.applied
        self.assertEqual(
            request["packageDetail"]["orderItems"],
            [{"orderItemId": "1", "quantity": 2}],
        )
        self.assertEqual(picking.amazon_shipment_ids.state, "done")
        self.import_order(
            items=[
                build_item("1", quantity=2, fulfilled=2),
                build_item("2", "LAMP", quantity=3),
            ],
            status="PARTIALLY_SHIPPED",
            updated=LATER,
        )
        self.assertEqual(self.order().state, "partial")
        self.assertEqual(self.order().status, "partially_shipped")

    def test_a_completed_order_confirms_all_items(self):
        sale = self.import_partial()
        self._create_product("LAMP")
        self.download()
        self.ship(sale)
        self.send()
        ((_order, request),) = self.fake.applied
        self.assertEqual(
            request["packageDetail"]["orderItems"],
            [
                {"orderItemId": "1", "quantity": 2},
                {"orderItemId": "2", "quantity": 3},
            ],
        )

    def test_cancelled_on_amazon_it_is_cancelled_and_gains_nothing(self):
        sale = self.import_partial()
        self.import_partial(status="CANCELLED", updated=LATER)
        self.assertEqual((self.order().state, sale.state), ("cancelled", "cancel"))
        self._create_product("LAMP")
        self.download()
        self.assertEqual(self.refs(sale), ["MUG"])

    def test_cancelled_or_deleted_in_odoo_it_gains_nothing(self):
        sale = self.import_partial()
        sale._action_cancel()
        self._create_product("LAMP")
        self.download()
        self.assertEqual((sale.state, self.refs(sale)), ("cancel", ["MUG"]))
        sale.unlink()
        self.import_partial(updated=LATER)
        self.assertFalse(self.order().sale_order_id)
        self.assertEqual(self.last_run().failed, 0)

    def test_a_change_on_amazon_is_shown_and_it_stays_partial(self):
        sale = self.import_partial()
        self.import_partial(address={"addressLine1": "9 New Road"}, updated=LATER)
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
        self.assertEqual(self.order().state, "partial")

    def test_the_missing_item_cancelled_on_amazon_completes_it(self):
        sale = self.import_order(items=[build_item("1"), build_item("2", "LAMP")])
        self.import_order(
            items=[build_item("1"), build_item("2", "LAMP", quantity=0)],
            updated=LATER,
        )
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 10))

    def test_a_lost_inbox_row_finds_its_partial_order_again(self):
        sale = self.import_partial()
        self.order().sudo().unlink()
        self.connection.orders_synced_until = False
        self.assertEqual(self.import_partial(), sale)
        self.assertEqual(self.order().state, "partial")
        self._create_product("LAMP")
        self.download()
        self.assertEqual((self.order().state, sale.amount_total), ("imported", 85.47))
