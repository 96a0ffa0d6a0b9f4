"""Deliveries that must not leave say so, whoever validates them."""

from odoo.exceptions import UserError

from ..builders import ago
from ..common import AmazonCommon


class TestStoppedDeliveries(AmazonCommon):
    def test_a_delivery_of_an_order_that_amazon_cancelled_cannot_be_validated(self):
        self.connection.warehouse_id.delivery_steps = "pick_ship"
        sale = self.import_order()
        pick = sale.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        delivery = sale.picking_ids - pick
        self.order().status = "cancelled"
        self.assertIn("Amazon cancelled", delivery.amazon_stop_reason)
        with self.assertRaisesRegex(UserError, "Amazon cancelled"):
            delivery.button_validate()
        self.assertFalse(pick.amazon_stop_reason, "what is done is done")

    def test_goods_of_a_cancelled_order_can_come_back(self):
        sale = self.import_order()
        delivery = self.ship(sale)
        self.import_order(status="CANCELLED", updated=ago(days=2))
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        returned = wizard._create_return()
        self.assertFalse(returned.amazon_stop_reason)
        returned.move_ids.picked = True
        returned.button_validate()
        self.assertEqual(returned.state, "done")
