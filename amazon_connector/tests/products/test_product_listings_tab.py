"""The Product Listings tab: one row per SKU; from product to listings and back."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestProductListingsTab(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.connection.download_products = False
        self.canada = self.open_storefront()
        self.fake.list(
            build_listing("MUG", marketplace=CA, currency="CAD"),
            build_listing("MUG"),
            build_listing("MUG-USED"),
        )
        self.connection.action_download_products()
        self.download_products()
        self.listing("MUG-USED").product_id = self.mug

    def test_a_row_for_each_sku_with_its_storefronts(self):
        rows = self.mug.amazon_sku_ids
        self.assertEqual(rows.mapped("sku"), ["MUG", "MUG-USED"])
        both = self.connection.storefront_ids.marketplace_id
        self.assertEqual(rows[0].marketplace_ids, both)
        self.assertEqual(rows[1].marketplace_ids, self.connection.marketplace_id)
        self.assertEqual(
            rows[0].storefront_id.marketplace_id,
            self.connection.marketplace_id,
            "The own marketplace's price is shown",
        )

    def test_the_template_shows_the_same(self):
        self.assertEqual(
            self.mug.product_tmpl_id.amazon_sku_ids, self.mug.amazon_sku_ids
        )

    def test_a_storefront_that_does_not_list_it_any_more_is_left_out(self):
        self.listing("MUG", storefront=self.canada).sudo().state = "removed"
        (row,) = self.mug.amazon_sku_ids.filtered(lambda row: row.sku == "MUG")
        self.assertEqual(row.marketplace_ids, self.connection.marketplace_id)

    def test_variants_of_one_template_have_their_own_rows(self):
        small, large = self.create_variants("SMALL", "LARGE")
        self.fake.list(build_listing("SMALL"), build_listing("LARGE"))
        self.connection.action_download_products()
        self.download_products()
        self.assertEqual(small.amazon_sku_ids.mapped("sku"), ["SMALL"])
        self.assertEqual(
            small.product_tmpl_id.amazon_sku_ids.mapped("sku"), ["LARGE", "SMALL"]
        )
        self.assertEqual(small.product_tmpl_id.amazon_sku_ids.product_id, small | large)

    def test_from_the_product_to_its_listings_and_back(self):
        listings = self.env["amazon.listing"]
        for record in (self.mug, self.mug.product_tmpl_id):
            self.assertEqual(record.amazon_listing_count, 3)
            action = record.action_open_amazon_listings()
            found = listings.search(action["domain"])
            self.assertEqual(found, self.mug.amazon_listing_ids)
        back = self.listing("MUG-USED").action_open_product()
        self.assertEqual(
            (back["res_model"], back["res_id"]),
            (
                "product.product",
                self.mug.id,
            ),
        )

    def test_both_forms_open_with_the_tab(self):
        for record in (self.mug, self.mug.product_tmpl_id):
            form = Form(record)
            self.assertEqual(len(form.amazon_sku_ids), 2)

    def test_listings_are_fetched_from_where_they_are_linked(self):
        job = self.connection._get_job("download_products")
        job.requested = False
        self.env["amazon.listing"].action_fetch()
        self.assertTrue(job.requested)
        self.connection.active = False
        with self.assertRaisesRegex(UserError, "No store is connected"):
            self.env["amazon.listing"].action_fetch()
