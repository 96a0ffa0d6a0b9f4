"""Orders of kits that Amazon changes, or that were partly shipped elsewhere."""

from odoo.tests import tagged

from odoo.addons.amazon_connector.tests.builders import ago, build_item, build_order

from .common import KitsCommon

NUMBER = "111-0000001-0000001"


@tagged("post_install", "-at_install")
class TestKitChanges(KitsCommon):
    def document(self, kits, fulfilled=0, status="UNSHIPPED", **more):
        if fulfilled:
            status = "SHIPPED" if fulfilled == kits else "PARTIALLY_SHIPPED"
        document = build_order(
            NUMBER,
            [build_item("K", "MUG", kits, fulfilled=fulfilled)],
            status=status,
            **more,
        )
        packages = self.fake.documents.get(NUMBER, {}).get("packages", [])
        document["packages"] = packages
        return document

    def bring(self, kits, fulfilled=0):
        self.fake.add(self.document(kits, fulfilled))
        self.download()
        return self.order(NUMBER).sale_order_id

    def change(self, kits, fulfilled=0, **more):
        self.fake.add(self.document(kits, fulfilled, updated=ago(days=2), **more))
        self.download()

    # === PARTLY SHIPPED BEFORE THE IMPORT === #

    def test_one_of_three_shipped_before_delivers_the_components_of_two(self):
        sale = self.bring(3, fulfilled=1)
        self.assertEqual(self.open_quantities(sale), {"LID": 12, "CUP": 2})
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertEqual(sum(sale.picking_ids.move_ids.mapped("quantity")), 14)
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertEqual(line.qty_delivered, 1)
        self.ship(sale)
        self.send()
        self.assertEqual(self.told(), [("1Z999", {"K": 2})])
        self.assertEqual(line.qty_delivered, 3)

    def test_two_of_three_shipped_before_delivers_the_components_of_one(self):
        sale = self.bring(3, fulfilled=2)
        self.assertEqual(self.open_quantities(sale), {"LID": 6, "CUP": 1})
        self.assertEqual(sale.picking_ids.state, "assigned")

    # === CHANGES === #

    def test_less_and_more_kits_are_followed(self):
        sale = self.bring(3)
        for kits in (2, 4, 1):
            self.change(kits)
            self.assertEqual(self.open_quantities(sale), {"LID": 6 * kits, "CUP": kits})
            self.assertEqual(sale.picking_ids.mapped("state"), ["assigned"])

    def test_more_kits_than_those_shipped_elsewhere_and_open(self):
        sale = self.bring(3, fulfilled=1)
        self.change(4, fulfilled=1)
        self.assertEqual(self.open_quantities(sale), {"LID": 18, "CUP": 3})

    def test_shipped_elsewhere_after_the_import(self):
        sale = self.bring(3)
        for fulfilled in (1, 2):
            self.change(3, fulfilled)
            left = 3 - fulfilled
            self.assertEqual(self.open_quantities(sale), {"LID": 6 * left, "CUP": left})
            self.assertEqual(sale.picking_ids.mapped("state"), ["assigned"])

    def test_less_kits_after_a_part_of_one_left_completes_that_one(self):
        sale = self.bring(3)
        self.ship_only(sale, "1Z1", LID=10, CUP=1)
        self.send()
        self.assertEqual(self.open_quantities(sale), {"LID": 8, "CUP": 2})
        self.change(2, fulfilled=1)
        self.assertEqual(self.open_quantities(sale), {"LID": 2, "CUP": 1})
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 1}), ("1Z2", {"K": 1})])

    def test_components_that_left_are_asked_back_when_the_kit_is_not_wanted(self):
        sale = self.bring(2)
        self.ship_only(sale, "1Z1", LID=12)
        self.change(1)
        self.assertEqual(self.open_quantities(sale), {"CUP": 1})
        self.assertIn(
            self.env.ref("amazon_connector.mail_activity_type_order_items"),
            sale.activity_ids.activity_type_id,
        )

    def test_loose_components_of_a_kit_that_is_not_wanted_wait_for_nothing(self):
        """While Amazon awaits something else of the order."""
        sale = self.sell(kits=2, pens=1)
        first = self.ship_only(sale, "1Z1", LID=12)
        self.assertEqual(first.amazon_shipment_ids.state, "blocked")
        items = [build_item("K", "MUG", 1), build_item("P", "PEN", 1, "5.00")]
        self.fake.add(build_order(NUMBER, items, updated=ago(days=2)))
        self.download()
        self.ship_only(sale, "1Z2", CUP=1)
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"K": 1})])
        self.assertEqual(first.amazon_shipment_ids.state, "not_needed")
        self.assertIn("awaits no more", first.amazon_shipment_ids.error)

    # === CONFIRMED BY HAND === #

    def test_a_kit_confirmed_by_hand_with_its_first_parcel_is_still_completed(self):
        sale = self.bring(1)
        first = self.ship_only(sale, "1Z1", LID=6)
        self.change(1, fulfilled=1)
        self.assertEqual(self.open_quantities(sale), {"CUP": 1})
        second = self.ship(sale, tracking="1Z2")
        self.send()
        self.assertFalse(self.fake.applied)
        self.assertEqual(first.amazon_shipment_ids.state, "not_needed")
        self.assertEqual(second.amazon_shipment_ids.state, "not_needed")
        self.assertIn("confirmed outside of Odoo", second.amazon_shipment_ids.error)

    def confirm_the_kit_by_hand(self, pens, day):
        """Somebody told Amazon of the kit; it awaits so many PEN."""
        kit = build_item("K", "MUG", 1, fulfilled=1)
        others = build_item("P", "PEN", pens, "5.00")
        status, updated = "PARTIALLY_SHIPPED", ago(days=day)
        self.fake.add(
            build_order(NUMBER, [kit, others], status=status, updated=updated)
        )
        self.download()

    def test_components_of_a_kit_confirmed_by_hand_wait_for_nothing(self):
        """While Amazon awaits something else of the order."""
        sale = self.sell(kits=1, pens=2)
        first = self.ship_only(sale, "1Z1", LID=6)
        self.assertEqual(first.amazon_shipment_ids.state, "blocked")
        self.confirm_the_kit_by_hand(pens=2, day=3)
        self.send()
        self.assertEqual(first.amazon_shipment_ids.state, "not_needed")
        self.assertIn("awaits no more", first.amazon_shipment_ids.error)

    def test_a_kit_confirmed_by_hand_is_completed_whatever_changes_later(self):
        sale = self.sell(kits=1, pens=2)
        self.ship_only(sale, "1Z1", LID=6)
        self.confirm_the_kit_by_hand(pens=2, day=3)
        self.send()
        self.confirm_the_kit_by_hand(pens=1, day=2)
        self.assertEqual(self.open_quantities(sale), {"CUP": 1, "PEN": 1})

    def test_a_kit_that_somebody_confirmed_is_not_added_to_a_parcel_that_was_told(self):
        sale = self.bring(3)
        picking = self.ship(sale, settled=False)
        self.change(3, fulfilled=1)
        for _run in range(2):
            self.send()
            self.assertEqual(self.told(), [("1Z999", {"K": 2})])
            self.assertEqual(picking.amazon_shipment_ids.state, "done")

    def test_a_parcel_of_kits_confirmed_by_hand_is_not_confirmed_again(self):
        sale = self.bring(2)
        picking = self.ship(sale, tracking=False)
        self.change(2, fulfilled=2)
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertFalse(line.amazon_qty_shipped_elsewhere)
        picking.carrier_tracking_ref = "1Z1"
        self.send()
        self.assertFalse(self.fake.applied)
        self.assertEqual(picking.amazon_shipment_ids.state, "not_needed")
