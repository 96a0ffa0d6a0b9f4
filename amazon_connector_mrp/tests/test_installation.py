"""The addon comes to a database in which kits wait already."""

from unittest.mock import patch

from odoo.tests import tagged

from ..hooks import compare_kits, confirm_kits_in_outbox
from ..models.amazon_shipment import AmazonShipment
from .common import KitsCommon


@tagged("post_install", "-at_install")
class TestInstallation(KitsCommon):
    def forget_kits(self, sale):
        """Have the shipments as they were without this addon."""
        shipments = sale.amazon_order_ids.shipment_ids
        shipments.line_ids.filtered(
            lambda line: line.amazon_item_ref == "K" and not line.is_component
        ).unlink()
        shipments.write({"state": "blocked", "error": "Confirm it in Seller Central."})
        return shipments

    def test_kits_that_left_before_are_confirmed(self):
        sale = self.sell(kits=3, pens=1)
        self.ship_only(sale, "1Z1", LID=7, CUP=1)
        self.ship_only(sale, "1Z2", LID=4)
        self.ship(sale, tracking="1Z3")
        self.forget_kits(sale)
        confirm_kits_in_outbox(self.env)
        self.send()
        self.assertEqual(
            sorted(self.told()), [("1Z1", {"K": 1}), ("1Z3", {"K": 2, "P": 1})]
        )

    def test_what_was_confirmed_by_hand_stays_untold(self):
        sale = self.sell(kits=2)
        self.ship(sale)
        shipment = self.forget_kits(sale)
        line = self.order().line_ids.filtered(lambda line: line.amazon_item_ref == "K")
        line.quantity_fulfilled = 2
        confirm_kits_in_outbox(self.env)
        self.send()
        self.assertFalse(self.fake.applied)
        self.assertEqual(shipment.state, "not_needed")

    def test_a_database_without_kits_is_left_alone(self):
        self.ship(self.sell_items(("P", "PEN", 1)), tracking=False)
        with patch.object(AmazonShipment, "_add_missing_items") as add:
            confirm_kits_in_outbox(self.env)
        add.assert_not_called()

    def test_kits_that_are_listed_already_are_compared(self):
        listing = self.env["amazon.listing"].create(
            {
                "storefront_id": self.connection.storefront_ids.id,
                "sku": "MUG",
                "product_id": self.mug.id,
                "to_process": False,
            }
        )
        self.connection.state = "completed"
        self.connection.sync_inventory = True
        self.env.flush_all()
        self.env.cr.precommit.run()
        changes = self.env["amazon.stock.change"].search([])
        changes.unlink()
        self.env.cr.postcommit.clear()
        compare_kits(self.env)
        self.env.cr.precommit.run()
        self.assertEqual(changes.search([]).product_id, listing.product_id)
