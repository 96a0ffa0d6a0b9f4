"""Listings are linked by hand: from the list, from the product, for the orders."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..builders import ago, build_item, build_order
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestByHand(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.connection.download_products = False
        self.open_storefront()
        self.fake.list(build_listing("AMZ-1"), build_listing("AMZ-1", marketplace=CA))
        self.connection.action_download_products()
        self.download_products()

    def test_the_product_stands_for_the_sku_in_every_storefront(self):
        listings = self.listing("AMZ-1")
        listings[0].product_id = self.mug
        self.assertEqual(listings.product_id, self.mug)
        self.assertEqual(self.mug.amazon_listing_ids, listings)

    def test_from_the_product_many_are_linked_at_once(self):
        self.fake.list(build_listing("AMZ-2", updated=ago(days=20)))
        self.connection.action_download_products()
        self.download_products()
        action = self.mug.product_tmpl_id.action_link_amazon_listings()
        chosen = self.listing("AMZ-1")[0] | self.listing("AMZ-2")
        chosen.with_context(**action["context"]).action_link_to_product()
        self.assertEqual(
            set(self.mug.amazon_listing_ids.mapped("sku")), {"AMZ-1", "AMZ-2"}
        )
        with self.assertRaisesRegex(UserError, "Product Listings"):
            chosen.action_link_to_product()

    def test_an_order_for_the_sku_delivers_the_linked_product(self):
        self.fake.add(build_order(items=[build_item(sku="AMZ-1")]))
        self.download()
        self.assertEqual(self.order().state, "held")
        self.assertIn("link the store's listing", self.order().error)
        self.listing("AMZ-1")[0].product_id = self.mug
        self.download()
        self.assertEqual(self.order().sale_order_id.order_line.product_id, self.mug)

    def test_the_link_counts_more_than_the_reference(self):
        other = self._create_product("AMZ-1")
        self.listing("AMZ-1")[0].product_id = self.mug
        self.fake.add(build_order(items=[build_item(sku="AMZ-1")]))
        self.download()
        products = self.order().sale_order_id.order_line.product_id
        self.assertEqual(products, self.mug)
        self.assertNotIn(other, products)

    def test_a_stranger_sees_and_links_nothing(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        listing = self.listing("AMZ-1")[0].with_user(stranger)
        for attempt in (
            lambda: listing.read(["sku"]),
            lambda: listing.write({"product_id": self.mug.id}),
            lambda: listing.action_retry(),
            lambda: listing.action_push_now(),
            lambda: listing.with_context(
                amazon_product_id=self.mug.id
            ).action_link_to_product(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_another_company_sees_no_listing(self):
        company = self.env["res.company"].create({"name": "Other company"})
        colleague = new_test_user(
            self.env,
            "colleague",
            groups="amazon_connector.amazon_connector_group_manager",
            company_id=company.id,
            company_ids=[company.id],
        )
        listings = self.env["amazon.listing"].with_user(colleague)
        self.assertFalse(listings.search([]))
        with self.assertRaises(AccessError):
            self.listing("AMZ-1")[0].with_user(colleague).action_retry()
