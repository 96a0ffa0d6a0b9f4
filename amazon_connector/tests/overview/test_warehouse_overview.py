"""Who works in the warehouse alone sees what Amazon awaits in Inventory's overview."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_overview import OverviewCommon

NUMBERS = {
    "amazon_late_count": "action_open_amazon_late",
    "amazon_due_count": "action_open_amazon_due",
    "amazon_stopped_count": "action_open_amazon_stopped",
}


@tagged("post_install", "-at_install")
class TestWarehouseOverview(OverviewCommon):
    def test_each_number_opens_its_deliveries(self):
        worker = new_test_user(
            self.env, "worker", "stock.group_stock_user", tz=self.env.user.tz
        )
        late, due, stopped, _other = self.orders_of(
            *(f"111-0000001-000000{place}" for place in range(1, 5))
        )
        noon = self.noon_tomorrow()
        late.ship_by = noon - timedelta(hours=1)
        due.ship_by = noon + timedelta(hours=1)
        stopped.changes_to_confirm = "address"
        self.env.flush_all()
        self.env.invalidate_all()
        out = self.connection.warehouse_id.out_type_id.with_user(worker)
        for (number, button), order in zip(
            NUMBERS.items(), (late, due, stopped), strict=True
        ):
            with self.subTest(number), freeze_time(noon):
                self.assertEqual(out[number], 1)
                action = getattr(out, button)()
                found = self.env["stock.picking"].with_user(worker)
                found = found.search(action["domain"])
                self.assertEqual(found.ids, order.sale_order_id.picking_ids.ids)

    def test_shipments_that_amazon_is_not_told_of_are_mended_in_their_list(self):
        worker = new_test_user(self.env, "worker", "stock.group_stock_user")
        self.connection.send_shipments = True
        blocked, refused = (
            self.ship(row.sale_order_id, carrier=False).amazon_shipment_ids
            for row in self.orders_of("111-0000001-0000001", "111-0000001-0000002")
        )
        self.assertEqual(blocked.state, "blocked")
        refused.state = "failed"
        self.env.invalidate_all()
        out = self.connection.warehouse_id.out_type_id.with_user(worker)
        for number, button, shipment in (
            ("amazon_blocked_count", "action_open_amazon_blocked", blocked),
            ("amazon_refused_count", "action_open_amazon_refused", refused),
        ):
            with self.subTest(number):
                self.assertEqual(out[number], 1)
                action = getattr(out, button)()
                found = self.env[action["res_model"]].with_user(worker)
                self.assertEqual(found.search(action["domain"]).ids, shipment.ids)
        blocked.with_user(worker).write(
            {"carrier_id": self.carrier.id, "tracking_ref": "1Z-MENDED"}
        )
        self.assertEqual(blocked.state, "pending")

    def test_a_delivery_is_found_by_the_orders_number(self):
        worker = new_test_user(self.env, "worker", "stock.group_stock_user")
        numbers = ("111-0000001-0000001", "111-0000001-0000002")
        for row in self.orders_of(*numbers):
            picking = row.sale_order_id.picking_ids
            pickings = self.env["stock.picking"].with_user(worker)
            action = pickings.action_find_amazon_order(f" {row.amazon_order_id} ")
            self.assertEqual(action["res_id"], picking.id)
            self.assertEqual([kind for _view, kind in action["views"]], ["form"])
        rest = picking.copy({"backorder_id": picking.id, "sale_id": picking.sale_id.id})
        self.assertEqual(rest.amazon_order_ref, numbers[1])
        action = pickings.action_find_amazon_order(numbers[1])
        found = pickings.search(action["domain"])
        self.assertEqual(set(found.ids), {picking.id, rest.id})
        action = pickings.action_find_amazon_order("999-0000000-0000000")
        self.assertIn("999-0000000-0000000", action["params"]["message"])

    def test_stores_are_not_theirs_to_see(self):
        worker = new_test_user(self.env, "worker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.connection.with_user(worker).read(["health"])
        menus = self.env["ir.ui.menu"].with_user(worker)._visible_menu_ids()
        root = self.env.ref("amazon_connector.amazon_connector_menu_root")
        self.assertNotIn(root.id, menus)
