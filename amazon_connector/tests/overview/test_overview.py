"""The overview: each number opens what it counts, and one word says how a store is."""

import json
from datetime import timedelta, timezone

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user, tagged

from ...models.overview.amazon_connection import OVERVIEW_CHANGED
from ...spapi.errors import UnavailableError
from ..builders import build_item, build_order
from ..fake_listings import build_listing
from ..listings_common import ListingsCommon

# Number → button that opens what it counts.
NUMBERS = {
    "to_ship_order_count": "action_open_orders_to_ship",
    "late_order_count": "action_open_late_orders",
    "due_order_count": "action_open_due_orders",
    "stopped_order_count": "action_open_stopped_orders",
    "held_order_count": "action_open_held_orders",
    "failed_order_count": "action_open_failed_orders",
    "unlinked_count": "action_open_unlinked",
    "suppressed_count": "action_open_suppressed",
    "refused_quantity_count": "action_open_refused_quantities",
    "halted_zero_count": "action_open_held_zeros",
    "paused_storefront_count": "action_open_paused_storefronts",
    "blocked_shipment_count": "action_open_blocked_shipments",
    "refused_shipment_count": "action_open_refused_shipments",
    "unsettled_order_count": "action_open_unsettled_orders",
}
SHOWN = [*NUMBERS, "display_name", "health", "health_reason", "orders_note"]
SHOWN.append("overview_jobs")


