"""Windows of orders: what a poll costs, and pages that go wrong in every way."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ...models.orders import order_window
from ...models.orders.order_window import IDLE_PAGES, OrderWindow, aware
from ...spapi.errors import RejectedError, UnavailableError
from ...spapi.orders import OrdersPage
from ...spapi.times import format_time
from ..builders import NOW, ago, build_item, build_order
from ..common import AmazonCommon

POLL = timedelta(minutes=5)
REFUSED = "Amazon refused the request: Invalid Input"


def number(place):
    return f"111-0000001-{place:07d}"


class WindowsCommon(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.fake.keeps_windows = True

    def add(self, place, moment, **more):
        """Have an order on Amazon that was placed and changed then (aware time).

        Not to be shipped by default, so that nothing is made of it.
        """
        text = format_time(moment)
        more = {"status": "PENDING", "created": text, "updated": text} | more
        self.fake.add(build_order(number(place), **more))

    def rows(self):
        return self.env["amazon.order"].search(
            [("connection_id", "=", self.connection.id)]
        )

    def job(self, kind="download_orders"):
        return self.connection._get_job(kind)

    def messages(self, kind="download_orders"):
        return "\n".join(self.last_run(kind).line_ids.mapped("message"))

    def run_at(self, moment, kind="download_orders"):
        """Let the scheduler call at a moment although the job was put off."""
        with freeze_time(moment):
            self.job(kind).not_before = False
            self.job(kind).last_run_id.outcome = "nothing"
            self.run_job(kind)

    def refuse(self, is_refused):
        """Have ``searchOrders`` refuse what ``is_refused(since, before)`` says."""
        find = type(self.fake)._find_in_window

        def find_or_refuse(fake, **times):
            since = times["last_updated_after"] or times["created_after"]
            before = times["last_updated_before"] or times["created_before"]
            if is_refused(since, before):
                raise RejectedError(REFUSED, operation="searchOrders", status=400)
            return find(fake, **times)

        self.patch(type(self.fake), "_find_in_window", find_or_refuse)


@tagged("post_install", "-at_install")
class TestCost(WindowsCommon):
    def poll(self, moment):
        """Let the scheduler call at a moment; return the calls that it cost."""
        before = self.fake.count("searchOrders")
        with freeze_time(moment):
            self.download()
        return self.fake.count("searchOrders") - before

    def test_a_hundred_orders_between_two_polls_cost_1_6_calls_at_most(self):
        """Half an hour of a busy store, as many orders every second."""
        start = NOW - timedelta(hours=2)
        polls = 7
        for place in range(100 * polls):
            # None at the very moment where one window ends and the next begins.
            self.add(place, start + (place + 0.5) * POLL / 100)
        self.connection.orders_synced_until = start.replace(tzinfo=None)
        costs = [
            self.poll(start + timedelta(minutes=2) + (1 + turn) * POLL)
            for turn in range(polls)
        ]
        self.assertEqual(len(self.rows()), 100 * polls)
        self.assertLessEqual(sum(costs) / polls, 1.6, costs)

    def test_a_quiet_store_reads_three_minutes_again(self):
        start = NOW - timedelta(hours=2)
        self.connection.orders_synced_until = start.replace(tzinfo=None)
        for turn in range(1, 4):
            self.assertEqual(self.poll(start + timedelta(minutes=2) + turn * POLL), 1)
        since = [search["last_updated_after"] for search in self.fake.searches]
        self.assertEqual(
            since,
            [start + turn * POLL - timedelta(minutes=3) for turn in range(3)],
        )

    def test_an_order_that_amazon_shows_late_comes_in(self):
        start = NOW - timedelta(hours=2)
        self.connection.orders_synced_until = start.replace(tzinfo=None)
        self.poll(start + timedelta(minutes=7))
        self.add(1, start + timedelta(minutes=3))
        self.poll(start + timedelta(minutes=12))
        self.assertEqual(self.rows().amazon_order_id, number(1))

    def test_an_idle_poll_costs_one_call_and_less_than_40_statements(self):
        self.add(1, NOW - timedelta(hours=1))
        self.download()
        for _turn in range(2):
            calls = self.fake.count("searchOrders")
            statements = self.count_statements()
            self.assertEqual(self.last_run().outcome, "nothing")
            self.assertEqual(self.fake.count("searchOrders"), calls + 1)
            self.assertLess(len(statements), 40, "\n".join(statements))

    def count_statements(self):
        """Return the statements of a call of the scheduler, but for the test's own."""
        statements, execute = [], Cursor.execute

        def note_and_execute(cursor, query, *args, **kwargs):
            text = " ".join(str(getattr(query, "code", query)).split())
            # What stands for a commit in tests.
            if not text.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")):
                statements.append(text)
            return execute(cursor, query, *args, **kwargs)

        run = self.env.registry["amazon.job"]._cron_run

        def note_and_run(model, kind):
            with patch.object(Cursor, "execute", note_and_execute):
                run(model, kind)
                model.env.flush_all()

        with patch.object(self.env.registry["amazon.job"], "_cron_run", note_and_run):
            self.download()
        return statements


