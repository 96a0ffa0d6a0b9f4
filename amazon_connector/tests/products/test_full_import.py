"""A large store comes in by Amazon's report of all listings, whatever breaks off."""

import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Domain
from odoo.tests import Form, tagged

from ...models.jobs.session import AmazonSession
from ...models.products import amazon_job_type_download_products as job_type
from ...models.products import amazon_listing_report as report_module
from ...models.products import listing_details as details_module
from ...spapi.errors import AuthError, RejectedError, ThrottledError, UnavailableError
from ..builders import ago
from ..fake_listings import CA, US, build_listing
from ..listings_common import ListingsCommon


class ReportCommon(ListingsCommon):
    def setUp(self):
        super().setUp()
        # A store of a few listings counts as large.
        self.patch(job_type, "LISTINGS_BEFORE_REPORT", 10)
        self.patch(job_type, "LISTINGS_BEFORE_COMPARISON", 10)
        self.patch(report_module, "ROWS_PER_SLICE", 7)

    def many(self, count, first=0, marketplace=US, **more):
        self.fake.list(
            *(
                build_listing(
                    f"SKU-{n:03d}", asin=f"B0{n:08d}", marketplace=marketplace, **more
                )
                for n in range(first, first + count)
            )
        )

    @property
    def storefront(self):
        return self.connection.storefront_ids.filtered(
            lambda front: front.marketplace_id == self.connection.marketplace_id
        )

    def report(self):
        return self.env["amazon.listing.report"].search([], limit=1)

    def asked(self):
        """What was asked of Amazon, in its order."""
        return [call[0] for call in self.fake.calls]

    def finish(self):
        """Let pauses pass until the run is over."""
        for _ in range(20):
            self.download_products()
            if self.last_run("download_products").outcome not in ("running", "waiting"):
                return
            self.put_off_is_over("download_products")
        self.fail("It comes to no end.")


