"""A pack of kits: Amazon counts packs, Odoo kits, the delivery components."""

from odoo.tests import tagged

from odoo.addons.amazon_connector.tests.builders import ago, build_item, build_order

from .common import KitsCommon


@tagged("post_install", "-at_install")
class TestKitPacks(KitsCommon):
    """MUG-2 is two MUG, each a kit of 6 LID and 1 CUP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.send_shipments = True
        cls.pack = cls.env["amazon.listing"].create(
            {
                "storefront_id": cls.connection.storefront_ids.id,
                "sku": "MUG-2",
                "product_id": cls.mug.id,
                "units_per_listing": 2,
                "to_process": False,
            }
        )

    def sell_packs(self, packs=1, **more):
        return self.import_order(items=[build_item("K", "MUG-2", packs)], **more)

    def change(self, packs, **more):
        item = build_item("K", "MUG-2", packs, **more)
        self.fake.add(build_order(items=[item], updated=ago(days=2)))
        self.download()

    def ship_open(self, sale, tracking):
        """Validate the delivery that is open, as it is."""
        moves = sale.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves.picking_id.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": tracking}
        )
        moves.picked = True
        moves.picking_id.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()

    def test_a_pack_delivers_the_components_of_its_kits(self):
        sale = self.sell_packs(3)
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertEqual((line.product_uom_qty, line.price_total), (6, 30))
        self.assertEqual(self.open_quantities(sale), {"LID": 36, "CUP": 6})

    def test_all_components_are_told_as_packs(self):
        sale = self.sell_packs(3)
        self.ship(sale, tracking="A")
        self.send()
        self.assertEqual(self.told(), [("A", {"K": 3})])

    def test_one_kit_of_two_waits_for_the_other(self):
        sale = self.sell_packs()
        self.ship_only(sale, "A", LID=6, CUP=1)
        self.send()
        self.assertEqual(self.told(), [])
        first = sale.amazon_order_ids.shipment_ids
        self.assertEqual(first.state, "blocked")
        self.assertFalse(sale.amazon_order_ids.missing_units)
        self.ship_only(sale, "B", LID=6, CUP=1)
        self.send()
        self.assertEqual(self.told(), [("B", {"K": 1})])
        self.assertEqual(first.state, "not_needed")

    def test_kits_that_are_completed_crosswise(self):
        sale = self.sell_packs(2)
        self.ship_only(sale, "A", LID=24, CUP=1)
        self.ship_only(sale, "B", CUP=1)
        self.ship_only(sale, "C", CUP=2)
        self.send()
        self.assertEqual(self.told(), [("B", {"K": 1}), ("C", {"K": 1})])

    def test_a_component_that_came_back_takes_the_pack_back(self):
        sale = self.sell_packs()
        first = self.ship_only(sale, "A", LID=6, CUP=1)
        self.ship_only(sale, "B", LID=6, CUP=1)
        self.give_back(first, CUP=1)
        self.send()
        self.assertEqual(self.told(), [])
        self.assertIn("1 x MUG of", sale.amazon_order_ids.missing_units_question)
        sale.amazon_order_ids.action_ship_rest()
        self.assertEqual(self.open_quantities(sale), {"CUP": 1})
        self.ship_open(sale, "C")
        self.send()
        self.assertEqual(self.told(), [("C", {"K": 1})])

    def test_fewer_packs_reduce_each_component(self):
        sale = self.sell_packs(3)
        self.ship_only(sale, "A", LID=6)
        self.change(2)
        self.assertEqual(self.open_quantities(sale), {"LID": 18, "CUP": 4})

    def test_a_pack_told_by_hand_with_its_first_parcel_is_completed(self):
        sale = self.sell_packs(2)
        self.ship_only(sale, "A", LID=6, CUP=1)
        self.change(2, fulfilled=1)
        self.assertEqual(self.open_quantities(sale), {"LID": 18, "CUP": 3})

    def test_packs_of_kits_are_offered_by_their_components(self):
        self.pack.write({"is_tracked": True, "channel": "merchant"})
        free = self.mug.free_qty
        self.assertEqual(self.pack._get_quantities()[self.pack], free // 2)
