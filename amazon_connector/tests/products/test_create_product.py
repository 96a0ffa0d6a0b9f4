"""A person has the product of a listing made, where Download Products does not."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..builders import ago, build_item, build_order
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon

ADDRESS = "https://images.example/bowl.png"
BARCODE = "4006381333931"


@tagged("post_install", "-at_install")
class TestCreateProduct(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.connection.download_products = False

    def fetch(self, *documents):
        self.fake.list(*documents)
        self.connection.action_download_products()
        self.download_products()

    def test_it_is_made_as_on_amazon_with_its_picture(self):
        self.fetch(
            build_listing(
                "BOWL", title="A bowl", price="12.99", barcode=BARCODE, image=ADDRESS
            )
        )
        self.listing("BOWL").action_create_product()
        bowl = self.listing("BOWL").product_id
        self.assertRecordValues(
            bowl,
            [
                {
                    "name": "A bowl",
                    "default_code": "BOWL",
                    "list_price": 12.99,
                    "barcode": BARCODE,
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.connection.company_id.id,
                }
            ],
        )
        self.assertFalse(bowl.image_1920, "Nothing is fetched while somebody waits")
        self.download_products()
        self.assertTrue(bowl.image_1920)

    def test_one_product_stands_for_the_sku_in_all_storefronts(self):
        self.open_storefront()
        self.fetch(
            build_listing("BOWL", title="Bol", currency="CAD", marketplace=CA),
            build_listing("BOWL", title="A bowl", price="12.99"),
        )
        self.listing("BOWL")[0].action_create_product()
        self.assertEqual(len(self.products("BOWL")), 1)
        self.assertEqual(self.listing("BOWL").product_id, self.products("BOWL"))
        self.assertEqual(self.products("BOWL").name, "A bowl")
        self.assertEqual(self.products("BOWL").list_price, 12.99)

    def test_many_at_once(self):
        self.fetch(*(build_listing(f"BOWL-{number}") for number in range(3)))
        notification = self.connection.listing_ids.action_create_product()
        self.assertEqual(len(self.connection.listing_ids.product_id), 3)
        self.assertEqual(notification["params"]["type"], "success")

    def test_it_is_refused_where_a_product_has_the_reference(self):
        self.fetch(build_listing("BOWL"))
        bowl = self._create_product("BOWL")
        with self.assertRaisesRegex(UserError, "BOWL: .*has this internal reference"):
            self.listing("BOWL").action_create_product()
        bowl.active = False
        with self.assertRaisesRegex(UserError, "has this internal reference"):
            self.listing("BOWL").action_create_product()
        self.assertEqual(len(self.products("BOWL")), 1)

    def test_what_cannot_be_made_costs_itself_and_is_named(self):
        self.fetch(
            build_listing("MUG"),
            build_listing("FAMILY", children=["BOWL"]),
            build_listing("BOWL"),
        )
        notification = self.connection.listing_ids.action_create_product()
        self.assertTrue(self.products("BOWL"))
        self.assertFalse(self.products("FAMILY"))
        message = notification["params"]["message"]
        self.assertIn("MUG: A product is linked already.", message)
        self.assertIn("FAMILY: It only holds variants together.", message)
        self.assertEqual(notification["params"]["type"], "warning")

    def test_a_taken_barcode_is_left_out_and_said(self):
        self.mug.barcode = BARCODE
        self.fetch(build_listing("BOWL", barcode=BARCODE))
        notification = self.listing("BOWL").action_create_product()
        self.assertFalse(self.products("BOWL").barcode)
        self.assertIn(BARCODE, notification["params"]["message"])

    def test_afterwards_it_follows_amazon_when_download_products_is_on(self):
        self.connection.download_products = True
        self.mug.default_code = "TWIN"
        self._create_product("TWIN")
        self.fake.list(build_listing("TWIN", title="A twin"))
        self.download_products()
        self.assertFalse(self.listing("TWIN").product_id, "Two have the reference")
        self.products("TWIN").default_code = False
        self.listing("TWIN").action_create_product()
        self.fake.list(build_listing("TWIN", title="Renamed", updated=ago(days=2)))
        self.download_products()
        self.assertEqual(self.products("TWIN").name, "Renamed")

    def test_an_order_that_waited_comes_in(self):
        self.fetch(build_listing("BOWL"))
        self.fake.add(build_order(items=[build_item(sku="BOWL")]))
        self.download()
        self.assertEqual(self.order().state, "held")
        self.listing("BOWL").action_create_product()
        self.download()
        self.assertEqual(
            self.order().sale_order_id.order_line.product_id, self.products("BOWL")
        )

    def test_who_may_not_create_products_is_told(self):
        self.fetch(build_listing("BOWL"))
        user = new_test_user(
            self.env, "linker", groups="amazon_connector.amazon_connector_group_user"
        )
        with self.assertRaisesRegex(AccessError, "may not create products"):
            self.listing("BOWL").with_user(user).action_create_product()