@tagged("post_install", "-at_install")
class TestPages(WindowsCommon):
    """Amazon's pages go wrong; nothing is lost, and nothing turns round for ever."""

    def setUp(self):
        super().setUp()
        # Whatever the tests before took: windows end at this moment.
        self.startPatcher(freeze_time(NOW, tick=True))
        self.fake.page_size = 2
        for place in range(6):
            self.add(place, NOW - timedelta(hours=6 - place))
        self.connection.orders_synced_until = (NOW - timedelta(hours=8)).replace(
            tzinfo=None
        )

    def assert_all_there(self):
        self.assertEqual(len(self.rows()), 6)
        self.assertFalse(self.job().position)
        self.assertGreater(
            aware(self.connection.orders_synced_until), NOW - timedelta(minutes=3)
        )

    def repeat(self, times, **more):
        """Answer the second page so often, with what it always has and ``more``."""
        left = [times]

        def change(page, token):
            if token != "2" or not left[0]:
                return page
            left[0] -= 1
            return OrdersPage(
                more.get("documents", page.documents),
                more.get("next_token", "2"),
                page.watermark,
            )

        self.fake.change_page = change

    def test_a_page_that_comes_twice(self):
        self.repeat(1)
        self.download()
        self.assert_all_there()
        self.assertFalse(self.last_run().warned)

    def test_the_same_page_and_token_again_and_again(self):
        self.repeat(IDLE_PAGES + 1)
        self.download()
        self.assertIn("the same page of orders again and again", self.messages())
        self.assert_all_there()

    def test_empty_pages_that_promise_another_one(self):
        # The first of them is not known yet.
        self.repeat(IDLE_PAGES + 1, documents=())
        self.download()
        self.assertIn("the same page of orders again and again", self.messages())
        self.assert_all_there()

    def test_an_empty_page_with_a_token_is_passed_over(self):
        self.repeat(2, documents=())
        self.download()
        self.assertFalse(self.last_run().warned)
        self.assert_all_there()

    def test_empty_pages_with_ever_new_tokens_end(self):
        self.fake.change_page = lambda page, token: OrdersPage(
            (), str(2 + 2 * int(token or 0)), page.watermark
        )
        self.download()
        self.assertLessEqual(self.fake.count("searchOrders"), 20)
        self.assertLess(
            aware(self.connection.orders_synced_until), NOW - timedelta(hours=7)
        )

    def test_pages_that_never_end_put_the_job_off_and_lose_nothing(self):
        before = self.connection.orders_synced_until
        self.fake.change_page = lambda page, token: OrdersPage(
            page.documents[:0], "2", page.watermark
        )
        self.download()
        calls = self.fake.count("searchOrders")
        self.assertLess(calls, 40)
        self.assertEqual(self.last_run().outcome, "failed")
        self.assertIn("again and again", self.messages())
        self.assertTrue(self.job().not_before)
        self.assertEqual(self.connection.orders_synced_until, before)
        self.run_at(NOW + timedelta(hours=2))
        self.assertLess(self.fake.count("searchOrders") - calls, 40)
        self.assertEqual(self.connection.orders_synced_until, before)
        self.fake.change_page = lambda page, token: page
        for hours in (4, 6, 8):
            self.run_at(NOW + timedelta(hours=hours))
        self.assert_all_there()

    def test_a_token_of_another_day(self):
        self.fake.errors = [None, UnavailableError("Down.")]
        self.download()
        self.put_off_is_over()
        self.assertEqual(len(self.rows()), 2)
        with freeze_time(NOW + timedelta(hours=25)):
            self.download()
        self.assertIn("older than a day", self.messages())
        tokens = [call[1] for call in self.fake.calls if call[0] == "searchOrders"]
        self.assertEqual(tokens[:3], [None, "2", None])
        self.assert_all_there()

    def test_a_refused_token_goes_on_behind_what_was_seen(self):
        self.fake.errors = [None, None, RejectedError("Token.", status=400)]
        self.download()
        self.assertIn("forgot the place", self.messages())
        seen = NOW - timedelta(hours=3)
        since = self.fake.searches[3]["last_updated_after"]
        self.assertTrue(seen - timedelta(minutes=2) < since < seen)
        self.assert_all_there()

    def test_tokens_that_are_always_refused_end_the_run(self):
        def refuse(page, token):
            if token:
                raise RejectedError("Token.", operation="searchOrders", status=400)
            return page

        self.fake.change_page = refuse
        self.fake.page_size = 1
        self.download()
        self.assertLess(self.fake.count("searchOrders"), 60)
        self.assertLess(
            aware(self.connection.orders_synced_until), NOW - timedelta(hours=1)
        )

    def test_the_cursor_is_never_beyond_what_is_stored(self):
        reached = []
        store = OrderWindow.add_page

        def add_page(window, *args):
            reached.append((len(self.rows()), self.connection.orders_synced_until))
            return store(window, *args)

        before = self.connection.orders_synced_until
        with patch.object(OrderWindow, "add_page", add_page):
            self.download()
        self.assertEqual(reached, [(count, before) for count in (2, 4, 6)])


