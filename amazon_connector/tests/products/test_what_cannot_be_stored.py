"""One rule for texts, numbers and identifiers: what cannot be stored costs itself."""

from odoo.tests import tagged

from ..builders import ago, build_item, build_order
from ..fake_listings import CA, build_listing
from ..inventory_common import InventoryCommon
from ..listings_common import ListingsCommon

LARGEST = 2**31 - 1


@tagged("post_install", "-at_install")
class TestWhatCannotBeStored(ListingsCommon):
    def fetch(self, *documents):
        self.fake.list(*documents)
        self.download_products()
        run = self.last_run("download_products")
        return run, self.lines_of(run)

    def test_a_text_is_cleaned_and_named_once(self):
        for sku, title, stored in (
            ("NUL", "Cup\0 blue", "Cup blue"),
            ("HALF", "Cup \ud83c", "Cup \ufffd"),
            ("XML", "Cup\ufffe\x1b", "Cup"),
            ("LONG", "x" * 5000, "x" * 1999 + "…"),
        ):
            with self.subTest(sku):
                run, told = self.fetch(build_listing(sku, title=title))
                self.assertEqual(self.products(sku).name, stored)
                self.assertIn(f"Listing {sku}", told)
                self.assertIn("itemName", told)
                self.assertEqual((run.outcome, run.warned), ("warning", 1))
                self.assertIn("itemName", self.listing(sku).left_out)
                run, told = self.fetch()
                self.assertEqual((run.warned, told), (0, ""))

    def test_it_is_told_no_more_once_it_is_corrected(self):
        self.fetch(build_listing("CUP", title="Cup\0 blue"))
        run, _told = self.fetch(
            build_listing("CUP", title="Cup blue", updated=ago(days=9))
        )
        self.assertFalse(self.listing("CUP").left_out)
        self.assertEqual(run.warned, 0)

    def test_more_than_can_be_counted_is_as_much_as_can_be(self):
        _run, told = self.fetch(build_listing("CUP", quantity=3_000_000_000))
        cup = self.listing("CUP")
        self.assertEqual((cup.amazon_quantity, cup.is_tracked), (LARGEST, True))
        self.assertIn("Listing CUP: A quantity in Amazon's answer is too large", told)

    def test_a_value_that_cannot_be_read_leaves_the_known_one(self):
        self.fetch(build_listing("CUP", price="12.00", quantity=7))
        run, told = self.fetch(
            build_listing(
                "CUP", price="9e99", quantity=-1, title="New", updated=ago(days=9)
            )
        )
        cup = self.listing("CUP")
        self.assertEqual((cup.price, cup.amazon_quantity), (12.0, 7))
        self.assertEqual(cup.currency_id.name, "USD")
        self.assertTrue(cup.is_tracked)
        self.assertEqual((cup.product_id.name, cup.product_id.list_price), ("New", 12))
        self.assertIn("amount", told)
        self.assertIn("quantity", told)
        self.assertEqual(run.warned, 1, "One line for the listing")

    def test_an_identifier_that_cannot_be_stored_costs_its_row(self):
        bad = ["A\0", "half \ud83c", "x" * 1_000_000, "\uffff"]
        run, told = self.fetch(*map(build_listing, bad), build_listing("CUP"))
        self.assertEqual(self.connection.listing_ids.mapped("sku"), ["CUP"])
        self.assertEqual(run.failed, len(bad))
        self.assertIn("sku", told)
        told.encode()

    def test_one_of_each_kind_among_many_and_the_store_is_completed(self):
        broken = [
            build_listing("B-1", title="Cup\0"),
            build_listing("B-2", quantity=3_000_000_000),
            build_listing("B-3", price="1e15"),
            build_listing("B-4", asin="B0\0"),
            build_listing("B-5\ud83c"),
            build_listing("B-6", codes=[("ean", "\0")]),
            build_listing("B-8", image="https://\ud83c.example/1.png"),
        ]
        good = [build_listing(f"SKU-{number:03}") for number in range(60)]
        documents = good[:30] + broken + good[30:]
        self.connection._start_import()
        self.fake.list(*documents)
        self.download_products()
        self.download()
        self.assertEqual(self.connection.state, "completed")
        skus = {f"SKU-{number:03}" for number in range(60)}
        skus |= {"B-1", "B-2", "B-3", "B-4", "B-6", "B-8"}
        linked = self.connection.listing_ids.filtered("product_id")
        self.assertEqual(set(linked.mapped("sku")), skus)
        told = self.lines_of(self.last_run("download_products"))
        for sku in ("B-1", "B-2", "B-3", "B-4", "B-5", "B-8"):
            self.assertIn(f"Listing {sku}", told)

    def test_a_document_without_anything_is_a_listing(self):
        storefront = self.connection.storefront_ids
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_products",
                "reason": "button",
            }
        )
        document = {"sku": "BARE", "summaries": None, "attributes": 7, "offers": [3]}
        self.env["amazon.listing"]._store_documents(storefront, [document], run)
        self.assertTrue(self.listing("BARE"))
        self.assertFalse(run.warned)

    def test_a_title_without_end_is_a_reference(self):
        title = "".join(chr(0x4E00 + number * 7 % 20000) for number in range(1900))
        item = build_item()
        del item["product"]["sellerSku"]
        item["product"]["title"] = title
        self.connection.write({"download_products": False, "unknown_product": "create"})
        sale = self.import_order(items=[item])
        self.assertEqual(sale.order_line.product_id.default_code, title[:255])
        order = build_order("111-0000001-0000002", items=[item])
        self.fake.add(order)
        self.download()
        again = self.order("111-0000001-0000002").sale_order_id
        self.assertEqual(again.order_line.product_id, sale.order_line.product_id)


