"""What charts count of orders and listings."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..fake_listings import build_listing
from .test_overview import OverviewCommon


@tagged("post_install", "-at_install")
class TestCharts(OverviewCommon):
    def share(self, orders):
        self.env.flush_all()
        ((share,),) = self.env["amazon.order"]._read_group(
            [("id", "in", orders.ids)], [], ["late_share:avg"]
        )
        return share

    def test_the_share_of_late_shipments(self):
        now = fields.Datetime.now()
        orders = self.orders_of(
            *(f"111-0000001-000000{place}" for place in range(1, 6))
        )
        in_time, too_late, not_sent, not_shipped, to_come = orders
        for order in (in_time, too_late, not_sent):
            self.ship(order.sale_order_id)
        self.send()
        orders.ship_by = now - timedelta(hours=1)
        in_time.shipment_ids.settled_on = now - timedelta(hours=2)
        too_late.shipment_ids.settled_on = now
        not_sent.shipment_ids.state = "failed"
        to_come.ship_by = now + timedelta(days=2)
        for order, late in (
            (in_time, 0),
            (too_late, 100),
            (not_sent, 100),
            (not_shipped, 100),
            (to_come, False),
        ):
            with self.subTest(order.amazon_order_id):
                # False: it counts neither way.
                self.assertEqual(self.share(order), late)
                self.assertEqual(self.share(order) is False, late is False)
                self.assertEqual(order.late_share, late)
        self.assertEqual(self.share(orders), 75)

    def test_what_is_not_shipped_by_odoo_counts_neither_way(self):
        (order,) = self.orders_of("111-0000001-0000001")
        order.ship_by = fields.Datetime.now() - timedelta(hours=1)
        for values in ({"status": "shipped"}, {"state": "ignored"}):
            with self.subTest(values):
                order.write(values)
                self.assertIs(self.share(order), False)

    def test_half_of_an_order_that_is_still_here_is_late(self):
        (order,) = self.orders_of("111-0000001-0000001")
        self.ship(order.sale_order_id)
        self.send()
        now = fields.Datetime.now()
        order.write({"status": "partially_shipped", "ship_by": now})
        order.shipment_ids.settled_on = now - timedelta(hours=1)
        order.ship_by = now - timedelta(minutes=1)
        self.assertEqual(self.share(order), 100)

    def test_each_chart_shows_what_its_filters_find(self):
        self.orders_of("111-0000001-0000001")
        self.fake.list(build_listing(quantity=0), build_listing("IN", quantity=2))
        self.connection.download_products = True
        self.download_products()
        for name, measure in (
            ("amazon_order_sales_action", "amount_total:sum"),
            ("amazon_order_late_action", "late_share:avg"),
            ("amazon_listing_sold_out_action", "__count"),
        ):
            with self.subTest(name):
                action = self.env.ref(f"amazon_connector.{name}")
                model = self.env[action.res_model]
                views = model.get_views([(False, "graph"), (False, "pivot")])
                self.assertIn("graph", views["views"])
                groups = model.formatted_read_group(
                    [], ["storefront_id"], [measure, "__count"]
                )
                self.assertTrue(groups)

    def test_sold_out_is_what_nobody_can_buy(self):
        self.fake.list(build_listing(quantity=0), build_listing("IN", quantity=2))
        self.connection.download_products = True
        self.download_products()
        found = self.env["amazon.listing"].search(
            [
                ("amazon_quantity", "<=", 0),
                ("is_tracked", "=", True),
                ("connection_id", "=", self.connection.id),
            ]
        )
        self.assertEqual(found.mapped("sku"), ["MUG"])
