"""Shipments of the former version are known as they were told to Amazon."""

import importlib.util
from pathlib import Path

from odoo.tests import tagged

from ..builders import build_item
from ..shipments_common import ShipmentsCommon

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations" / "19.0.1.4.0"


@tagged("post_install", "-at_install")
class TestMigration(ShipmentsCommon):
    def migrate(self):
        self.env.flush_all()
        for name in ("pre-shipments", "post-shipments"):
            spec = importlib.util.spec_from_file_location(
                name.replace("-", "_"), SCRIPTS / f"{name}.py"
            )
            script = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(script)
            script.migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def make_former(self, shipment):
        """Have the row as the former version left it."""
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE amazon_shipment ALTER package_reference DROP NOT NULL"
        )
        self.env.cr.execute(
            "UPDATE amazon_shipment SET package_reference = NULL, carrier_id = NULL, "
            "sent_values = NULL, confirmed_values = NULL WHERE id = %s",
            [shipment.id],
        )

    def test_what_amazon_was_told_is_no_correction(self):
        self._create_product("PEN")
        sale = self.import_order(
            items=[build_item("1", quantity=2), build_item("2", sku="PEN")]
        )
        shipment = self.ship(sale, tracking=" 1Z999 ").amazon_shipment_ids
        self.send()
        told = shipment.confirmed_values
        self.make_former(shipment)
        self.migrate()
        self.assertEqual(shipment.package_reference, str(shipment.id))
        self.assertEqual(shipment.carrier_id, self.carrier)
        self.assertEqual(
            shipment.confirmed_values,
            told | {"packageReferenceId": str(shipment.id)},
        )
        shipment._mark_to_send()
        self.assertEqual(shipment.state, "done")

    def test_a_correction_that_waits_is_sent(self):
        picking = self.ship(self.import_order(), tracking="1Z-WRONG")
        self.send()
        picking.carrier_tracking_ref = "1Z-RIGHT"
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "pending")
        self.make_former(shipment)
        self.migrate()
        shipment._mark_to_send()
        self.assertEqual(shipment.state, "pending")
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z-WRONG", "1Z-RIGHT"])

    def test_what_waits_goes_on_waiting(self):
        shipment = self.ship(self.import_order(), tracking=False).amazon_shipment_ids
        self.make_former(shipment)
        self.migrate()
        self.assertEqual(shipment.state, "blocked")
        self.assertEqual(shipment.carrier_id, self.carrier)
        self.assertFalse(shipment.confirmed_values)