@tagged("post_install", "-at_install")
class TestFullImport(ReportCommon):
    def test_a_large_store_comes_in_by_the_report(self):
        self.many(45, price="12.99", quantity=3)
        self.download_products()
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(len(listings), 45)
        self.assertEqual(len(listings.product_id), 45)
        self.assertFalse(listings.filtered("details_pending"))
        self.assertEqual(set(listings.mapped("product_type")), {"KITCHEN"})
        self.assertEqual(set(listings.mapped("amazon_quantity")), {3})
        self.assertRecordValues(
            self.report(), [{"state": "done", "is_first": True, "rows": 45}]
        )
        run = self.last_run("download_products")
        self.assertRecordValues(
            run, [{"created": 45, "updated": 0, "warned": 0, "outcome": "done"}]
        )
        # One page says how many there are; three of details; what changed meanwhile.
        self.assertEqual(
            self.asked()[:5],
            [
                "searchListingsItems",
                "createReport",
                "getReport",
                "getReportDocument",
                "searchListingsItems",
            ],
        )
        self.assertEqual(self.fake.count("searchListingsItems"), 1 + 1 + 3)
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", self.report()._name)])
        )

    def test_complete_listings_are_processed_while_others_are_asked_for(self):
        self.patch(details_module, "DETAIL_REQUESTS", 1)
        self.many(45)
        linked = Domain("product_id", "!=", False)
        send_each, counts = AmazonSession.send_each, []

        def count_meanwhile(sending, requests, meanwhile=None):
            if meanwhile:
                meanwhile()
                counts.append(self.env["amazon.listing"].search_count(linked))
            return send_each(sending, requests)

        self.patch(AmazonSession, "send_each", count_meanwhile)
        self.download_products()
        # Each is asked for twice: by its SKU, then in the catalogue.
        self.assertEqual(counts, [0, 0, 20, 40])
        self.assertEqual(self.env["amazon.listing"].search_count(linked), 45)

    def test_a_small_store_comes_in_by_the_search(self):
        self.many(9)
        self.download_products()
        self.assertEqual(self.connection.listing_count, 9)
        self.assertFalse(self.report())

    def test_a_second_import_without_changes_writes_nothing(self):
        for count, by_report in ((30, True), (9, False)):
            with self.subTest(by_report=by_report):
                self.env["amazon.listing"].search([]).unlink()
                self.env["amazon.listing.report"].search([]).unlink()
                self.storefront.listings_synced_until = False
                self.fake.listings.clear()
                self.many(count)
                self.download_products()
                self.assertEqual(bool(self.report()), by_report)
                self.check_second_import()

    def check_second_import(self):
        self.env.flush_all()
        listings = self.env["amazon.listing"].search([])
        products = listings.product_id
        stamps = "1999-01-01 00:00:00"
        for records in (listings, products, products.product_tmpl_id):
            self.env.cr.execute(
                f"UPDATE {records._table} SET write_date = %s WHERE id IN %s",
                [stamps, records._ids],
            )
        self.env.invalidate_all()
        runs = self.env["amazon.history"].search_count([])
        self.download_products()
        self.assertEqual(self.env["amazon.history"].search_count([]), runs + 1)
        self.assertEqual(self.last_run("download_products").outcome, "nothing")
        for records in (listings, products, products.product_tmpl_id):
            self.assertEqual(
                {fields.Datetime.to_string(at) for at in records.mapped("write_date")},
                {stamps},
            )

    def test_the_run_waits_until_amazon_has_written_it(self):
        self.many(30)
        self.connection._start_import()
        self.fake.report_waits = 3
        self.download_products()
        self.assertIn("Amazon writes the report", self.connection.import_message)
        job = self.connection._get_job("download_products")
        self.assertTrue(job.open_run_id)
        self.assertGreater(job.not_before, fields.Datetime.now())
        self.assertFalse(job.failures)
        self.assertFalse(self.connection.listing_count)
        self.finish()
        self.assertEqual(self.connection.listing_count, 30)
        self.assertEqual(self.connection.import_stage, "download_orders")
        self.assertEqual(self.env["amazon.history"].search_count([]), 1)
        self.assertEqual(self.fake.count("createReport"), 1)

    def test_it_is_not_waited_for_without_end(self):
        self.many(30)
        self.fake.report_waits = 100
        self.download_products()
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self.put_off_is_over("download_products")
            self.finish()
        self.assertEqual(self.connection.listing_count, 30)
        self.assertIn("two hours", self.lines_of(self.last_run("download_products")))

    def test_the_progress_moves_and_never_back(self):
        self.many(90)
        shown = []
        connections = self.env.registry["amazon.connection"]
        report = connections._report_import

        def listen(connection, kind, share, message):
            report(connection, kind, share, message)
            shown.append(connection.import_progress)

        self.patch(connections, "_report_import", listen)
        self.connection._start_import()
        self.fake.report_waits = 1
        self.finish()
        self.assertEqual(shown, sorted(shown))
        self.assertGreater(len(set(shown)), 10)

    def test_it_goes_on_wherever_it_was_broken_off(self):
        self.many(90)
        self.connection._start_import()
        failures = (UnavailableError("Gone."), ThrottledError("Wait.", retry_after=5))
        for step in range(12):
            self.fake.errors = [None] * step + [failures[step % 2]]
            self.put_off_is_over("download_products")
            self.download_products()
        self.fake.errors = []
        self.put_off_is_over("download_products")
        self.finish()
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(len(listings), 90)
        self.assertEqual(len(listings.product_id), 90)
        self.assertFalse(listings.filtered("details_pending"))
        self.assertEqual(self.connection.import_stage, "download_orders")

    def test_what_cannot_be_used_is_said_and_the_search_brings_the_store(self):
        for change, words in (
            (lambda text: text.splitlines(keepends=True)[0], "headings only"),
            (lambda text: text[:-30], "cut off"),
            (lambda text: text.replace("seller-sku", "Artikel"), "no column"),
            (lambda text: "", "empty"),
        ):
            with self.subTest(words):
                self.env["amazon.listing"].search([]).unlink()
                self.env["amazon.listing.report"].search([]).unlink()
                self.storefront.listings_synced_until = False
                self.many(30)
                self.fake.change_report = change
                self.finish()
                self.assertEqual(self.connection.listing_count, 30)
                self.assertEqual(self.report().state, "failed")
                run = self.last_run("download_products")
                self.assertIn(words, self.lines_of(run))
                self.assertEqual(run.outcome, "warning")

    def test_a_report_that_amazon_does_not_write_is_done_without(self):
        for state in ("cancelled", "failed"):
            self.env["amazon.listing"].search([]).unlink()
            self.env["amazon.listing.report"].search([]).unlink()
            self.storefront.listings_synced_until = False
            self.many(30)
            self.fake.report_state = state
            self.finish()
            self.assertEqual(self.connection.listing_count, 30)

    def test_an_account_without_reports_comes_in_by_the_search(self):
        self.many(30)
        self.fake.errors = [None, AuthError("Denied.", reason="forbidden")]
        self.download_products()
        self.assertEqual(self.connection.listing_count, 30)
        self.assertIn("Denied", self.lines_of(self.last_run("download_products")))

    def test_a_broken_row_costs_itself_and_is_named(self):
        self.many(30)

        def spoil(text):
            lines = text.encode().split(b"\r\n")
            lines[5] = lines[5].replace(b"Invented", b"\xff\xfe")
            lines[9] = lines[9].replace(b"SKU-008\t", b"SKU-\x00008\t")
            lines[12] = lines[12].replace(b"10.00", b"3e99")
            lines[13] = b"nothing else"
            return b"\r\n".join(lines)

        self.fake.change_report = spoil
        self.connection._start_import()
        self.finish()
        run = self.last_run("download_products")
        said = self.lines_of(run)
        for words in ("Row 6", "Row 10", "price of SKU-011", "Row 14"):
            self.assertIn(words, said)
        self.assertEqual(run.warned, 4)
        self.assertEqual(self.connection.listing_count, 27)
        self.assertEqual(self.connection.import_stage, "download_orders")

    def test_a_row_without_sku_is_looked_up_by_its_article(self):
        self.many(30)
        self.fake.change_report = lambda text: text.replace("\tSKU-007\t", "\t\t")
        self.download_products()
        self.assertEqual(self.connection.listing_count, 30)
        self.assertTrue(self.listing("SKU-007").product_id)
        self.assertFalse(self.report().asins)

    def test_all_skus_of_an_article_are_found(self):
        self.many(20)
        twins = [f"TWIN-{number}" for number in range(5)]
        self.fake.list(*(build_listing(sku, asin="B0TWIN0001") for sku in twins))
        self.fake.listings_page_size = 2
        self.fake.change_report = lambda text: re.sub(r"\tTWIN-\d\t", "\t\t", text)
        self.download_products()
        self.assertEqual(len(self.env["amazon.listing"].search([])), 25)
        self.assertTrue(all(self.listing(sku).product_id for sku in twins))

    def test_a_sku_that_a_search_would_misread_is_asked_for_alone(self):
        self.many(20)
        self.fake.list(*map(build_listing, ("A,B", "C,D", " E ")))
        self.download_products()
        self.assertTrue(self.listing("A,B").product_id)
        self.assertTrue(self.listing(" E ").product_id)
        self.assertEqual(self.fake.count("getListingsItem"), 3)

    def test_what_only_the_report_names_gets_no_product_before_its_details(self):
        self.many(20)
        self.download_products()
        listing = self.listing("SKU-004")
        product = listing.product_id
        listing.write({"product_id": False, "details_pending": True})
        product.unlink()
        self.assertTrue(listing._get_creation_refusals()[listing])
        listing.to_process = True
        model = self.env["amazon.listing"]
        run = self.last_run("download_products")
        self.assertFalse(model._process_next_batch(self.connection, run))
        self.assertFalse(listing.product_id)
        self.download_products()
        self.assertTrue(listing.product_id)

    def test_what_amazon_refuses_to_tell_of_is_taken_from_the_report(self):
        self.many(20)
        search, get = self.fake.search_listings_items, self.fake.get_listings_item

        def refuse_search(seller, *, skus=(), **more):
            if "SKU-003" in skus:
                raise RejectedError("No.", operation="searchListingsItems", status=400)
            return search(seller, skus=skus, **more)

        def refuse_get(seller, sku, **more):
            if sku == "SKU-003":
                raise RejectedError("No.", operation="getListingsItem", status=400)
            return get(seller, sku, **more)

        self.fake.search_listings_items = refuse_search
        self.fake.get_listings_item = refuse_get
        self.download_products()
        self.assertTrue(self.listing("SKU-003").product_id)
        self.assertIn("SKU-003", self.lines_of(self.last_run("download_products")))

    def test_what_the_search_does_not_show_is_taken_from_the_report(self):
        self.many(20)
        row = "Ghost\tGHOST\t5.00\t1\tB0GHOST001\tDEFAULT\tActive\r\n"
        self.fake.change_report = lambda text: text + row
        self.download_products()
        self.assertRecordValues(
            self.listing("GHOST"),
            [{"title": "Ghost", "price": 5, "state": "active", "asin": "B0GHOST001"}],
        )
        self.assertEqual(self.products("GHOST").list_price, 5)
        self.assertIn("GHOST", self.lines_of(self.last_run("download_products")))

    def test_what_the_search_does_not_show_yet_is_asked_for_alone(self):
        self.many(20)
        self.fake.lagging = {"SKU-003"}
        self.download_products()
        self.assertEqual(self.listing("SKU-003").product_type, "KITCHEN")
        self.assertEqual(self.last_run("download_products").warned, 0)

    def test_a_question_that_amazon_refuses_is_asked_in_smaller_ones(self):
        self.many(20)
        search = self.fake.search_listings_items

        def refuse(seller, *, skus=(), **more):
            if "SKU-003" in skus:
                self.fake.calls.append(("searchListingsItems", "refused"))
                raise RejectedError("No.", operation="searchListingsItems", status=400)
            return search(seller, skus=skus, **more)

        self.fake.search_listings_items = refuse
        self.download_products()
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(len(listings.product_id), 20)
        self.assertFalse(listings.filtered("details_pending"))

    def test_blanks_around_a_sku_do_not_make_another_listing(self):
        self.many(20)
        self.fake.change_report = lambda text: text.replace(
            "\tSKU-007\t", "\tSKU-007 \t"
        )
        self.download_products()
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(len(listings), 20)
        self.assertFalse(self.listing("SKU-007 "))
        self.assertEqual(self.listing("SKU-007").product_type, "KITCHEN")
        self.assertEqual(self.last_run("download_products").warned, 0)

    def test_skus_that_differ_by_blanks_alone_in_the_report_are_two_listings(self):
        """In one part of the report, or each in another one."""
        self.many(20)
        for sku in ("SKU-019", "SKU-007"):
            spaced = build_listing(f"{sku} ", title=f"Spaced {sku}", asin="B0SPACED")
            self.fake.list(spaced)
        self.download_products()
        self.check_twins("SKU-007", "SKU-019")
        later = fields.Datetime.now() + timedelta(days=1)
        for moment in (later, later + timedelta(hours=1)):
            with freeze_time(moment):
                self.download_products()
        self.assertRecordValues(
            self.report(), [{"is_first": False, "state": "done", "found_new": 0}]
        )
        self.assertEqual(self.report().found_missing, 0)
        self.check_twins("SKU-007", "SKU-019")

    def check_twins(self, *skus):
        self.assertEqual(len(self.env["amazon.listing"].search([])), 20 + len(skus))
        for sku in skus:
            spaced = self.listing(f"{sku} ")
            self.assertEqual(spaced.title, f"Spaced {sku}")
            self.assertFalse(spaced.details_pending)
            self.assertEqual(spaced.product_id, self.listing(sku).product_id)
            self.assertEqual(len(spaced.product_id), 1)

    def test_one_that_amazon_shows_later_is_spelled_as_there(self):
        """With other blanks around it, it is still the listing of the report."""
        self.many(20)
        row = "Ghost\tGHOST \t5.00\t1\tB0GHOST001\tDEFAULT\tActive\r\n"
        self.fake.change_report = lambda text: text + row
        self.download_products()
        ghost = self.listing("GHOST ")
        product = ghost.product_id
        self.assertTrue(product)
        self.fake.list(build_listing(" GHOST", updated=ago()))
        self.download_products()
        self.assertEqual(ghost.sku, " GHOST")
        self.assertEqual(ghost.product_id, product)
        self.assertEqual(len(self.env["amazon.listing"].search([])), 21)

    def test_skus_that_differ_by_blanks_alone_on_amazon_stay_two_listings(self):
        self.many(20)
        self.download_products()
        self.fake.list(build_listing("SKU-007 ", updated=ago()))
        self.download_products()
        self.assertEqual(
            self.listing("SKU-007").product_id, self.listing("SKU-007 ").product_id
        )
        self.assertEqual(len(self.env["amazon.listing"].search([])), 21)


