"""How long it takes to ship, and when there will be some again, as Odoo knows it."""

from datetime import datetime, time, timedelta

from odoo import fields
from odoo.tests import tagged

from ..inventory_common import InventoryCommon


@tagged("post_install", "-at_install")
class TestLeadTimes(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.mug.sale_delay = 2
        self.mug.seller_ids = [
            fields.Command.create({"partner_id": self._vendor().id, "delay": 5})
        ]
        self.today = fields.Date.context_today(self.connection)

    def _vendor(self):
        return self.env["res.partner"].create({"name": "Potter"})

    def switch_lead_times_on(self):
        self.connection.send_lead_times = True
        self.switch_on()

    def last_patch(self):
        """What was last sent beside the quantity: (operation, the rest)."""
        _sku, operation, value = self.fake.patches[-1]
        left_out = ("fulfillment_channel_code", "quantity")
        return operation, {k: v for k, v in value.items() if k not in left_out}

    def expect_goods(self, days, quantity=10):
        """Have some of the mug come in at noon, in so many days."""
        day = self.today + timedelta(days=days)
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": quantity,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "date": datetime.combine(day, time(12)),
            }
        )
        move._action_confirm()
        return move

    def test_at_first_only_the_quantity_is_sent(self):
        self.switch_on()
        self.assertEqual(self.last_patch(), ("merge", {}))

    def test_the_customer_lead_time_while_there_is_some(self):
        self.switch_lead_times_on()
        self.assertEqual(
            self.last_patch(), ("merge", {"lead_time_to_ship_max_days": 2})
        )
        self.assertEqual(self.listing().sent_lead_days, 2)

    def test_and_the_vendor_s_where_there_is_none(self):
        self.env["amazon.inventory.rule"].create(
            {
                "rule_type": "fixed",
                "value": 4,
                "applied_on": "listing",
                "listing_id": self.listing().id,
            }
        )
        self.add_stock(-100)
        self.switch_lead_times_on()
        self.assertEqual(self.pushed(), {"MUG": 4})
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 7})

    def test_when_there_will_be_some_again(self):
        self.add_stock(-100)
        self.expect_goods(days=20)
        self.expect_goods(days=9)
        self.switch_lead_times_on()
        self.assertEqual(self.pushed(), {"MUG": 0})
        expected = self.today + timedelta(days=9)
        self.assertEqual(self.last_patch()[1]["restock_date"], expected.isoformat())
        self.add_stock(3)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 3})
        operation, more = self.last_patch()
        self.assertEqual(operation, "replace", "The date is taken back")
        self.assertNotIn("restock_date", more)
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.last_patch()[0], "merge")

    def test_goods_that_are_late_are_expected_today(self):
        self.add_stock(-100)
        self.expect_goods(days=-3)
        self.switch_lead_times_on()
        self.assertEqual(self.last_patch()[1]["restock_date"], self.today.isoformat())

    def test_goods_of_another_place_of_the_warehouse_do_not_come_in(self):
        self.add_stock(-100)
        move = self.expect_goods(days=9)
        move.location_id = self.warehouse.view_location_id
        self.switch_lead_times_on()
        self.assertNotIn("restock_date", self.last_patch()[1])

    def test_other_days_alone_are_sent_by_the_comparison(self):
        self.switch_lead_times_on()
        self.pushed()
        self.mug.sale_delay = 4
        self.connection._request_comparison()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 4})
        self.connection._request_comparison()
        self.sync()
        self.assertFalse(self.pushed())

    def test_no_lead_time_any_more_is_a_day(self):
        self.switch_lead_times_on()
        self.mug.sale_delay = 0
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 1})

    def test_more_days_than_amazon_takes(self):
        self.mug.sale_delay = 90.5
        self.switch_lead_times_on()
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 30})
