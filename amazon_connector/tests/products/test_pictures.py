"""Pictures come in the background, each once, and wait for what is not there."""

import base64
import errno
from io import BytesIO

from PIL import Image

from odoo import fields
from odoo.tests import tagged

from ...spapi.errors import RejectedError, UnavailableError
from ..builders import ago
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon

AMAZON = "https://m.media-amazon.com/images/I"
OTHER = "https://images-eu.ssl-images-amazon.com/images/I"


def picture(color=0, kind="PNG"):
    stream = BytesIO()
    Image.new("RGB", (3, 2), (color, 1, 2)).save(stream, kind)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestPictures(ListingsCommon):
    def setUp(self):
        super().setUp()
        self.shown = {}
        self.fetched = []
        self.fake.download_image = self.answer

    def answer(self, url):
        """Stand for Amazon's servers: bytes, an error, or a picture of any colour."""
        self.fetched.append(url)
        found = self.shown.get(url)
        if isinstance(found, Exception):
            raise found
        return found or picture(len(url) % 200)

    def fetch(self, *documents):
        """Download; return what was fetched, and the lines of the run."""
        self.fetched.clear()
        self.fake.list(*documents)
        self.download_products()
        return self.fetched, self.lines_of(self.last_run("download_products"))

    def build(self, sku="BOWL", further=2, **more):
        pictures = [f"{AMAZON}/{sku}-{number}.jpg" for number in range(further)]
        more = {"image": f"{AMAZON}/{sku}.jpg", "pictures": pictures} | more
        return build_listing(sku, **more)

    def states(self, sku="BOWL"):
        return {row.variant: row.state for row in self.listing(sku).image_ids}

    def try_again(self):
        """Let the pause of what is put off pass."""
        waiting = self.env["amazon.listing.image"].search([("next_try", "!=", False)])
        self.assertTrue(waiting)
        waiting.next_try = fields.Datetime.now()
        return self.fetch()

    def test_the_main_one_and_further_ones_come(self):
        fetched, _told = self.fetch(self.build())
        self.assertEqual(len(fetched), 3)
        bowl = self.products("BOWL")
        self.assertTrue(bowl.image_1920)
        shown = bowl.amazon_image_ids
        self.assertEqual(shown.mapped("variant"), ["PT01", "PT02"])
        self.assertEqual(shown, bowl.product_tmpl_id.amazon_image_ids)
        self.assertTrue(all(row.image and row.image_128 for row in shown))
        main = self.listing("BOWL").image_ids[0]
        self.assertEqual((main.variant, main.state), ("MAIN", "done"))
        self.assertFalse(main.image, "The product has it")

    def test_what_is_unchanged_is_not_fetched_again(self):
        self.fetch(self.build())
        for more in ({}, {"title": "New"}, {"title": "Newer"}):
            fetched, _told = self.fetch(self.build(updated=ago(days=9), **more))
            self.assertFalse(fetched)
        run = self.last_run("download_products")
        self.fetch()
        self.assertEqual(self.last_run("download_products").updated, 0)
        self.assertNotEqual(run, self.last_run("download_products"))

    def test_another_address_is_fetched_alone(self):
        self.fetch(self.build())
        changed = [f"{AMAZON}/BOWL-0.jpg", f"{AMAZON}/new.jpg"]
        fetched, _told = self.fetch(self.build(pictures=changed, updated=ago(days=9)))
        self.assertEqual(fetched, [f"{AMAZON}/new.jpg"])

    def test_the_same_picture_at_another_address_leaves_that_of_a_person(self):
        self.fetch(self.build(further=0))
        bowl = self.products("BOWL")
        bowl.image_1920 = mine = base64.b64encode(picture(99))
        address = f"{AMAZON}/moved.jpg"
        self.shown[address] = picture(len(f"{AMAZON}/BOWL.jpg"))
        self.fetch(self.build(image=address, further=0, updated=ago(days=9)))
        self.assertEqual(self.fetched, [address])
        self.assertEqual(bowl.image_1920, mine)
        self.shown[f"{AMAZON}/new.jpg"] = picture(7)
        self.fetch(
            self.build(image=f"{AMAZON}/new.jpg", further=0, updated=ago(days=8))
        )
        self.assertNotEqual(bowl.image_1920, mine)

    def test_a_picture_that_amazon_shows_no_more_goes(self):
        self.fetch(self.build(further=3))
        self.fetch(self.build(further=1, updated=ago(days=9)))
        self.assertEqual(self.states(), {"MAIN": "done", "PT01": "done"})

    def test_one_dead_server_costs_its_picture_and_one_warning(self):
        dead = f"{OTHER}/dead.jpg"
        self.shown[dead] = UnavailableError("It cannot be reached.")
        self.fetch(self.build(image=dead, further=4), self.build("VASE"))
        run = self.last_run("download_products")
        self.assertEqual(
            self.states(),
            {"MAIN": "pending"} | {f"PT0{n}": "done" for n in (1, 2, 3, 4)},
        )
        self.assertEqual(set(self.states("VASE").values()), {"done"})
        self.assertEqual((run.outcome, run.warned), ("warning", 1))
        self.assertIn("images-eu.ssl-images-amazon.com", self.lines_of(run))
        self.assertTrue(self.products("VASE"))
        fetched, _told = self.fetch()
        self.assertFalse(fetched, "It waits for a while")
        fetched, _told = self.try_again()
        self.assertEqual(fetched, [dead])
        waits = self.listing("BOWL").image_ids[0]
        self.assertEqual(waits.attempts, 2)
        del self.shown[dead]
        self.try_again()
        self.assertEqual(self.states()["MAIN"], "done")
        self.assertTrue(self.products("BOWL").image_1920)

    def test_a_server_that_fails_again_and_again_is_left_alone(self):
        for number in range(30):
            sku = f"S-{number:02}"
            self.fake.list(self.build(sku, image=f"{OTHER}/{sku}.jpg", further=1))
            self.shown[f"{OTHER}/{sku}.jpg"] = UnavailableError("Gone.")
        fetched, _told = self.fetch()
        dead = [url for url in fetched if url.startswith(OTHER)]
        self.assertLess(len(dead), 12, "As many as are under way at once")
        self.assertEqual(len(fetched) - len(dead), 30, "The others come in")
        self.assertEqual(self.last_run("download_products").warned, 1)
        self.shown.clear()
        self.env["amazon.listing.image"].search([]).next_try = False
        self.fetch()
        self.assertEqual(len(self.fetched), 30)

    def test_what_cannot_be_stored_for_a_moment_comes_by_itself(self):
        attachments = self.env.registry["ir.attachment"]
        write = attachments._file_write

        def read_only(*_args):
            raise OSError(errno.EROFS, "Read-only file system")

        self.patch(attachments, "_file_write", read_only)
        _fetched, told = self.fetch(*(self.build(f"S-{n}") for n in range(5)))
        run = self.last_run("download_products")
        self.assertEqual((run.outcome, run.warned), ("warning", 1))
        self.assertIn("Read-only file system", told)
        self.assertEqual(len(self.connection.listing_ids.product_id), 5)
        self.patch(attachments, "_file_write", write)
        self.env["amazon.listing.image"].search([]).next_try = False
        self.fetch()
        for number in range(5):
            self.assertEqual(set(self.states(f"S-{number}").values()), {"done"})
            self.assertTrue(self.products(f"S-{number}").image_1920)

    def test_what_is_no_picture_is_named_and_fetched_by_retry_alone(self):
        whole = picture(5, "JPEG")
        for number, content in enumerate(
            (whole[: len(whole) // 2], b"<svg/>", b"", RejectedError("Not there."))
        ):
            sku = f"S-{number}"
            address = f"{AMAZON}/{sku}-0.jpg"
            self.shown[address] = content or b"\0"
            with self.subTest(sku):
                _fetched, told = self.fetch(self.build(sku))
                self.assertIn(f"Listing {sku}: The picture PT01", told)
                states = {"MAIN": "done", "PT01": "failed", "PT02": "done"}
                self.assertEqual(self.states(sku), states)
                self.assertFalse(self.fetch()[0])
                self.shown.pop(address)
                self.listing(sku).action_retry()
                self.assertEqual(self.fetch()[0], [address])
                self.assertEqual(self.states(sku)["PT01"], "done")

    def test_two_storefronts_fetch_once(self):
        self.open_storefront()
        fetched, _told = self.fetch(self.build(), self.build(marketplace=CA))
        self.assertEqual(len(fetched), 3)

    def test_the_own_storefront_brings_its_pictures_when_it_comes_later(self):
        self.open_storefront()
        abroad = [f"{AMAZON}/abroad.jpg"]
        self.fetch(self.build(marketplace=CA, image=abroad[0], further=0))
        self.assertEqual(self.fetched, abroad)
        self.fetch(self.build(further=1, updated=ago(days=9)))
        self.assertEqual(len(self.fetched), 2)
        self.assertNotIn(abroad[0], self.fetched)
        bowl = self.products("BOWL")
        self.assertEqual(bowl.amazon_image_ids.mapped("variant"), ["PT01"])

    def test_a_product_that_was_there_gets_what_it_lacks(self):
        self.mug.image_1920 = mine = base64.b64encode(picture(99))
        fetched, _told = self.fetch(self.build("MUG"))
        self.assertEqual(len(fetched), 2)
        self.assertEqual(self.mug.image_1920, mine)
        self.assertEqual(len(self.mug.amazon_image_ids), 2)

    def test_the_catalogue_adds_pictures_and_a_barcode(self):
        self.fetch(self.build(further=0))
        self.listing("BOWL").write(
            {
                "catalog": {
                    "identifiers": [{"kind": "ean", "value": "4006381333931"}],
                    "images": [
                        {
                            "variant": variant,
                            "url": f"{AMAZON}/{variant}-{size}.jpg",
                            "width": size,
                            "height": size,
                        }
                        for variant in ("MAIN", "PT01", "SWCH")
                        for size in (75, 2000, 500)
                    ],
                },
                "to_process": True,
            }
        )
        fetched, _told = self.fetch()
        self.assertEqual(
            set(fetched), {f"{AMAZON}/MAIN-2000.jpg", f"{AMAZON}/PT01-2000.jpg"}
        )
        self.assertEqual(self.products("BOWL").barcode, "4006381333931")
        fetched, _told = self.fetch(self.build(further=0, updated=ago(days=9)))
        self.assertFalse(fetched)

    def test_what_the_seller_keeps_himself_is_not_fetched(self):
        own = ["https://shop.example/1.jpg", "http://10.0.0.5/1.jpg"]
        fetched, _told = self.fetch(self.build(pictures=own))
        self.assertEqual(fetched, [f"{AMAZON}/BOWL.jpg"])