@tagged("post_install", "-at_install")
class TestSeveralStorefronts(ReportCommon):
    def setUp(self):
        super().setUp()
        self.canada = self.open_storefront()

    def there(self):
        return self.env["amazon.listing"].search(
            [("storefront_id", "=", self.canada.id)]
        )

    def test_one_question_names_all_storefronts(self):
        self.many(40, quantity=3)
        self.many(40, marketplace=CA, currency="CAD", price="17.00", quantity=8)
        self.finish()
        self.assertEqual(self.connection.listing_count, 80)
        details = [
            call
            for call in self.fake.calls
            if call[0] == "searchListingsItems" and isinstance(call[1], tuple)
        ]
        self.assertEqual(len(details), 2)
        self.assertEqual(set(self.there().mapped("price")), {17})
        self.assertEqual(
            set(self.there().mapped("amazon_quantity")), {8}, "The report's own"
        )
        self.assertFalse(self.env["amazon.listing"].search([("error", "!=", False)]))

    def test_amazon_may_want_one_at_a_time(self):
        self.fake.is_single = True
        self.many(40)
        self.many(40, marketplace=CA, currency="CAD", price="17.00")
        self.finish()
        self.assertEqual(set(self.there().mapped("price")), {17})
        self.assertFalse(
            self.env["amazon.listing"].search([("details_pending", "=", True)])
        )
        refused = [
            call
            for call in self.fake.calls
            if call[0] == "searchListingsItems" and isinstance(call[1], tuple)
        ]
        self.assertLessEqual(len(refused), 2)

    def test_who_fulfils_is_what_the_report_of_the_storefront_says(self):
        self.many(20)
        self.many(20, marketplace=CA, channel="AMAZON_NA")
        self.finish()
        self.assertEqual(set(self.there().mapped("channel")), {"amazon"})
        own = self.env["amazon.listing"].search([]) - self.there()
        self.assertEqual(set(own.mapped("channel")), {"merchant"})

    def test_a_listing_handed_over_in_several_storefronts_is_taken_over(self):
        self.many(20)
        self.many(20, marketplace=CA)
        self.finish()
        for marketplace in (US, CA):
            document = self.fake.listings[marketplace, "SKU-004"]
            document["fulfillmentAvailability"] = [
                {"fulfillmentChannelCode": "AMAZON_NA"}
            ]
        # The quota fills while the clock goes on.
        with freeze_time(fields.Datetime.now() + timedelta(days=1), tick=True):
            self.finish()
            self.put_off_is_over("download_products")
            self.finish()
        rows = self.env["amazon.listing"].search([("sku", "=", "SKU-004")])
        self.assertEqual(rows.mapped("channel"), ["amazon", "amazon"])

    def test_what_a_report_has_no_quantity_of_is_asked_for(self):
        self.many(20, quantity=5)
        self.many(20, marketplace=CA, quantity=8)
        self.fake.change_report = lambda text: text.replace(
            "quantity", "Deprecated column"
        )
        self.finish()
        self.assertEqual(set(self.there().mapped("amazon_quantity")), {8})
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(set(listings.mapped("is_tracked")), {True})
        self.assertFalse(listings.filtered("details_pending"))

    def test_a_report_without_channels_is_not_relied_on(self):
        self.many(20)
        self.many(20, marketplace=CA, channel="AMAZON_NA")
        self.fake.change_report = lambda text: text.replace(
            "fulfillment-channel", "Deprecated column"
        )
        self.finish()
        self.assertEqual(set(self.there().mapped("channel")), {"amazon"})


