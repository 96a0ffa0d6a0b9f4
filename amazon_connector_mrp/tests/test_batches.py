"""Batches and waves of *Batch Transfer*: deliveries that are validated together.

Nothing here concerns kits; the database of these tests has that module.
"""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.amazon_connector.tests.two_stores_common import TwoStoresCommon


@tagged("post_install", "-at_install")
class TestBatches(TwoStoresCommon):
    def test_a_batch_of_two_stores_orders(self):
        pickings = self.bring_both()
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(pickings.ids)]}
        )
        batch.action_confirm()
        batch.with_context(skip_sms=True).action_done()
        self.assertEqual(batch.state, "done")
        self.send()
        self.assertEachToldItsOwn()

    def test_a_wave_of_two_stores_orders(self):
        pickings = self.bring_both()
        pickings.move_line_ids._add_to_wave()
        wave = pickings.batch_id
        self.assertTrue(wave.is_wave)
        wave.action_confirm()
        wave.with_context(skip_sms=True).action_done()
        self.assertEqual(wave.state, "done")
        self.send()
        self.assertEachToldItsOwn()

    def test_a_wave_of_a_part_of_an_order(self):
        """What is not taken into the wave becomes a delivery of its own."""
        first, second = self.bring_both()
        (line,) = second.move_line_ids
        part = line.copy({"quantity": 1})
        line.quantity = 1
        (first.move_line_ids | part)._add_to_wave()
        wave = first.batch_id
        taken = wave.picking_ids - first
        self.assertEqual(taken.sale_id, second.sale_id)
        self.assertNotEqual(taken, second)
        taken.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z-WAVE"})
        wave.picking_ids.move_ids.picked = True
        wave.action_confirm()
        wave.with_context(skip_sms=True).action_done()
        self.send()
        second.button_validate()
        self.send()
        told = [
            (
                request["packageDetail"]["trackingNumber"],
                request["packageDetail"]["orderItems"][0]["quantity"],
            )
            for _order, request in self.amazon_of(self.other).applied
        ]
        self.assertEqual(told, [("1Z-WAVE", 1), (second.carrier_tracking_ref, 1)])
