"""Pages of orders: stored at once, one by one only where one of them is bad."""

from unittest.mock import patch

from odoo.tests import tagged

from ...models.orders.order_inbox import OrderInbox
from ..builders import ago, build_item, build_order
from ..common import AmazonCommon
from ..inventory_common import InventoryCommon
from ..unknown_products_common import LATER, ORDER, SECOND

THIRD = "111-0000001-0000003"
LATEST = ago(hours=1)
# More than the database's integers hold.
ABSURD = 10**12


@tagged("post_install", "-at_install")
class TestOrderInbox(AmazonCommon):
    def store(self, *documents):
        """Have a page with these orders; return how often rows were stored."""
        self.fake.add(*documents)
        with patch.object(
            OrderInbox, "_store_changed", autospec=True, side_effect=_store_changed
        ) as store:
            self.download()
        return store.call_count

    def test_a_page_is_stored_at_once(self):
        self.assertEqual(self.store(build_order(ORDER), build_order(SECOND)), 1)
        self.assertEqual(self.last_run().created, 2)
        self.assertEqual(self.store(), 0, "Nothing changed")
        self.assertEqual(
            self.store(build_order(ORDER, updated=LATER), build_order(THIRD)), 1
        )
        self.assertRecordValues(
            self.last_run(), [{"seen": 3, "created": 1, "updated": 1, "unchanged": 1}]
        )

    def test_what_cannot_be_stored_costs_its_own_row(self):
        self.store(build_order(ORDER))
        self.store(
            build_order(ORDER, [build_item(quantity=3)], updated=LATER),
            build_order(SECOND, [build_item(quantity=ABSURD, price="0")]),
            build_order(THIRD),
        )
        self.assertEqual(self.order(ORDER).line_ids.quantity, 3)
        self.assertEqual(self.order(SECOND).state, "failed")
        self.assertIn("quantityOrdered", self.order(SECOND).error)
        self.assertEqual(self.order(THIRD).state, "imported")
        self.assertEqual((self.last_run().created, self.last_run().failed), (2, 1))

    def test_an_order_that_is_twice_in_a_page_is_stored_once(self):
        early = build_order(ORDER)
        late = build_order(ORDER, [build_item(quantity=2)], updated=LATER)
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "button",
            }
        )
        OrderInbox(self.connection, run).store([early, late, early])
        self.assertEqual(self.order().line_ids.quantity, 2)
        self.assertEqual((run.created, run.updated, run.unchanged), (1, 1, 1))


@tagged("post_install", "-at_install")
class TestStatements(AmazonCommon):
    """A page costs what it costs, however many orders are on it."""

    def store(self, count, **more):
        """Store a page of so many orders; return how many statements that took."""
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "button",
            }
        )
        page = [
            build_order(f"111-0000005-{place:07d}", **more) for place in range(count)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        OrderInbox(self.connection, run).store(page)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, run

    def test_new_orders_are_created_in_one_go(self):
        few, _run = self.store(10)
        self.env["amazon.order"].search([]).unlink()
        many, run = self.store(80)
        self.assertEqual(run.created, 80)
        self.assertLessEqual(many, few + 5)

    def test_changed_orders_are_updated_in_one_go(self):
        self.store(80)
        few, _run = self.store(10, updated=LATER, status="SHIPPED")
        many, run = self.store(80, updated=LATEST, status="CANCELLED")
        self.assertEqual(run.updated, 80)
        self.assertLessEqual(many, few + 5)
        rows = self.env["amazon.order"].search([("status", "=", "cancelled")])
        self.assertEqual(len(rows), 80)
        self.assertEqual(len(rows.line_ids), 80)


@tagged("post_install", "-at_install")
class TestQuantitiesOfAPage(InventoryCommon):
    def test_a_page_adds_one_change_and_one_wake_up(self):
        self.switch_on()
        changes, triggers = self.env["amazon.stock.change"], self.triggers()
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "button",
            }
        )
        page = [build_order(f"111-0000009-{place:07d}") for place in range(20)]
        # One that cannot be stored, so that they are stored one by one.
        page.append(build_order(SECOND, [build_item(quantity=ABSURD, price="0")]))
        OrderInbox(self.connection, run).store(page)
        self.env.flush_all()
        self.assertEqual(run.created, 21)
        self.assertEqual(self.order(SECOND).state, "failed")
        self.assertEqual(changes.search_count([]), 1)
        self.assertEqual(self.triggers() - triggers, 1)

    def test_a_page_of_orders_does_not_wake_the_quantities_for_each_of_them(self):
        self.switch_on()
        changes = self.env["amazon.stock.change"]
        self.assertFalse(changes.search_count([]))
        triggers = self.triggers()
        for number in range(20):
            self.fake.add(build_order(f"111-0000009-{number:07d}"))
        self.download()
        self.assertEqual(self.last_run().created, 20)
        self.assertLess(changes.search_count([]), 5)
        self.assertLess(self.triggers() - triggers, 5)


_store_changed = OrderInbox._store_changed
