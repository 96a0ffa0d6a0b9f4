"""Amazon's catalogue is asked for what listings lack."""

import base64
import io

from PIL import Image

from odoo.tests import tagged

from ...spapi.errors import AuthError, RejectedError
from ..builders import ago
from ..fake_listings import CA, build_article, build_listing
from ..listings_common import ListingsCommon

EAN = "4006381333931"
UPC = "036000291452"


@tagged("post_install", "-at_install")
class TestCatalog(ListingsCommon):
    def setUp(self):
        super().setUp()
        self.fake.articles["B0BOWL"] = build_article(
            "B0BOWL",
            barcodes=[("EAN", EAN), ("GTIN", f"0{EAN}")],
            images=[("MAIN", "https://images.example/1.png")],
        )

    def asked(self):
        return [call[2] for call in self.fake.calls if call[0] == "searchCatalogItems"]

    def test_what_the_catalogue_says_is_kept_on_the_listing(self):
        self.fake.list(build_listing("BOWL"))
        self.download_products()
        listing = self.listing("BOWL")
        self.assertEqual(
            listing.catalog,
            {
                "identifiers": [
                    {"kind": "ean", "value": EAN},
                    {"kind": "gtin", "value": f"0{EAN}"},
                ],
                "images": [
                    {
                        "variant": "MAIN",
                        "url": "https://images.example/1.png",
                        "width": 1,
                        "height": 1,
                    }
                ],
            },
        )
        self.assertFalse(listing.catalog_pending)
        self.assertFalse(listing.to_process)
        self.assertEqual(self.products("BOWL").barcode, EAN)

    def test_a_product_that_was_there_before_stays_as_it_is(self):
        own = self.env["product.product"].create(
            {"name": "Mine", "default_code": "BOWL", "barcode": "MY-CODE"}
        )
        self.fake.list(build_listing("BOWL"))
        self.download_products()
        self.assertEqual(self.listing("BOWL").product_id, own)
        self.assertTrue(self.listing("BOWL").catalog)
        self.assertRecordValues(own, [{"name": "Mine", "barcode": "MY-CODE"}])

    def test_a_product_linked_before_the_catalogue_answered_stays_as_it_is(self):
        own = self.env["product.product"].create(
            {"name": "Mine", "default_code": "OTHER", "barcode": "MY-CODE"}
        )
        self.connection.download_products = False
        self.fake.list(build_listing("BOWL"))
        self.connection.action_download_products()
        self.download_products()
        listing = self.listing("BOWL")
        listing.catalog_pending = True
        listing.catalog = False
        listing.product_id = own
        self.connection.download_products = True
        self.download_products()
        self.assertTrue(listing.catalog)
        self.assertRecordValues(own, [{"name": "Mine", "barcode": "MY-CODE"}])
        self.fake.list(build_listing("BOWL", title="New title", updated=ago(days=20)))
        self.download_products()
        self.assertRecordValues(own, [{"name": "New title", "barcode": "MY-CODE"}])

    def deny_catalog(self):
        """Download without the role Product Listing for the catalogue."""

        def deny(asins, **_more):
            raise AuthError("Denied.", reason="forbidden")

        self.fake.search_catalog_items = deny
        self.download_products()
        self.assertTrue(self.listing("BOWL").catalog_pending)
        del self.fake.search_catalog_items

    def test_what_a_person_set_before_the_catalogue_was_allowed_stays(self):
        self.fake.list(build_listing("BOWL"), build_listing("CUP"))
        self.fake.articles["B0CUP"] = build_article(
            "B0CUP",
            barcodes=[("UPC", "036000241457")],
            images=[("MAIN", "https://images.example/2.png")],
        )
        self.deny_catalog()
        bowl, cup = self.products("BOWL"), self.products("CUP")
        stream = io.BytesIO()
        Image.new("RGB", (2, 2), (9, 9, 9)).save(stream, "PNG")
        mine = base64.b64encode(stream.getvalue())
        bowl.write({"barcode": "MY-CODE", "image_1920": mine})
        self.download_products()
        self.assertTrue(self.listing("BOWL").catalog)
        self.assertRecordValues(
            bowl | cup, [{"barcode": "MY-CODE"}, {"barcode": "036000241457"}]
        )
        self.assertEqual(bowl.image_1920, mine)
        self.assertTrue(cup.image_1920)
        self.fake.list(build_listing("BOWL", barcode=UPC, updated=ago(days=20)))
        self.download_products()
        self.assertEqual(bowl.barcode, UPC, "Amazon changed it")

    def test_what_amazon_changes_while_the_catalogue_is_denied_is_followed(self):
        self.fake.list(build_listing("BOWL", barcode=UPC))
        self.deny_catalog()
        bowl = self.products("BOWL")
        self.assertEqual(bowl.barcode, UPC)
        self.fake.list(build_listing("BOWL", updated=ago(days=20)))
        self.deny_catalog()
        bowl.barcode = "MY-CODE"
        self.download_products()
        self.assertEqual(bowl.barcode, EAN)

    def test_twenty_different_articles_are_one_question(self):
        self.fake.list(
            *(build_listing(f"S-{n}", asin=f"B0{n % 25}") for n in range(50))
        )
        self.download_products()
        self.assertEqual([len(asins) for asins in self.asked()], [20, 5])

    def test_it_is_asked_once_and_again_when_the_article_changes(self):
        self.fake.list(build_listing("BOWL"))
        self.download_products()
        self.download_products()
        self.assertEqual(len(self.asked()), 1)
        self.fake.list(build_listing("BOWL", title="New title", updated=ago(days=20)))
        self.download_products()
        self.assertEqual(len(self.asked()), 1)
        self.fake.list(build_listing("BOWL", asin="B0OTHER", updated=ago(days=19)))
        self.download_products()
        self.assertEqual(self.asked()[1:], [("B0OTHER",)])
        self.assertFalse(self.listing("BOWL").catalog, "It is another article")

    def test_of_a_sku_in_two_storefronts_the_own_one_is_asked(self):
        self.open_storefront()
        self.fake.list(
            build_listing("BOWL"),
            build_listing("BOWL", marketplace=CA),
            build_listing("VASE", marketplace=CA),
        )
        self.download_products()
        asked = [
            call[1:] for call in self.fake.calls if call[0] == "searchCatalogItems"
        ]
        self.assertEqual(asked, [("ATVPDKIKX0DER", ("B0BOWL",)), (CA, ("B0VASE",))])

    def test_an_article_that_amazon_refuses_costs_itself(self):
        search = self.fake.search_catalog_items

        def refuse(asins, **more):
            if "B0BAD" in asins:
                raise RejectedError("Bad.", operation="searchCatalogItems", status=400)
            return search(asins, **more)

        self.fake.search_catalog_items = refuse
        self.fake.list(build_listing("BOWL"), build_listing("BAD"))
        self.download_products()
        self.assertTrue(self.listing("BOWL").catalog)
        self.assertFalse(self.listing("BAD").catalog_pending)
        self.assertTrue(self.products("BAD"))
        self.assertIn("B0BAD", self.lines_of(self.last_run("download_products")))

    def test_without_access_to_the_catalogue_listings_come_in_and_it_is_said_once(self):
        denied = AuthError("Denied.", reason="forbidden")
        self.fake.list(build_listing("BOWL"))
        self.fake.errors = [None, denied]
        self.download_products()
        self.assertTrue(self.products("BOWL"))
        run = self.last_run("download_products")
        self.assertEqual((run.warned, run.outcome), (1, "warning"))
        self.fake.errors = [None, denied]
        self.download_products()
        self.assertEqual(self.last_run("download_products").warned, 0)
        self.download_products()
        self.assertTrue(self.listing("BOWL").catalog, "It is tried again")
