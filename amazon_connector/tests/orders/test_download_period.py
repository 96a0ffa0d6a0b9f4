"""Download a period: the orders of some days once more, as one run."""

from datetime import date, datetime, timedelta, timezone

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..builders import NOW, build_item
from .test_order_windows import WindowsCommon, number

KIND = "recover_orders"


@tagged("post_install", "-at_install")
class TestDownloadPeriod(WindowsCommon):
    def setUp(self):
        super().setUp()
        self.env.user.tz = "UTC"
        self.today = fields.Date.context_today(self.env.user)

    def ask(self, first, last, by="created"):
        """Ask for a period from so many days ago to so many days ago."""
        wizard = Form(self.env["amazon.order.period"])
        wizard.connection_id = self.connection
        wizard.date_from = self.today - timedelta(days=first)
        wizard.date_to = self.today - timedelta(days=last)
        wizard.by = by
        return wizard.save().action_download()

    def add_day(self, place, days, **more):
        """Have an order on Amazon of noon so many days ago."""
        day = datetime.combine(self.today - timedelta(days=days), datetime.min.time())
        moment = day.replace(hour=12, tzinfo=timezone.utc)
        more = {"status": "UNSHIPPED", "items": [build_item()]} | more
        self.add(place, moment, **more)

    def run_all(self):
        self.run_job(KIND)
        return self.last_run(KIND)

    def test_the_orders_of_the_period_come_in_as_one_run(self):
        self.fake.page_size = 1
        for place, days in enumerate((101, 100, 95, 90, 89)):
            self.add_day(place, days)
        self.ask(100, 90)
        self.assertFalse(self.fake.calls)
        run = self.run_all()
        numbers = self.rows().mapped("amazon_order_id")
        self.assertEqual(sorted(numbers), [number(1), number(2), number(3)])
        self.assertTrue(all(self.rows().sale_order_id))
        midnight = datetime.combine(self.today, datetime.min.time())
        self.assertRecordValues(
            run,
            [
                {
                    "reason": "button",
                    "outcome": "done",
                    "created": 3,
                    "calls": 3,
                    "window_start": midnight - timedelta(days=100),
                    "window_end": midnight - timedelta(days=89),
                }
            ],
        )
        self.assertFalse(self.connection.orders_synced_until, "The cursor stays")
        self.assertFalse(self.job(KIND).position)

    def test_by_change(self):
        self.add_day(1, 50)
        self.ask(51, 49, by="last_updated")
        self.run_all()
        self.assertEqual(list(self.fake.searches[0])[0], "last_updated_after")
        self.assertTrue(self.order(number(1)))

    def test_nothing_is_doubled(self):
        self.add_day(1, 50)
        self.ask(51, 49)
        self.run_all()
        self.ask(51, 49)
        run = self.run_all()
        self.assertEqual(run.outcome, "nothing")
        self.assertEqual((run.seen, run.unchanged), (1, 1))

    def test_a_period_until_today_goes_as_far_as_amazon_shows(self):
        self.add(1, NOW - timedelta(hours=1), status="UNSHIPPED")
        self.ask(2, 0)
        self.run_all()
        self.assertEqual(list(self.fake.searches[0]), ["created_after"])
        self.assertTrue(self.order(number(1)))

    def test_days_are_the_users_days(self):
        self.env.user.tz = "America/New_York"
        with freeze_time("2026-03-20 12:00:00"):
            wizard = self.env["amazon.order.period"].create(
                {
                    "connection_id": self.connection.id,
                    "date_from": date(2026, 3, 7),
                    "date_to": date(2026, 3, 8),
                }
            )
            wizard.with_context(tz=False).action_download()
        (request,) = self.job(KIND).position["requests"]
        self.assertEqual(request["since"], "2026-03-07T05:00:00+00:00")
        self.assertEqual(
            request["before"], "2026-03-09T04:00:00+00:00", "The clocks changed"
        )

    def test_impossible_periods_are_refused_in_words(self):
        for first, last, words in (
            (1, 2, "before it begins"),
            (1, -1, "in the future"),
            (800, 700, "two years"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.ask(first, last)
        self.assertFalse(self.job(KIND).position)

    def test_a_store_that_is_not_connected_refuses_in_words(self):
        self.connection.state = "draft"
        with self.assertRaisesRegex(UserError, "not connected"):
            self.ask(3, 2)
        with self.assertRaisesRegex(UserError, "not connected"):
            self.connection.action_download_period()

    def test_a_refused_period_is_divided_and_comes_in_but_for_the_bad_part(self):
        for place, days in enumerate(range(59, 50, -1)):
            self.add_day(place, days)
        bad = NOW - timedelta(days=55)
        self.refuse(lambda since, before: since <= bad <= before)
        self.ask(60, 50)
        for turn in range(25):
            self.run_at(NOW + turn * timedelta(hours=1), KIND)
        self.assertEqual(self.last_run(KIND).outcome, "failed")
        self.assertGreaterEqual(len(self.rows()), 8)
        bad = NOW
        self.run_at(NOW + timedelta(days=2), KIND)
        self.assertEqual(self.last_run(KIND).outcome, "nothing")
        self.assertEqual(len(self.rows()), 9)
        self.assertFalse(self.job(KIND).position)

    def test_the_download_goes_on_while_a_period_waits(self):
        self.ask(60, 50)
        self.add(1, NOW - timedelta(hours=1))
        self.download()
        self.assertTrue(self.order(number(1)))
        self.assertTrue(self.job(KIND).position["requests"])
