"""Amazon is told of whole packs, each with the parcel that completes it."""

from odoo.tests import tagged

from ..builders import ago, build_item
from ..packs_common import PacksCommon


@tagged("post_install", "-at_install")
class TestPackParcels(PacksCommon):
    def test_six_units_that_left_are_one_pack(self):
        sale = self.sell_packs(2)
        self.ship_mugs(sale, "A", 12)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 2})])
        self.assertEqual(sale.amazon_confirmation_state, "confirmed")

    def test_each_delivery_tells_its_packs(self):
        sale = self.sell_packs(3)
        self.ship_mugs(sale, "A", 6)
        self.ship_mugs(sale, "B", 12)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1}), ("B", {"P": 2})])

    def test_five_of_six_wait_for_the_sixth(self):
        sale = self.sell_packs()
        first = self.ship_mugs(sale, "A", 5)
        self.send()
        self.assertEqual(self.told(), [])
        self.assertEqual(first.amazon_shipment_ids.state, "blocked")
        self.assertIn("part of a pack (5 x MUG)", first.amazon_shipping_warning)
        self.assertFalse(self.order().missing_units)
        self.ship_mugs(sale, "B", 1)
        self.send()
        self.assertEqual(self.told(), [("B", {"P": 1})])
        self.assertEqual(first.amazon_shipment_ids.state, "not_needed")
        self.assertFalse(first.amazon_shipping_warning)
        self.assertFalse(self.reminders(sale, "shipment"))

    def test_seven_of_twelve_tell_one_pack_and_the_rest_the_other(self):
        sale = self.sell_packs(2)
        self.ship_mugs(sale, "A", 7)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])
        self.assertFalse(self.order().missing_units)
        self.ship_mugs(sale, "B", 5)
        self.send()
        # What was told is not corrected.
        self.assertEqual(self.told(), [("A", {"P": 1}), ("B", {"P": 1})])

    def test_one_by_one(self):
        # A seventh is no decimal that can be written.
        self.pack.units_per_listing = 7
        sale = self.sell_packs(2)
        for number in range(14):
            self.ship_mugs(sale, f"N{number}", 1)
            self.send()
        self.assertEqual(self.told(), [("N6", {"P": 1}), ("N13", {"P": 1})])
        self.assertFalse(self.order().missing_units)

    def test_a_part_of_a_pack_keeps_no_other_item(self):
        items = [build_item("P", "MUG-6", 1, "50.00"), build_item("S")]
        sale = self.import_order(items=items)
        single = sale.picking_ids.move_ids.filtered(
            lambda move: move.product_uom_qty == 1
        )
        picking = sale.picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "A"})
        (picking.move_ids - single).quantity = 2
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("A", {"S": 1})])
        self.ship_mugs(sale, "B", 4)
        self.send()
        self.assertEqual(self.told()[1:], [("B", {"P": 1})])

    def test_two_packages_of_one_delivery(self):
        sale = self.sell_packs()
        picking = sale.picking_ids
        picking.move_ids.move_line_ids.quantity = 4
        picking.action_put_in_pack(package_name="One")
        line = picking.move_ids.move_line_ids.copy(
            {"quantity": 2, "result_package_id": False}
        )
        line.result_package_id = self.env["stock.package"].create({"name": "Two"})
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "A,B"})
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("B", {"P": 1})])
        states = picking.amazon_shipment_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["not_needed", "done"])

    def test_the_factor_of_the_order_counts_not_that_of_the_listing(self):
        sale = self.sell_packs(2)
        self.pack.units_per_listing = 4
        self.ship_mugs(sale, "A", 12)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 2})])

    def test_a_coming_part_of_a_pack_is_no_warning(self):
        sale = self.sell_packs()
        sale.picking_ids.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": "A"}
        )
        sale.picking_ids.move_ids.quantity = 5
        self.env.invalidate_all()
        self.assertFalse(sale.picking_ids.amazon_shipping_warning)

    def test_more_than_ordered_is_not_told(self):
        sale = self.sell_packs()
        self.ship_mugs(sale, "A", 8)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])
        self.assertIn("2 x MUG too much", self.reminders(sale, "items").note)

    def test_transparency_codes_are_by_pack(self):
        item = build_item("P", "MUG-6", 1, "50.00", item_programs=["TRANSPARENCY"])
        sale = self.import_order(items=[item])
        self.ship_mugs(sale, "A", 6)
        shipment = sale.picking_ids.amazon_shipment_ids
        self.assertIn("1 x MUG-6", shipment.error)


