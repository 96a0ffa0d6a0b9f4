"""By choice, Amazon's prices of a storefront stand in a pricelist of Odoo."""

from odoo.tests import tagged

from ..builders import ago
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestStorefrontPrices(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.canada = self.open_storefront()
        self.cad = self.canada.currency_id
        self.cad.active = True
        self.pricelist = self.env["product.pricelist"].create(
            {"name": "Canada", "currency_id": self.cad.id}
        )
        self.canada.pricelist_id = self.pricelist

    def show(self, price="14.00", sku="MUG", **more):
        """Have Amazon show a price in Canada, and Odoo download it."""
        values = {"marketplace": CA, "currency": "CAD", "updated": ago(days=1)} | more
        self.fake.list(build_listing(sku, price=price, **values))
        self.download_products()

    def price(self, product=None):
        """Return the fixed prices of a product in the pricelist, a list."""
        product = product or self.mug
        items = self.pricelist.item_ids.filtered(
            lambda item: item.product_id == product
        )
        self.assertLessEqual(set(items.mapped("applied_on")), {"0_product_variant"})
        return items.mapped("fixed_price")

    def test_a_price_becomes_a_fixed_price_of_the_variant(self):
        self.show()
        self.assertEqual(self.price(), [14])
        self.assertEqual(self.pricelist._get_product_price(self.mug, 1), 14)

    def test_it_follows_amazon(self):
        self.show()
        self.show("15.50")
        self.assertEqual(self.price(), [15.5])

    def test_a_change_by_hand_stays_until_amazons_price_changes(self):
        self.show()
        self.pricelist.item_ids.fixed_price = 12
        self.show(title="Another title")
        self.assertEqual(self.price(), [12])
        self.show("15.50", title="Another title")
        self.assertEqual(self.price(), [15.5])

    def test_a_price_taken_away_by_hand_stays_away_until_then(self):
        self.show()
        self.pricelist.item_ids.unlink()
        self.show(title="Another title")
        self.assertEqual(self.price(), [])
        self.show("15.50", title="Another title")
        self.assertEqual(self.price(), [15.5])

    def test_a_price_that_is_there_is_not_doubled(self):
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "0_product_variant",
                "product_tmpl_id": self.mug.product_tmpl_id.id,
                "product_id": self.mug.id,
                "compute_price": "fixed",
                "fixed_price": 1,
            }
        )
        self.show()
        self.assertEqual(self.price(), [14])

    def test_each_variant_has_its_own(self):
        small, large = self.create_variants("SMALL", "LARGE")
        self.show("7.00", "SMALL")
        self.show("9.00", "LARGE")
        self.assertEqual((self.price(small), self.price(large)), ([7], [9]))

    def test_the_price_of_a_pack_is_that_of_one_unit(self):
        self.show("50.00")
        self.listing().units_per_listing = 6
        self.listing().action_retry()
        self.download_products()
        self.assertEqual(self.price(), [8.33])

    def test_a_single_unit_leads_before_a_pack(self):
        self.show("50.00", "MUG-6")
        pack = self.listing("MUG-6")
        pack.write({"product_id": self.mug.id, "units_per_listing": 6})
        self.show("14.00")
        self.show("55.00", "MUG-6")
        self.assertEqual(self.price(), [14])

    def test_another_pricelist_gets_the_prices_that_are_known(self):
        self.show()
        other = self.pricelist.copy({"name": "Other", "item_ids": False})
        self.canada.pricelist_id = other
        self.download_products()
        self.assertEqual(other.item_ids.mapped("fixed_price"), [14])

    def test_two_storefronts_of_one_pricelist_write_one_price(self):
        own = self.connection.storefront_ids - self.canada
        dollars = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": self.env.ref("base.USD").id}
        )
        (own | self.canada).pricelist_id = dollars
        self.pricelist = dollars
        self.fake.list(build_listing("MUG", price="10.00"))
        self.show("11.00", currency="USD")
        self.assertEqual(self.price(), [10])
        self.show("12.00", currency="USD")
        self.assertEqual(self.price(), [10])

    def test_another_currency_is_not_written_and_said_once(self):
        self.show(currency="USD")
        self.assertEqual(self.price(), [])
        self.assertIn(
            "pricelist Canada is in CAD",
            self.lines_of(self.last_run("download_products")),
        )
        self.show("15.00", currency="USD")
        self.assertNotIn("pricelist", self.lines_of(self.last_run("download_products")))

    def test_without_a_choice_nothing_is_written(self):
        self.canada.pricelist_id = False
        items = self.env["product.pricelist.item"].search_count([])
        self.show()
        self.assertEqual(self.env["product.pricelist.item"].search_count([]), items)

    def test_with_download_products_off_nothing_is_written(self):
        self.connection.download_products = False
        self.connection.action_download_products()
        self.show()
        self.assertEqual(self.price(), [])

    def test_an_unchanged_download_writes_nothing(self):
        self.show()
        before = self.pricelist.item_ids.write_date
        self.env.cr.execute("UPDATE product_pricelist_item SET write_date = NULL")
        self.env.invalidate_all()
        self.show(title="Another title")
        self.assertFalse(self.pricelist.item_ids.write_date)
        self.assertTrue(before)

    def test_a_listing_that_is_gone_keeps_its_price_for_a_person(self):
        self.show()
        self.listing()._mark_removed(self.last_run("download_products"))
        self.listing().action_retry()
        self.download_products()
        self.assertEqual(self.price(), [14])
