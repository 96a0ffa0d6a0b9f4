"""Products are downloaded: linked by SKU, made where there is none, kept true."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..builders import ago, moment
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestLink(ListingsCommon):
    def test_a_listing_shows_what_amazon_says(self):
        self.fake.list(
            build_listing(
                "BOWL",
                title="A bowl",
                asin="B0BOWL",
                price="12.99",
                quantity=7,
                barcode="4006381333931",
                parent="FAMILY",
                updated=ago(days=28),
            )
        )
        self.download_products()
        self.assertRecordValues(
            self.listing("BOWL"),
            [
                {
                    "connection_id": self.connection.id,
                    "asin": "B0BOWL",
                    "title": "A bowl",
                    "price": 12.99,
                    "currency_id": self.env.ref("base.USD").id,
                    "amazon_quantity": 7,
                    "is_tracked": True,
                    "channel": "merchant",
                    "barcode": "4006381333931",
                    "parent_sku": "FAMILY",
                    "product_type": "KITCHEN",
                    "state": "active",
                    "last_updated": moment(ago(days=28)),
                }
            ],
        )

    def test_an_existing_product_is_linked_and_stays_as_it_is(self):
        before = self.mug.read(["name", "list_price", "barcode"])
        self.fake.list(build_listing(price="99.00", barcode="4006381333931"))
        self.download_products()
        self.assertEqual(self.listing().product_id, self.mug)
        self.assertEqual(self.mug.read(["name", "list_price", "barcode"]), before)
        self.assertEqual(len(self.products("MUG")), 1)
        self.assertEqual(self.mug.amazon_listing_ids, self.listing())
        self.assertEqual(self.mug.product_tmpl_id.amazon_listing_ids, self.listing())

    def test_a_product_is_made_where_there_is_none(self):
        self.fake.list(
            build_listing(
                "BOWL", title="A bowl", price="12.99", barcode="4006381333931"
            )
        )
        self.download_products()
        self.assertRecordValues(
            self.products("BOWL"),
            [
                {
                    "name": "A bowl",
                    "list_price": 12.99,
                    "barcode": "4006381333931",
                    "is_storable": True,
                    "company_id": self.connection.company_id.id,
                }
            ],
        )
        self.assertEqual(self.last_run("download_products").created, 1)

    def test_without_a_title_the_sku_is_the_name(self):
        self.fake.list(build_listing("BOWL", title=None))
        self.download_products()
        self.assertEqual(self.products("BOWL").name, "BOWL")

    def test_a_second_download_changes_nothing(self):
        self.fake.list(build_listing("BOWL"), build_listing("MUG"))
        self.download_products()
        self.download_products()
        run = self.last_run("download_products")
        self.assertRecordValues(
            run, [{"created": 0, "updated": 0, "warned": 0, "outcome": "nothing"}]
        )
        self.assertEqual(len(self.products("BOWL")), 1)

    def test_two_products_with_the_reference_are_named_and_none_is_linked(self):
        twin = self._create_product("MUG")
        self.fake.list(build_listing())
        self.download_products()
        self.assertFalse(self.listing().product_id)
        run = self.last_run("download_products")
        self.assertEqual(run.warned, 1)
        for product in self.mug | twin:
            self.assertIn(f"(ID {product.id})", self.lines_of(run))
        self.assertEqual(len(self.products("MUG")), 2)
        twin.default_code = "TWIN"
        self.listing().action_retry()
        self.download_products()
        self.assertEqual(self.listing().product_id, self.mug)
        self.assertFalse(self.listing().error)

    def test_an_archived_product_is_neither_used_nor_doubled(self):
        self.mug.active = False
        self.fake.list(build_listing())
        self.download_products()
        self.assertFalse(self.listing().product_id)
        self.assertIn("archived", self.listing().error)
        self.assertEqual(len(self.products("MUG")), 1)

    def test_a_parent_of_variants_has_no_product(self):
        self.fake.list(build_listing("FAMILY", children=["MUG"], quantity=None))
        self.download_products()
        self.assertTrue(self.listing("FAMILY").is_parent)
        self.assertFalse(self.products("FAMILY"))
        self.assertFalse(self.connection.unlinked_count)
        with self.assertRaisesRegex(ValidationError, "variants"):
            self.listing("FAMILY").product_id = self.mug

    def test_one_bad_listing_stops_no_other(self):
        broken = build_listing("BROKEN")
        broken["summaries"][0]["lastUpdatedDate"] = ago(days=60)
        broken["offers"][0]["price"]["amount"] = "much"
        self.fake.list(broken, build_listing("BOWL"))
        self.download_products()
        self.assertTrue(self.products("BOWL"))
        self.assertFalse(self.listing("BROKEN").price)
        self.assertFalse(self.products("BROKEN").list_price)
        run = self.last_run("download_products")
        self.assertEqual((run.warned, run.outcome), (1, "warning"))
        self.assertIn("BROKEN", self.lines_of(run))

    def test_a_product_of_another_company_is_not_taken(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["product.product"].create(
            {"name": "Theirs", "default_code": "BOWL", "company_id": other.id}
        )
        self.fake.list(build_listing("BOWL"))
        self.download_products()
        self.assertNotEqual(self.listing("BOWL").product_id, theirs)
        self.assertTrue(self.listing("BOWL").product_id)

    def test_off_listings_are_fetched_on_demand_and_linked_but_nothing_is_made(self):
        self.connection.download_products = False
        self.fake.list(build_listing("MUG"), build_listing("BOWL"))
        self.download_products()
        self.assertFalse(self.listing("MUG"))
        self.connection.action_download_products()
        self.download_products()
        self.assertEqual(self.listing("MUG").product_id, self.mug)
        self.assertFalse(self.listing("BOWL").product_id)
        self.assertFalse(self.products("BOWL"))
        self.assertEqual(self.connection.unlinked_count, 1)


@tagged("post_install", "-at_install")
class TestReflect(ListingsCommon):
    def change(self, sku="BOWL", **more):
        self.fake.list(build_listing(sku, updated=ago(days=20), **more))
        self.download_products()

    def prepare(self):
        super().prepare()
        self.fake.list(build_listing("BOWL", title="A bowl", price="12.00"))
        self.download_products()
        self.bowl = self.products("BOWL")

    def test_title_price_and_barcode_follow_the_store(self):
        self.assertEqual(self.bowl.description, "<p>A bowl</p>")
        self.change(title="A bowl & lid", price="13.50", barcode="4006381333931")
        self.assertRecordValues(
            self.bowl,
            [
                {
                    "name": "A bowl & lid",
                    "description": "<p>A bowl &amp; lid</p>",
                    "description_sale": False,
                    "list_price": 13.50,
                    "barcode": "4006381333931",
                }
            ],
        )

    def test_what_a_person_changed_stays_until_amazon_changes_it(self):
        self.bowl.write({"name": "Mine", "description": "My own", "list_price": 1})
        self.change(title="A bowl", price="14.00")
        self.assertEqual((self.bowl.name, self.bowl.list_price), ("Mine", 14))
        self.assertIn("My own", self.bowl.description)

    def test_a_taken_barcode_is_not_written_and_named_once(self):
        self.mug.barcode = "4006381333931"
        self.change(title="A bowl", barcode="4006381333931")
        self.assertFalse(self.bowl.barcode)
        self.assertIn(self.mug.display_name, self.listing("BOWL").error)
        self.assertEqual(self.last_run("download_products").warned, 1)
        self.mug.barcode = False
        self.listing("BOWL").action_retry()
        self.download_products()
        self.assertEqual(self.bowl.barcode, "4006381333931")
        self.assertFalse(self.listing("BOWL").error)

    def test_another_currency_is_kept_on_the_listing_only(self):
        self.change(title="A bowl", price="99.00", currency="CAD")
        self.assertEqual(self.bowl.list_price, 12)
        self.assertEqual(self.listing("BOWL").price, 99)
        self.assertEqual(self.listing("BOWL").currency_id.name, "CAD")

    def test_of_several_variants_barcode_and_own_price_follow(self):
        small, large = self.create_variants("SMALL", "LARGE")
        self.fake.list(build_listing("SMALL", title="Small", price="5.00"))
        self.download_products()
        self.assertEqual(self.listing("SMALL").product_id, small)
        self.change("SMALL", title="Very small", price="6", barcode="4006381333931")
        self.assertEqual(small.name, "Family")
        self.assertEqual((small.lst_price, large.lst_price), (6, 1))
        self.assertEqual(small.barcode, "4006381333931")
        self.assertFalse(large.barcode)

    def test_off_nothing_of_the_product_is_changed(self):
        self.connection.download_products = False
        self.connection.action_download_products()
        self.change(title="A better bowl")
        self.assertEqual(self.listing("BOWL").title, "A better bowl")
        self.assertEqual(self.bowl.name, "A bowl")

    def test_one_sku_in_several_storefronts_is_one_product(self):
        canada = self.open_storefront()
        self.fake.list(
            build_listing(
                "BOWL", title="Bol", price="17.00", currency="CAD", marketplace=CA
            )
        )
        self.download_products()
        self.assertEqual(len(self.listing("BOWL")), 2)
        self.assertEqual(self.listing("BOWL").product_id, self.bowl)
        self.fake.list(
            build_listing(
                "BOWL",
                title="Bol neuf",
                marketplace=CA,
                updated=ago(days=19),
            )
        )
        self.download_products()
        self.assertEqual(self.listing("BOWL", storefront=canada).title, "Bol neuf")
        self.assertEqual(self.bowl.name, "A bowl", "The own marketplace decides")

    def test_the_own_marketplace_takes_over_what_another_storefront_made(self):
        self.open_storefront()
        self.fake.list(build_listing("VASE", title="Vase au Canada", marketplace=CA))
        self.download_products()
        self.assertEqual(self.products("VASE").name, "Vase au Canada")
        self.change("VASE", title="A vase")
        self.assertEqual(self.products("VASE").name, "A vase")


@tagged("post_install", "-at_install")
class TestPictures(ListingsCommon):
    ADDRESS = "https://images.example/bowl.png"

    def test_the_picture_comes_to_a_product_without_one(self):
        self.fake.list(
            build_listing("BOWL", image=self.ADDRESS),
            build_listing("MUG", image=self.ADDRESS),
        )
        self.download_products()
        self.assertTrue(self.products("BOWL").image_1920)
        self.assertTrue(self.mug.image_1920)
        self.assertFalse(self.listing("BOWL").image_pending)

    def test_a_picture_of_ones_own_stays(self):
        self.mug.image_1920 = self.env.company.logo
        before = self.mug.image_1920
        self.fake.list(build_listing(image=self.ADDRESS))
        self.download_products()
        self.assertEqual(self.mug.image_1920, before)

    def test_a_picture_that_cannot_be_had_is_reported_and_stops_nothing(self):
        for picture, reason in (
            (None, "no picture"),
            (b"<html>", "could not be decoded"),
        ):
            self.fake.picture = picture
            sku = f"BOWL-{len(reason)}"
            self.fake.list(build_listing(sku, image=self.ADDRESS))
            self.download_products()
            self.assertTrue(self.products(sku))
            self.assertIn(reason, self.lines_of(self.last_run("download_products")))
        before = len([c for c in self.fake.calls if c[0] == "downloadImage"])
        self.download_products()
        self.assertEqual(
            len([c for c in self.fake.calls if c[0] == "downloadImage"]), before
        )
