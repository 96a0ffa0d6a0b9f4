"""Old runs are deleted, what they counted stays: nothing is lost or counted twice."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from ...models.jobs import amazon_history
from ...models.jobs.amazon_history_counters import COUNTERS
from ..common import AmazonCommon

KIND = "download_orders"


@tagged("post_install", "-at_install")
class TestCountsByDay(AmazonCommon):
    def prepare(self):
        self.days = self.env["amazon.history.day"]
        self.report = self.env["amazon.history.report"]
        self.env["amazon.history"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.now = datetime(2026, 6, 1, 12)
        clock = freeze_time(self.now)
        clock.start()
        self.addCleanup(clock.stop)

    def create_run(self, age, outcome="nothing", kind=KIND, connection=None, **counts):
        """A run of so many days ago."""
        return self.env["amazon.history"].create(
            {
                "connection_id": (connection or self.connection).id,
                "kind": kind,
                "reason": "schedule",
                "start": self.now - timedelta(days=age),
                "outcome": outcome,
                **counts,
            }
        )

    def collect(self):
        """Delete as Odoo's daily clean-up does; return in how many transactions."""
        for times in range(1, 20):
            _done, is_more = self.env["amazon.history"]._gc_history()
            if not is_more:
                return times
        raise AssertionError("It does not come to an end.")

    def get_totals(self):
        ((*totals,),) = self.report._read_group(
            [], [], [f"{name}:sum" for name in ("runs", *COUNTERS)]
        )
        return totals

    def test_what_ran_with_nothing_to_do_is_kept_for_a_week_the_rest_half_a_year(self):
        self.create_run(8)
        self.create_run(200, "done")
        kept = self.create_run(6) | self.create_run(8, "done")
        kept |= self.create_run(170, "failed")
        self.collect()
        self.assertEqual(self.env["amazon.history"].search([]), kept)

    def test_each_counter_is_kept_by_store_function_and_day(self):
        other = self._create_connection("A2OTHER")
        counts = {name: number for number, name in enumerate(COUNTERS, start=1)}
        self.create_run(8, **counts)
        self.create_run(8, **counts)
        self.create_run(9, **counts)
        self.create_run(8, kind="send_shipments", **counts)
        self.create_run(8, connection=other, **counts)
        self.collect()
        day = (self.now - timedelta(days=8)).date()
        row = self.days.search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", KIND),
                ("day", "=", day),
            ]
        )
        twice = {name: 2 * number for name, number in counts.items()}
        self.assertRecordValues(row, [{"runs": 2, **twice}])
        self.assertEqual(len(self.days.search([])), 4)
        self.assertEqual(row.company_id, self.connection.company_id)

    def test_in_many_batches_and_on_many_days_nothing_is_counted_twice(self):
        for number in range(7):
            self.create_run(8, seen=1, waited=0.5)
            self.create_run(200 + number % 2, "done", seen=10)
        before = self.get_totals()
        self.assertEqual(before[:2], [14, 77])
        with patch.object(amazon_history, "RUNS_PER_BATCH", 3):
            self.assertEqual(self.collect(), 5)
        self.assertFalse(self.env["amazon.history"].search([]))
        self.assertEqual(self.get_totals(), before)
        self.collect()
        self.assertEqual(self.get_totals(), before)

    def test_a_day_of_which_some_runs_are_kept_is_one_row(self):
        self.create_run(8, seen=1)
        self.create_run(8, "done", seen=10)
        for _time in "before", "after":
            with self.subTest(_time):
                self.assertRecordValues(
                    self.report.search([]),
                    [
                        {
                            "connection_id": self.connection.id,
                            "kind": KIND,
                            "day": (self.now - timedelta(days=8)).date(),
                            "runs": 2,
                            "seen": 11,
                        }
                    ],
                )
            self.collect()

    def test_a_click_opens_the_runs_of_the_day_that_are_kept(self):
        self.create_run(8)
        kept = self.create_run(8.4, "done") | self.create_run(7.6, "done")
        self.create_run(7, "done")
        self.create_run(9, "done")
        self.create_run(8, "done", kind="send_shipments")
        self.collect()
        row = self.report.search(
            [("day", "=", (self.now - timedelta(days=8)).date()), ("kind", "=", KIND)]
        )
        for zone in "Pacific/Auckland", "America/Los_Angeles":
            with self.subTest(zone):
                action = row.with_context(tz=zone).action_open_runs()
                runs = self.env["amazon.history"].with_context(tz=zone)
                found = runs.search(action["domain"], order="id")
                self.assertEqual(found, kept)

    def test_who_uses_amazon_sees_the_own_company_s_and_changes_nothing(self):
        company = self.env["res.company"].create({"name": "Example Other"})
        group = "amazon_connector.amazon_connector_group_user"
        mine = new_test_user(self.env, "example-reader", groups=group)
        stranger = new_test_user(
            self.env,
            "example-stranger",
            groups=group,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.create_run(8)
        self.collect()
        for model in self.days, self.report:
            with self.subTest(model._name):
                self.assertEqual(model.with_user(mine).search_count([]), 1)
                self.assertEqual(model.with_user(stranger).search_count([]), 0)
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(model.with_user(mine).has_access(operation))

    def test_the_views_open(self):
        self.create_run(8)
        action = self.env.ref("amazon_connector.amazon_history_report_action")
        for mode in action.view_mode.split(","):
            self.report.get_view(view_type=mode)
        self.report.web_search_read([], {"day": {}, "kind": {}, "display_name": {}})
        for group in ("day:month", "kind", "connection_id"):
            self.report.web_read_group([], [group], ["failed:sum"])