@tagged("post_install", "-at_install")
class TestComparison(ReportCommon):
    def setUp(self):
        super().setUp()
        self.many(20)
        self.finish()
        self.fake.calls.clear()

    def compare(self, later=timedelta(days=1)):
        """Let a day pass: ask for the report, then read it."""
        with freeze_time(fields.Datetime.now() + later):
            self.finish()
            self.finish()
            return self.last_run("download_products")

    def test_it_finds_what_is_removed_missed_and_came_back(self):
        gone = self.listing("SKU-001")
        back = self.listing("SKU-002")
        back.state = "removed"
        del self.fake.listings[US, "SKU-001"]
        self.fake.list(build_listing("MISSED", updated=ago(days=90)))
        run = self.compare()
        self.assertEqual(gone.state, "removed")
        self.assertTrue(gone.product_id.active)
        self.assertEqual(back.state, "active")
        self.assertTrue(self.listing("MISSED").product_id)
        said = self.lines_of(run)
        self.assertIn("20 listings, 1 missed, 1 came back, 1 not named any more", said)
        self.assertIn("SKU-001 is not listed", said)

    def test_what_report_and_search_leave_out_is_not_removed(self):
        self.fake.change_report = lambda text: re.sub(".*SKU-001.*\r\n", "", text)
        self.fake.lagging = {"SKU-001"}
        self.compare()
        self.assertEqual(self.report().found_missing, 1)
        self.assertEqual(self.listing("SKU-001").state, "active")

    def test_without_differences_nothing_is_written_or_looked_up(self):
        listings = self.env["amazon.listing"].search([])
        checked = listings.mapped("checked_on")
        run = self.compare()
        self.assertEqual(run.outcome, "nothing")
        self.assertEqual(listings.mapped("checked_on"), checked)
        self.assertEqual(self.fake.count("createReport"), 1)
        # Two runs ask for changes, and no listing is asked for by its SKU.
        self.assertEqual(self.fake.count("searchListingsItems"), 2)

    def test_the_storefront_shows_when_it_was_compared(self):
        self.compare()
        form = Form(self.storefront)
        asked = fields.Datetime.to_string(self.report().requested_on)
        self.assertEqual(form.listings_compared_on, asked)
        self.assertTrue(form.listings_synced_until)

    def test_it_is_done_once_a_day(self):
        self.compare()
        self.download_products()
        self.assertEqual(self.fake.count("createReport"), 1)

    def test_a_report_that_names_nothing_removes_nothing(self):
        self.fake.change_report = lambda text: text.splitlines(keepends=True)[0]
        run = self.compare()
        states = self.env["amazon.listing"].search([]).mapped("state")
        self.assertEqual(set(states), {"active"})
        self.assertIn("headings only", self.lines_of(run))

    def test_what_half_a_report_leaves_out_is_not_removed(self):
        """It ends at the end of a row, so nobody can see that it is not whole."""
        self.fake.change_report = lambda text: "".join(
            text.splitlines(keepends=True)[:5]
        )
        self.compare()
        states = self.env["amazon.listing"].search([]).mapped("state")
        self.assertEqual(set(states), {"active"})

    def test_a_listing_that_amazon_fulfils_now_is_looked_up(self):
        """Amazon need not show it among the changes."""
        document = self.fake.listings[US, "SKU-004"]
        document["fulfillmentAvailability"] = [{"fulfillmentChannelCode": "AMAZON_NA"}]
        self.compare()
        self.assertEqual(self.listing("SKU-004").channel, "amazon")

    def test_a_listing_whose_row_has_no_sku_is_not_missing(self):
        self.fake.change_report = lambda text: text.replace("\tSKU-007\t", "\t\t")
        run = self.compare()
        self.assertEqual(self.report().found_missing, 0)
        self.assertEqual(self.listing("SKU-007").state, "active")
        self.assertEqual(run.outcome, "nothing")

    def test_after_a_failed_comparison_listings_are_looked_up_by_sku(self):
        self.fake.report_state = "failed"
        del self.fake.listings[US, "SKU-001"]
        self.compare(timedelta(days=3))
        self.assertEqual(self.listing("SKU-001").state, "removed")

    def test_old_reports_go(self):
        report = self.report()
        report.requested_on = fields.Datetime.now() - timedelta(days=31)
        report._gc_reports()
        self.assertFalse(report.exists())