@tagged("post_install", "-at_install")
class TestBlanks(ListingsCommon):
    def test_one_product_for_a_sku_whatever_blanks_are_around_it(self):
        self.open_storefront()
        skus = ["KEY-7", " KEY-7", "KEY-7\t", "KEY-7\u00a0", "\u3000KEY-7"]
        self.fake.list(*(build_listing(sku) for sku in skus))
        self.fake.list(*(build_listing(sku, marketplace=CA) for sku in skus))
        self.download_products()
        listings = self.connection.listing_ids
        self.assertEqual(set(listings.mapped("sku")), set(skus), "As Amazon writes it")
        self.assertEqual(len(listings), 10)
        self.assertEqual(len(listings.product_id), 1)
        self.assertEqual(listings.product_id.default_code, "KEY-7")
        self.assertEqual(len(listings._get_one_per_sku()), 1)
        self.assertFalse(listings.filtered("error"))

    def test_capitals_are_amazons(self):
        self.fake.list(build_listing("key-7"), build_listing("KEY-7"))
        self.download_products()
        self.assertEqual(len(self.connection.listing_ids.product_id), 2)

    def test_a_reference_with_blanks_is_found(self):
        for number, blank in enumerate(("\u00a0", "\t", "\u2009")):
            sku = f"KEY-{number}"
            product = self._create_product(f"{sku}{blank}")
            self.fake.list(build_listing(sku))
            self.download_products()
            self.assertEqual(self.listing(sku).product_id, product)

    def test_what_is_linked_by_hand_counts_for_all_of_them(self):
        self.connection.download_products = False
        self.open_storefront()
        self.fake.list(build_listing("KEY-7 "), build_listing(" KEY-7", marketplace=CA))
        self.connection.action_download_products()
        self.download_products()
        self.listing("KEY-7 ").product_id = self.mug
        self.assertEqual(self.listing(" KEY-7").product_id, self.mug)

    def test_an_order_finds_the_listing(self):
        self.connection.download_products = False
        self.fake.list(build_listing("\u00a0KEY-7"))
        self.connection.action_download_products()
        self.download_products()
        self.fake.add(build_order(items=[build_item(sku="KEY-7 ")]))
        self.download()
        self.assertEqual(self.order().state, "held")
        line = self.order().line_ids
        self.assertEqual(line.listing_id, self.connection.listing_ids)
        line._link_product(self.mug)
        self.assertEqual(self.connection.listing_ids.product_id, self.mug)
        self.download()
        self.assertEqual(self.order().sale_order_id.order_line.product_id, self.mug)


@tagged("post_install", "-at_install")
class TestBlanksInQuantities(InventoryCommon):
    def test_what_is_ordered_is_not_offered_and_amazon_is_told_its_own_sku(self):
        key = self._create_product("KEY-7", quantity=5)
        self.fake.list(build_listing("\u00a0KEY-7", quantity=0))
        self.download_products()
        self.assertEqual(self.connection.listing_ids.product_id, self.mug | key)
        document = build_order(items=[build_item(sku="KEY-7 ", quantity=2)])
        document["fulfillment"]["fulfillmentStatus"] = "PENDING"
        self.fake.add(document)
        self.download()
        self.switch_on()
        self.assertEqual(self.pushed()["\u00a0KEY-7"], 3)