@tagged("post_install", "-at_install")
class TestRefused(WindowsCommon):
    """A right question is refused for hours."""

    def setUp(self):
        super().setUp()
        self.begin = NOW - timedelta(hours=8)
        self.bad = NOW - timedelta(hours=5)
        self.connection.orders_synced_until = self.begin.replace(tzinfo=None)
        for place in range(1, 8):
            self.add(place, self.begin + timedelta(hours=place))

    def refuse_the_bad_moment(self):
        """Refuse each window that has one moment in it."""
        self.refuse(
            lambda since, before: (
                since <= self.bad and not (before and before < self.bad)
            )
        )

    def test_it_is_put_off_and_said_and_comes_in_later(self):
        self.refuse(lambda since, before: True)
        self.download()
        self.assertEqual(self.last_run().outcome, "failed")
        self.assertIn(REFUSED, self.messages())
        self.assertTrue(self.job().not_before)
        self.refuse(lambda since, before: False)

    def test_all_but_the_refused_part_comes_in(self):
        self.refuse_the_bad_moment()
        for turn in range(40):
            self.run_at(NOW + turn * timedelta(hours=1))
        self.assertEqual(len(self.rows()), 7 - 1)
        self.assertLessEqual(aware(self.connection.orders_synced_until), self.bad)
        self.assertGreater(
            aware(self.connection.orders_synced_until), self.bad - timedelta(minutes=30)
        )
        self.assertEqual(self.last_run().outcome, "warning")
        self.assertIn("Amazon refuses the orders from", self.messages())
        self.bad = NOW - timedelta(days=30)
        for turn in range(40, 42):
            self.run_at(NOW + turn * timedelta(hours=1))
        self.assertEqual(len(self.rows()), 7)
        self.assertGreater(aware(self.connection.orders_synced_until), NOW)
        self.assertFalse(self.job().position)

    def test_new_orders_do_not_wait_for_the_refused_part(self):
        self.refuse_the_bad_moment()
        for turn in range(8):
            self.run_at(NOW + turn * timedelta(hours=1))
        self.add(50, NOW + timedelta(hours=7, minutes=30))
        self.run_at(NOW + timedelta(hours=8))
        self.assertIn(number(50), self.rows().mapped("amazon_order_id"))

    def test_while_all_is_refused_a_run_asks_a_few_times_only(self):
        self.refuse(lambda since, before: True)
        for turn in range(30):
            before = len(self.fake.searches)
            self.run_at(NOW + turn * timedelta(hours=1))
            self.assertLessEqual(len(self.fake.searches) - before, 8)
        self.assertEqual(
            aware(self.connection.orders_synced_until), self.begin, "Nothing was stored"
        )


@tagged("post_install", "-at_install")
class TestClock(WindowsCommon):
    def test_orders_come_in_although_amazons_clock_is_ahead(self):
        self.fake.clock_ahead = timedelta(minutes=80)
        for place in range(3):
            self.add(
                place,
                NOW + timedelta(minutes=25 * place),
                items=[build_item()],
                status="UNSHIPPED",
            )
        self.download()
        self.assertTrue(all(self.rows().sale_order_id))
        self.assertIn("80 minutes ahead", self.messages())
        self.assertEqual(self.last_run().warned, 1)
        self.assertLessEqual(self.connection.orders_synced_until, fields.Datetime.now())
        self.add(9, NOW + timedelta(minutes=70))
        self.download()
        self.assertTrue(self.order(number(9)))

    def test_a_small_difference_is_nothing(self):
        self.fake.clock_ahead = timedelta(minutes=5)
        self.download()
        self.assertFalse(self.last_run().warned)


@tagged("post_install", "-at_install")
class TestWindow(WindowsCommon):
    def test_it_is_kept_as_plain_data(self):
        window = OrderWindow(NOW, before=NOW + timedelta(days=1), by="created")
        page = OrdersPage((build_order(),), "token", NOW + timedelta(hours=1))
        self.assertFalse(window.add_page(page, NOW))
        self.assertEqual(OrderWindow.from_json(window.to_json()), window)
        window.is_ordered = False
        self.assertEqual(OrderWindow.from_json(window.to_json()), window)

    def test_pages_out_of_order_start_again_from_the_beginning(self):
        window = OrderWindow(NOW - timedelta(days=9))
        documents = tuple(
            build_order(number(place), updated=ago(days=days))
            for place, days in enumerate((2, 5))
        )
        window.add_page(OrdersPage(documents, "token", NOW), NOW)
        window.restart()
        self.assertEqual(window.since, NOW - timedelta(days=9))
        self.assertEqual(window.restarts, 1)

    def test_halves_cover_the_whole(self):
        window = OrderWindow(NOW - timedelta(hours=3))
        first, second = window.divide(NOW)
        self.assertEqual(first.since, window.since)
        self.assertGreater(first.before, second.since)
        self.assertIsNone(second.before)
        short = OrderWindow(NOW - order_window.SHORTEST_DIVIDED)
        self.assertEqual(short.divide(NOW), [short])
