"""One barcode out of all that Amazon says, and only where it is free."""

from odoo.tests import tagged

from ..builders import ago
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon

EAN, UPC = "4006381333931", "012345678905"


@tagged("post_install", "-at_install")
class TestBarcodes(ListingsCommon):
    def fetch(self, *documents):
        self.fake.list(*documents)
        self.download_products()

    def change(self, sku, **more):
        self.fetch(build_listing(sku, updated=ago(days=10), **more))

    def test_an_ean_comes_before_a_upc(self):
        self.fetch(build_listing("BOWL", codes=[("upc", UPC), ("ean", EAN)]))
        self.assertEqual(self.products("BOWL").barcode, EAN)

    def test_the_same_code_as_ean_gtin_and_upc_is_one(self):
        codes = [("gtin", "00" + UPC), ("upc", UPC), ("ean", "0" + UPC)]
        self.fetch(build_listing("BOWL", codes=codes))
        self.assertEqual(self.products("BOWL").barcode, "0" + UPC)

    def test_a_wrong_check_digit_and_an_exemption_are_no_barcode(self):
        self.fetch(
            build_listing("BOWL", codes=[("ean", EAN[:-1] + "0")]),
            build_listing("VASE"),
        )
        self.assertFalse(self.products("BOWL").barcode)
        self.assertFalse(self.products("VASE").barcode)
        self.assertFalse(self.listing("VASE").error)

    def test_a_code_is_taken_however_it_is_written(self):
        self.mug.barcode = UPC
        self.fetch(build_listing("BOWL", barcode="0" + UPC))
        self.assertFalse(self.products("BOWL").barcode)
        self.assertIn(self.mug.display_name, self.listing("BOWL").error)
        self.fetch(build_listing("VASE"))
        self.change("VASE", codes=[("gtin", "00" + UPC)])
        self.assertFalse(self.products("VASE").barcode)
        self.assertIn(self.mug.display_name, self.listing("VASE").error)

    def test_of_two_new_products_the_first_gets_it(self):
        self.fetch(
            build_listing("BOWL", codes=[("upc", UPC)]),
            build_listing("VASE", codes=[("ean", "0" + UPC)]),
        )
        self.assertEqual(self.products("BOWL").barcode, UPC)
        self.assertFalse(self.products("VASE").barcode)
        self.assertIn("BOWL", self.listing("VASE").error)

    def test_a_product_keeps_its_own_way_to_write_it(self):
        self.fetch(build_listing("MUG"))
        self.mug.barcode = UPC
        self.change("MUG", title="New", barcode="0" + UPC)
        self.assertEqual((self.mug.name, self.mug.barcode), ("New", UPC))
        self.assertFalse(self.listing().error)

    def test_a_storefront_without_one_leaves_it_to_the_others(self):
        canada = self.open_storefront()
        self.fetch(
            build_listing("BOWL"),
            build_listing("BOWL", title="Bol", barcode=EAN, marketplace=CA),
        )
        bowl = self.products("BOWL")
        self.assertEqual((bowl.name, bowl.barcode), ("Invented BOWL", EAN))
        self.change("BOWL", codes=[("upc", UPC)])
        self.assertEqual(bowl.barcode, UPC, "The own marketplace decides")
        self.change("BOWL", barcode="4006381333948", marketplace=CA)
        self.assertEqual(bowl.barcode, UPC)
        self.assertFalse(self.listing("BOWL", storefront=canada).error)
