"""Check orders: every night it is proven that no order of the last days is missing."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ...spapi.errors import ThrottledError
from ...spapi.times import format_time
from ..builders import NOW, build_item, build_order
from .test_order_windows import WindowsCommon, number

KIND = "sweep_orders"


@tagged("post_install", "-at_install")
class TestSweep(WindowsCommon):
    def prepare(self):
        super().prepare()
        self.add(1, NOW - timedelta(days=2))
        self.download()
        self.assertEqual(self.connection.state, "completed")

    def sweep(self):
        self.run_job(KIND)
        return self.last_run(KIND)

    def add_missed(self, place, **more):
        """Have an order on Amazon that the download went past."""
        more = {"status": "UNSHIPPED"} | more
        self.add(place, NOW - timedelta(days=1), **more)

    def test_nothing_is_missing(self):
        started = fields.Datetime.now()
        run = self.sweep()
        self.assertEqual(run.outcome, "nothing")
        self.assertIn("missing: 0", run.line_ids.message)
        self.assertEqual(self.connection.orders_missing, 0)
        checked = self.connection.orders_checked_until
        self.assertGreater(checked, started - timedelta(minutes=10))
        self.assertLessEqual(checked, fields.Datetime.now())

    def test_it_asks_by_change_and_by_creation_for_all_states(self):
        self.fake.searches.clear()
        self.sweep()
        self.assertEqual(
            [list(search) for search in self.fake.searches],
            [["last_updated_after"], ["created_after"]],
        )
        for search in self.fake.searches:
            (since,) = search.values()
            self.assertLess(since, NOW - timedelta(days=6))

    def test_a_missed_order_becomes_a_sale_order_and_is_counted(self):
        self.add_missed(2)
        self.download()
        self.assertFalse(self.order(number(2)), "The download does not look there")
        run = self.sweep()
        self.assertTrue(self.order(number(2)).sale_order_id)
        self.assertEqual(run.outcome, "warning")
        self.assertIn("missing: 1", run.line_ids.message)
        self.assertIn(number(2), run.line_ids.message)
        self.assertEqual(self.connection.orders_missing, 1)
        self.assertEqual(self.sweep().outcome, "nothing")
        self.assertEqual(self.connection.orders_missing, 0)

    def test_an_order_of_an_earlier_state_is_missing(self):
        self.add_missed(1, status="CANCELLED")
        self.sweep()
        self.assertEqual(self.order(number(1)).status, "cancelled")
        self.assertEqual(self.connection.orders_missing, 1)

    def test_a_pending_order_is_missing_too(self):
        self.add_missed(2, status="PENDING")
        self.sweep()
        self.assertEqual(self.order(number(2)).status, "pending")
        self.assertEqual(self.connection.orders_missing, 1)

    def test_one_that_only_the_search_by_creation_shows(self):
        self.add_missed(2)
        self.fake.documents[number(2)]["lastUpdatedTime"] = format_time(
            NOW - timedelta(days=20)
        )
        self.sweep()
        self.assertTrue(self.order(number(2)))
        self.assertEqual(self.connection.orders_missing, 1)

    def test_what_the_download_will_bring_is_not_missing(self):
        self.connection.with_context(cron_id=1).orders_synced_until = (
            NOW - timedelta(hours=1)
        ).replace(tzinfo=None)
        self.add(2, NOW - timedelta(minutes=30))
        self.sweep()
        self.assertTrue(self.order(number(2)))
        self.assertEqual(self.connection.orders_missing, 0)

    def test_the_cursor_of_the_download_stays(self):
        cursor = self.connection.orders_synced_until
        self.add_missed(2)
        self.sweep()
        self.assertEqual(self.connection.orders_synced_until, cursor)

    def test_a_sweep_that_was_broken_off_goes_on_and_counts_all(self):
        self.fake.page_size = 1
        for place in range(2, 6):
            self.add_missed(place)
        self.fake.errors = [None, None, ThrottledError("429.", retry_after=60)]
        run = self.sweep()
        self.assertEqual(run.outcome, "waiting")
        self.assertFalse(self.connection.orders_checked_until)
        self.put_off_is_over(KIND)
        self.sweep()
        self.assertEqual(self.last_run(KIND), run)
        self.assertEqual(run.outcome, "warning")
        self.assertEqual(self.connection.orders_missing, 4)

    def test_a_refused_part_makes_it_fail_and_come_again(self):
        self.refuse(lambda since, before: True)
        run = self.sweep()
        self.assertEqual(run.outcome, "failed")
        self.assertFalse(self.connection.orders_checked_until)
        self.assertTrue(self.job(KIND).not_before)

    def test_one_that_is_incomplete_for_days_begins_anew(self):
        self.fake.errors = [ThrottledError("429.", retry_after=60)]
        self.sweep()
        job = self.job(KIND)
        job.position = {
            "windows": [{"since": "2001-01-01T00:00:00+00:00", "is_ordered": True}]
        }
        job.open_run_id = False
        job.last_run_id.outcome = "done"
        self.fake.searches.clear()
        self.sweep()
        self.assertEqual(len(self.fake.searches), 2)
        self.assertGreater(
            self.fake.searches[0]["last_updated_after"], NOW - timedelta(days=8)
        )

    def test_it_begins_once_the_first_download_is_complete(self):
        other = self._create_connection("A9OTHERSELLER")
        job = other._get_job(KIND)
        self.assertIn("first download", job.plan)
        self.sweep()
        self.assertFalse(job.last_run_id)

    def test_it_is_off_when_orders_are_not_downloaded(self):
        self.connection.download_orders = False
        self.sweep()
        self.assertFalse(self.job(KIND).last_run_id)
        self.assertIn("Switched off", self.job(KIND).plan)

    def test_it_runs_at_night_by_the_clock_of_the_company(self):
        self.env.company.partner_id.tz = "Asia/Tokyo"
        job_type = self.env["amazon.job.type.sweep_orders"]
        for text, expected in (
            ("2026-03-01 16:00:00", datetime(2026, 3, 1, 17, 30)),
            ("2026-03-01 18:00:00", datetime(2026, 3, 2, 17, 30)),
        ):
            with freeze_time(text):
                self.assertEqual(job_type._get_next_night(), expected)

    def test_one_document_in_both_searches_is_counted_once(self):
        self.fake.add(
            build_order(
                number(7),
                [build_item()],
                created=format_time(NOW - timedelta(days=1)),
                updated=format_time(NOW - timedelta(hours=9)),
            )
        )
        run = self.sweep()
        self.assertEqual(self.connection.orders_missing, 1)
        self.assertEqual(run.created, 1)