@tagged("post_install", "-at_install")
class TestPackQuestions(PacksCommon):
    """What Amazon awaits of a pack and nothing brings."""

    def ship_without_rest(self, packs=1, mugs=5):
        sale = self.sell_packs(packs)
        self.ship_mugs(sale, "A", mugs)
        sale.picking_ids.filtered(lambda one: one.state != "done").action_cancel()
        return sale

    def test_the_missing_unit_is_asked_about_in_odoos_units(self):
        self.ship_without_rest()
        self.assertIn("Amazon awaits 1 x MUG of", self.order().missing_units_question)

    def test_missing_packs_are_asked_about_as_packs(self):
        self.ship_without_rest(3, 6)
        question = self.order().missing_units_question
        self.assertIn("Amazon awaits 2 x MUG-6 of", question)

    def test_confirmed_as_ordered_it_is_told(self):
        self.ship_without_rest()
        self.order().action_confirm_as_ordered()
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])
        self.assertFalse(self.order().missing_units)

    def test_the_rest_is_shipped(self):
        sale = self.ship_without_rest()
        self.order().action_ship_rest()
        self.assertEqual(self.open_mugs(sale), 1)
        self.ship_mugs(sale, "B", 1)
        self.send()
        self.assertEqual(self.told(), [("B", {"P": 1})])

    def test_the_rest_of_several_packs_is_shipped(self):
        sale = self.ship_without_rest(3, 7)
        self.order().action_ship_rest()
        self.assertEqual(self.open_mugs(sale), 11)

    def test_left_at_that_nothing_waits_until_it_is_asked_again(self):
        sale = self.ship_without_rest()
        shipment = sale.picking_ids.amazon_shipment_ids
        self.order().action_tell_nothing()
        self.assertFalse(self.order().missing_units)
        self.assertEqual(shipment.state, "not_needed")
        self.assertIn("as was decided", shipment.error)
        self.order().action_ask_again()
        self.assertTrue(self.order().missing_units)
        self.assertEqual(shipment.state, "blocked")
        self.assertEqual(self.told(), [])


@tagged("post_install", "-at_install")
class TestPackReturns(PacksCommon):
    def test_one_unit_back_before_amazon_was_told(self):
        sale = self.sell_packs(2)
        delivery = self.ship_mugs(sale, "A", 12)
        self.give_back(delivery, 1)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])
        self.assertIn("1 x MUG of", self.order().missing_units_question)

    def test_replaced_by_another_the_pack_is_told(self):
        sale = self.sell_packs()
        delivery = self.ship_mugs(sale, "A", 6)
        self.give_back(delivery, 1)
        self.send()
        self.assertEqual(self.told(), [])
        self.order().action_ship_rest()
        self.ship_mugs(sale, "B", 1)
        self.send()
        self.assertEqual(self.told(), [("B", {"P": 1})])

    def test_a_part_that_comes_back_takes_the_pack_from_the_parcel_that_told_it(self):
        sale = self.sell_packs()
        first = self.ship_mugs(sale, "A", 5)
        self.ship_mugs(sale, "B", 1)
        self.give_back(first, 2)
        self.send()
        self.assertEqual(self.told(), [])
        self.assertIn("2 x MUG of", self.order().missing_units_question)

    def test_back_after_it_was_told_it_changes_nothing_on_amazon(self):
        sale = self.sell_packs()
        delivery = self.ship_mugs(sale, "A", 6)
        self.send()
        self.give_back(delivery, 4)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])
        self.assertFalse(self.order().missing_units)

    def test_sent_again_it_is_not_told_again(self):
        sale = self.sell_packs()
        delivery = self.ship_mugs(sale, "A", 6)
        self.send()
        self.give_back(delivery, 6)
        line = self.line(sale)
        line.with_context(amazon_units_to_ship=6)._action_launch_stock_rule()
        self.ship_mugs(sale, "B", 6)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])

    def test_two_parts_of_different_packs_make_one(self):
        sale = self.sell_packs(2)
        first = self.ship_mugs(sale, "A", 7)
        second = self.ship_mugs(sale, "B", 5)
        self.give_back(second, 1)
        self.send()
        self.assertEqual(self.told(), [("A", {"P": 1})])
        self.assertEqual(first.amazon_shipment_ids.state, "done")
        self.assertEqual(second.amazon_shipment_ids.state, "blocked")


@tagged("post_install", "-at_install")
class TestPacksTellByHand(PacksCommon):
    def test_a_pack_told_by_hand_with_its_first_parcel_is_still_completed(self):
        items = [build_item("P", "MUG-6", 1, "50.00"), build_item("S", "MUG", 3)]
        sale = self.import_order(items=items)
        picking = sale.picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "A"})
        pack, single = picking.move_ids.sorted("product_uom_qty", reverse=True)
        pack.quantity, single.quantity = 5, 0
        pack.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.settle_deliveries()
        items[0]["fulfillment"].update(quantityFulfilled=1, quantityUnfulfilled=0)
        self.change(*items, status="PARTIALLY_SHIPPED", updated=ago(days=2))
        self.assertEqual(self.open_mugs(sale), 4)
        self.ship(sale, tracking="B")
        self.send()
        self.assertEqual(self.told(), [("B", {"S": 3})])

    def test_an_item_of_packs_confirmed_by_another_tool(self):
        sale = self.sell_packs(2)
        self.ship_mugs(sale, "A", 12)
        item = build_item("P", "MUG-6", 2, "50.00", fulfilled=2)
        self.change(item, status="SHIPPED", updated=ago(days=2))
        self.send()
        self.assertEqual(self.told(), [])
        self.assertEqual(self.line(sale).amazon_qty_shipped_elsewhere, 0)
