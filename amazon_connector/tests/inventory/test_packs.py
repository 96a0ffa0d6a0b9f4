"""Of a pack of 6 as many are offered as the stock makes."""

from odoo.tests import tagged

from ..builders import build_item, build_order
from ..fake_listings import build_listing
from ..inventory_common import InventoryCommon


@tagged("post_install", "-at_install")
class TestPackQuantities(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.fake.list(build_listing("MUG-6", quantity=1))
        self.connection.download_products = False
        self.connection.action_download_products()
        self.download_products()
        self.pack = self.listing("MUG-6")
        self.pack.write({"product_id": self.mug.id, "units_per_listing": 6})
        self.single = self.listing("MUG")

    def test_whole_packs_are_offered(self):
        for free, packs in ((102, 17), (6, 1), (5, 0), (0, 0)):
            with self.subTest(free=free):
                self.mug.invalidate_recordset(["free_qty"])
                self.add_stock(free - self.mug.free_qty)
                quantities = (self.pack | self.single)._get_quantities()
                self.assertEqual(quantities[self.pack], packs)
                self.assertEqual(quantities[self.single], free)

    def test_stock_that_makes_no_other_pack_is_not_sent(self):
        self.switch_on()
        self.assertEqual(self.pushed(), {"MUG-6": 16, "MUG": 100})
        self.add_stock(-2)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 98})

    def test_the_number_is_explained(self):
        text = self.pack.quantity_explanation
        self.assertIn("+100", text)
        self.assertIn("= 16 of the listing, each with 6 units", text)
        self.assertNotIn("each with", self.single.quantity_explanation)

    def test_another_pack_is_another_quantity(self):
        self.switch_on()
        self.pushed()
        self.pack.units_per_listing = 10
        self.sync()
        self.assertEqual(self.pushed(), {"MUG-6": 10})

    def test_packs_that_are_ordered_and_not_reserved_take_their_units(self):
        self.fake.add(
            build_order(
                status="PENDING", items=[build_item("P", "MUG-6", 2), build_item("S")]
            )
        )
        self.download()
        parts = self.single._get_quantity_parts()[self.single]
        self.assertEqual(parts["ordered"], -13)
        self.assertEqual(self.pack._get_quantities()[self.pack], 14)

    def test_who_says_another_pack_changes_what_its_orders_take(self):
        self.fake.add(
            build_order(status="PENDING", items=[build_item("P", "MUG-6", 2)])
        )
        self.download()
        self.switch_on()
        self.assertEqual(self.pushed(), {"MUG-6": 14, "MUG": 88})
        self.pack.units_per_listing = 10
        self.sync()
        self.assertEqual(self.pushed(), {"MUG-6": 8, "MUG": 80})

    def test_what_is_reserved_of_packs_is_not_offered(self):
        self.connection.download_orders = True
        self.fake.add(build_order(items=[build_item("P", "MUG-6", 2)]))
        self.download()
        self.assertEqual(self.single._get_quantities()[self.single], 88)
        self.assertEqual(self.pack._get_quantities()[self.pack], 14)