class OverviewCommon(ListingsCommon):
    def prepare(self):
        super().prepare()
        # What the addon's demonstration brings is no store of these tests.
        self.connection.write({"state": "completed", "download_products": False})

    def orders_of(self, *numbers, **more):
        """Have orders on Amazon and in Odoo; return their rows, in that order."""
        self.fake.add(*(build_order(number, **more) for number in numbers))
        self.download()
        return self.env["amazon.order"].union(*map(self.order, numbers))

    def noon_tomorrow(self):
        """Return a time that is noon for who asks, naive UTC."""
        here = fields.Datetime.context_timestamp(
            self.connection, fields.Datetime.now() + timedelta(days=1)
        )
        noon = here.replace(hour=12, minute=0, second=0, microsecond=0)
        return noon.astimezone(timezone.utc).replace(tzinfo=None)

    def shown(self, connection=None):
        """Return what a card shows, counted anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        (card,) = (connection or self.connection).read(SHOWN)
        return card

    def assertEachOpensItsList(self, connection=None):
        """See that each number is the length of the list that it opens."""
        connection = connection or self.connection
        card = self.shown(connection)
        for number, button in NUMBERS.items():
            with self.subTest(number):
                action = getattr(connection, button)()
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(found), card[number])
                # The one that Odoo shows, where there is one.
                shown = action.get("display_name", action["name"])
                self.assertEqual(shown, action["name"])
        return card


@tagged("post_install", "-at_install")
class TestNumbers(OverviewCommon):
    def test_orders_that_wait_are_counted_and_opened(self):
        self.connection.unknown_product = "hold"
        self.orders_of("111-0000001-0000009", items=[build_item(sku="UNKNOWN")])
        orders = self.orders_of(
            *(f"111-0000001-000000{place}" for place in range(1, 7))
        )
        late, due, stopped, failed, blocked, refused = orders
        noon = self.noon_tomorrow()
        orders.ship_by = noon + timedelta(days=3)
        late.ship_by = noon - timedelta(hours=1)
        due.ship_by = noon + timedelta(hours=1)
        stopped.changes_to_confirm = "address"
        failed.state = "failed"
        for row, state in ((blocked, "blocked"), (refused, "failed")):
            self.ship(
                row.sale_order_id, carrier=False
            ).amazon_shipment_ids.state = state
        with freeze_time(noon):
            card = self.assertEachOpensItsList()
        self.assertEqual(card["late_order_count"], 1)
        self.assertEqual(card["due_order_count"], 1)
        self.assertEqual(card["stopped_order_count"], 1)
        self.assertEqual(card["failed_order_count"], 1)
        self.assertEqual(card["held_order_count"], 1)
        self.assertEqual(card["blocked_shipment_count"], 1)
        self.assertEqual(card["refused_shipment_count"], 1)
        self.assertEqual(card["to_ship_order_count"], 5)

    def test_listings_that_wait_are_counted_and_opened(self):
        skus = ("MUG", "SUPPRESSED", "REFUSED", "HALTED", "UNLINKED")
        self.fake.list(*(build_listing(sku, quantity=3) for sku in skus))
        self.connection.download_products = True
        self.download_products()
        self.listing("SUPPRESSED").state = "suppressed"
        self.listing("REFUSED").push_error = "Not that many."
        self.listing("HALTED").zero_state = "held"
        self.listing("UNLINKED").product_id = False
        paused = self.open_storefront()
        paused.inventory_paused = True
        card = self.assertEachOpensItsList()
        for number in (
            "suppressed_count",
            "refused_quantity_count",
            "halted_zero_count",
            "unlinked_count",
            "paused_storefront_count",
        ):
            with self.subTest(number):
                self.assertEqual(card[number], 1)

    def test_each_store_counts_its_own(self):
        other = self._create_connection("A9OTHERSELLER")
        self.orders_of("111-0000001-0000001")
        self.assertEqual(self.assertEachOpensItsList()["to_ship_order_count"], 1)
        self.assertEqual(self.assertEachOpensItsList(other)["to_ship_order_count"], 0)

    def test_what_left_and_amazon_does_not_know_is_late_once(self):
        """An order may be to be shipped and have a shipment that is not confirmed."""
        (order,) = self.orders_of("111-0000001-0000001", items=[build_item(quantity=2)])
        self.ship(order.sale_order_id, carrier=False, quantities={"MUG": 1})
        order.ship_by = fields.Datetime.now() - timedelta(hours=1)
        card = self.assertEachOpensItsList()
        self.assertEqual(card["late_order_count"], 1)
        self.assertEqual(card["to_ship_order_count"], 1)

    def test_what_left_and_nobody_understands_is_counted(self):
        (order,) = self.orders_of("111-0000001-0000001")
        picking = self.ship(order.sale_order_id, settled=False)
        picking.amazon_settling_error = "It cannot be worked out."
        card = self.assertEachOpensItsList()
        self.assertEqual(card["unsettled_order_count"], 1)


@tagged("post_install", "-at_install")
class TestStoppedOrders(OverviewCommon):
    """An order is stopped when one of its deliveries says so, and only then."""

    def find(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["amazon.order"].search([("is_stopped", "=", True)])

    def assertStopped(self, order, expected):
        picking = order.sale_order_id.picking_ids
        self.assertEqual(order in self.find(), expected)
        self.assertEqual(order.is_stopped, expected)
        self.assertEqual(bool(picking.amazon_stop_reason), expected)

    def test_as_its_delivery_says(self):
        request = build_item(cancel_requested=True)
        orders = self.orders_of(*(f"111-0000001-000000{n}" for n in range(1, 5)))
        (wanted_back,) = self.orders_of("111-0000001-0000009", items=[request])
        plain, cancelled, changed, abroad = orders
        cancelled.status = "cancelled"
        changed.changes_to_confirm = "address"
        address = abroad.sale_order_id.partner_shipping_id
        # By itself: buyers of the same name and address are one contact.
        abroad.sale_order_id.partner_shipping_id = address.copy({"country_id": False})
        for order, expected in (
            (plain, False),
            (cancelled, True),
            (changed, True),
            (abroad, True),
            (wanted_back, True),
        ):
            with self.subTest(order.amazon_order_id):
                self.assertStopped(order, expected)
        wanted_back._overrule_cancel_request()
        self.assertStopped(wanted_back, False)

    def test_what_has_left_is_stopped_by_nothing(self):
        (order,) = self.orders_of("111-0000001-0000001")
        self.ship(order.sale_order_id)
        order.changes_to_confirm = "address"
        self.assertStopped(order, False)

    def test_the_opposite_is_found_too(self):
        orders = self.orders_of("111-0000001-0000001", "111-0000001-0000002")
        orders[0].changes_to_confirm = "address"
        found = self.env["amazon.order"].search(
            [("is_stopped", "=", False), ("connection_id", "=", self.connection.id)]
        )
        self.assertEqual(found, orders[1])


@tagged("post_install", "-at_install")
class TestHealth(OverviewCommon):
    def assertHealth(self, health, words):
        card = self.shown()
        self.assertEqual(card["health"], health, card["health_reason"])
        self.assertIn(words, card["health_reason"])

    def test_a_store_of_which_nothing_waits_is_good(self):
        self.assertHealth("good", "Nothing waits for you.")

    def test_a_store_that_stands_still_says_why(self):
        for vals, health, words in (
            ({"state": "draft"}, "new", "press Connect"),
            (
                {"state": "reauthorize", "refusal_message": "Amazon withdrew it."},
                "stopped",
                "Amazon withdrew it.",
            ),
            ({"active": False}, "paused", "inactive"),
        ):
            with self.subTest(health):
                self.connection.sudo().write(vals)
                self.assertHealth(health, words)

    def test_an_import_says_how_far_it_is(self):
        self.connection.write({"state": "importing", "import_message": "80 of 100"})
        self.assertHealth("importing", "80 of 100")

    def test_what_is_most_urgent_is_said(self):
        orders = self.orders_of("111-0000001-0000001", "111-0000001-0000002")
        orders[1].state = "failed"
        self.assertHealth("attention", "could not be imported: 1")
        orders[0].ship_by = fields.Datetime.now() - timedelta(hours=1)
        self.assertHealth("urgent", "ship-by time is over: 1")

    def test_what_may_stay_as_it_is_changes_no_health(self):
        self.fake.list(build_listing("UNLINKED", quantity=3))
        self.download_products()
        self.listing("UNLINKED").write({"product_id": False, "state": "suppressed"})
        self.assertHealth("good", "Nothing waits")

    def test_a_job_that_fails_again_and_again_says_why(self):
        for times in range(1, 4):
            self.fake.errors = [UnavailableError("Down.", operation="searchOrders")]
            self.put_off_is_over()
            self.env["amazon.job"].search([]).last_run_id.outcome = "done"
            self.download()
            health = self.shown()["health"]
            self.assertEqual(health, "failing" if times == 3 else "good")
        run = self.last_run()
        error = run.line_ids.filtered(lambda line: line.level == "error").message
        self.assertHealth("failing", error)
        self.assertHealth("failing", "Download orders failed 3 times in a row")

    def test_scheduled_actions_that_do_not_run_are_noticed(self):
        self.download()
        self.assertHealth("good", "Nothing waits")
        job = self.connection._get_job("download_orders")
        job.last_run_id.start = fields.Datetime.now() - timedelta(hours=5)
        job.not_before = False
        self.assertHealth("failing", "scheduled actions")

    def test_what_is_switched_off_need_not_run(self):
        self.download()
        job = self.connection._get_job("download_orders")
        job.last_run_id.start = fields.Datetime.now() - timedelta(days=5)
        self.connection.download_orders = False
        self.assertHealth("good", "Nothing waits")

    def test_a_database_that_may_be_a_copy_stands_still(self):
        self.connection.state = "reauthorize"
        guard = self.env["amazon.copy.guard"]._get_row()
        guard.write({"state": "asked", "sign": "copied", "seen_name": "shop_copy"})
        self.assertHealth("stopped", "(shop_copy) is a copy of the one")
        self.assertHealth("stopped", "until an Amazon administrator says")
        self.assertFalse(self.shown()["overview_jobs"])
        guard.state = "silent"
        self.assertHealth("paused", "is a copy and stays silent")
        # Who was never connected has nothing to be silent about.
        self.connection.state = "draft"
        self.assertHealth("new", "press Connect")

    def test_a_backup_that_goes_on_reads_before_it_sends(self):
        (order,) = self.orders_of("111-0000001-0000001")
        order.ship_by = fields.Datetime.now() - timedelta(hours=1)
        self.connection.write(
            {"catch_up_since": fields.Datetime.now(), "raises_wait": True}
        )
        self.assertHealth("catching_up", "since the backup is read")
        self.connection._get_job("download_orders").failures = 3
        self.assertHealth("failing", "failed 3 times")

    def test_quantities_that_are_not_raised_after_a_backup_are_said(self):
        self.connection.write({"raises_wait": True, "sync_inventory": True})
        self.assertHealth("attention", "no quantity is raised")
        self.connection.sync_inventory = False
        self.assertHealth("good", "Nothing waits")

    def test_an_authorisation_that_ends_soon_is_said(self):
        today = fields.Date.context_today(self.connection)
        self.connection.authorized_on = today - timedelta(days=345)
        self.assertHealth("attention", "authorisation ends: 20")


@tagged("post_install", "-at_install")
class TestPage(OverviewCommon):
    def test_each_function_says_when_it_runs_and_what_it_waits_for(self):
        self.download()
        self.connection.sync_inventory = False
        jobs = {job["label"]: job for job in self.shown()["overview_jobs"]}
        self.assertEqual(
            [*jobs],
            [
                "Download products",
                "Download orders",
                "Sync inventory",
                "Send shipment info",
            ],
        )
        self.assertTrue(jobs["Download orders"]["last"])
        self.assertEqual(
            jobs["Sync inventory"]["waits"], "Switched off under Configuration."
        )
        self.assertFalse(jobs["Sync inventory"]["next"])
        # As scheduled: nothing need be said.
        self.assertTrue(jobs["Download orders"]["next"])
        self.assertFalse(jobs["Download orders"]["waits"])
        job = self.connection._get_job("download_orders")
        job.write(
            {
                "failures": 1,
                "not_before": fields.Datetime.now() + timedelta(minutes=30),
            }
        )
        (failing,) = (
            one for one in self.shown()["overview_jobs"] if one["id"] == job.id
        )
        self.assertIn("Put off after a failure", failing["waits"])

    def test_a_failing_job_is_shown_whatever_it_does(self):
        job = self.connection._get_job("sweep_orders")
        job.failures = 1
        (shown,) = (one for one in self.shown()["overview_jobs"] if one["id"] == job.id)
        self.assertTrue(shown["is_failing"])

    def test_how_far_orders_are_checked_is_said(self):
        self.env.user.tz = "UTC"
        noon = fields.Datetime.now().replace(hour=12, minute=5) - timedelta(days=2)
        self.connection.write({"orders_checked_until": noon, "orders_missing": 0})
        note = self.shown()["orders_note"]
        self.assertIn("missing: 0", note)
        self.assertIn("12:05", note)

    def test_thirty_stores_cost_the_statements_of_one(self):
        self.orders_of("111-0000001-0000001")
        first = self._count_statements(self.connection)
        stores = self.connection
        for place in range(4):
            store = self._create_connection(f"A{place}MORE")
            store.state = "completed"
            self.amazon_of(store).add(build_order(f"222-0000001-000000{place}"))
            stores |= store
        self.download()
        self.assertEqual(len(stores.order_ids), 5)
        self.assertEqual(self._count_statements(stores), first)

    def _count_statements(self, stores):
        """Return what opening the page takes, with warm caches of the registry."""
        specification = {name: {} for name in SHOWN}
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["amazon.connection"].web_search_read(
                [("id", "in", stores.ids)], specification
            )
        return self.env.cr.sql_log_count - before

    def test_a_user_sees_it_and_nothing_of_another_company(self):
        company = self.env["res.company"].create({"name": "Another Company"})
        group = "amazon_connector.amazon_connector_group_user"
        user = new_test_user(self.env, "amazon", group)
        stranger = new_test_user(
            self.env, "stranger", group, company_id=company.id, company_ids=company.ids
        )
        self.orders_of("111-0000001-0000001")
        self.env.flush_all()
        shown = self.connection.with_user(user).read(SHOWN)
        self.assertEqual(shown[0]["to_ship_order_count"], 1)
        action = self.env.ref("amazon_connector.amazon_overview_action")
        stores = self.env[action.res_model].with_user(stranger)
        self.assertFalse(stores.search([("id", "=", self.connection.id)]))

    def test_it_is_what_the_menu_opens(self):
        root = self.env.ref("amazon_connector.amazon_connector_menu_root")
        first = root.child_id.sorted("sequence")[0]
        self.assertEqual(
            first.action, self.env.ref("amazon_connector.amazon_overview_action")
        )

    def test_without_a_store_it_says_what_to_do(self):
        action = self.env.ref("amazon_connector.amazon_overview_action")
        cards = self.env.ref("amazon_connector.amazon_integration_action")
        self.assertIn(f'name="{cards.id}"', action.help)
        self.assertIn("Connect your Amazon store", action.help)

    def test_an_order_is_found_by_its_number(self):
        one, two = self.orders_of("111-0000001-0000001", "111-0000001-0000002")
        orders = self.env["amazon.order"]
        one.state = "cancelled"
        action = orders.action_find(" 111-0000001-0000001 ")
        self.assertEqual(action["res_id"], one.id)
        self.assertEqual([kind for _view, kind in action["views"]], ["form"])
        action = orders.action_find("0000001-000000")
        self.assertEqual(orders.search(action["domain"]), two | one)
        self.assertEqual(action["context"], {})
        action = orders.action_find("999-0000000-0000000")
        self.assertIn("Recover order", action["params"]["message"])

    def test_a_listing_is_found_by_its_sku(self):
        self.fake.list(*map(build_listing, ("MUG", "MUG-LARGE")))
        self.connection.download_products = True
        self.download_products()
        mug, large = map(self.listing, ("MUG", "MUG-LARGE"))
        orders = self.env["amazon.order"]
        # That another one's holds it does not matter.
        action = orders.action_find("MUG")
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("amazon.listing", mug.id)
        )
        self.assertEqual([kind for _view, kind in action["views"]], ["form"])
        action = orders.action_find("mug")
        self.assertEqual(
            self.env["amazon.listing"].search(action["domain"]), mug | large
        )
        self.assertEqual(orders.action_find("-large")["res_id"], large.id)

    def test_last_night_is_what_the_runs_of_the_store_said(self):
        self.download()
        action = self.connection.action_open_last_night()
        self.assertEqual(action["context"], {"search_default_last_night": 1})
        self.assertEqual(action["domain"], [("connection_id", "=", self.connection.id)])
        view = self.env.ref("amazon_connector.amazon_history_line_view_search")
        self.assertIn('name="last_night"', view.arch)


@tagged("post_install", "-at_install")
class TestLive(OverviewCommon):
    def announced(self):
        """Return how many messages this transaction sends; ends it."""
        before = self.env["bus.bus"].search_count([])
        self.env.cr.flush()
        self.env.cr.postcommit.clear()
        sent = self.env["bus.bus"].search([], order="id")[before:]
        mine = [
            one for one in sent if json.loads(one.message)["type"] == OVERVIEW_CHANGED
        ]
        for one in mine:
            self.assertIn("res.groups", one.channel)
            self.assertEqual(json.loads(one.message)["payload"], {})
        return len(mine)

    def run_of(self, **counts):
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "schedule",
            }
        )
        run._count(**counts)
        run._finish()

    def test_a_run_that_changed_something_is_announced_once(self):
        self.announced()
        self.run_of(created=1)
        self.run_of(failed=1)
        self.assertEqual(self.announced(), 1)

    def test_a_run_with_nothing_to_do_is_not(self):
        self.announced()
        self.run_of(seen=3)
        self.assertEqual(self.announced(), 0)

    def test_a_store_that_is_paused_is_announced(self):
        self.announced()
        self.connection.active = False
        self.assertEqual(self.announced(), 1)

    def test_each_transaction_announces_for_itself(self):
        for _turn in range(2):
            self.run_of(created=1)
            self.assertEqual(self.announced(), 1)

    def test_the_runner_ends_an_idle_run_without_a_word(self):
        self.download()
        self.announced()
        self.download()
        self.assertEqual(self.last_run().outcome, "nothing")
        self.assertEqual(self.announced(), 0)
