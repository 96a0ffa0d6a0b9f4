"""Kits shipped in random parts: told as soon as they are complete, each once."""

import random
from collections import Counter

from odoo.tests import tagged

from .common import KitsCommon

HISTORIES = 6
KITS = 4
PENS = 2
# Before all that is left is shipped.
PARTS = 6


@tagged("post_install", "-at_install")
class TestKitHistories(KitsCommon):
    def test_random_parts_are_told_exactly(self):
        for seed in range(HISTORIES):
            with self.subTest(seed=seed):
                self.play(random.Random(seed), f"111-0000002-{seed:07}")

    def play(self, rng, number):
        self.fake.applied.clear()
        sale = self.sell(kits=KITS, pens=PENS, order_id=number)
        left = Counter()
        for step in range(PARTS + 1):
            open_quantities = self.open_quantities(sale)
            if not open_quantities:
                break
            quantities = {
                sku: rng.randint(0, int(units))
                for sku, units in open_quantities.items()
            }
            if step == PARTS:
                quantities = open_quantities
            if not any(quantities.values()):
                continue
            picking = self.ship_only(sale, f"1Z-{step}", **quantities)
            left.update(quantities)
            if rng.random() < 0.3:
                self.send()
                picking.carrier_tracking_ref = f"1Z-{step}-RIGHT"
            if rng.random() < 0.3 and quantities.get("LID"):
                # One comes back and is sent out again by an exchange.
                returned = self.give_back(picking, LID=1)
                again = self.give_back(returned, LID=1)
                again.carrier_id = self.carrier
                again.carrier_tracking_ref = f"1Z-{step}-AGAIN"
            self.check(sale, left, number)
        self.assertFalse(self.open_quantities(sale))
        self.check(sale, left, number)
        states = sale.amazon_order_ids.shipment_ids.mapped("state")
        self.assertLessEqual(set(states), {"done", "not_needed"})

    def check(self, sale, left, number):
        """Compare what Amazon knows with what left, as it is after a run."""
        self.env["amazon.quota"].search([]).unlink()
        self.send()
        packages = self.fake.documents[number].get("packages", [])
        told = Counter()
        for package in packages:
            for item in package["packageItems"]:
                told[item["orderItemId"]] += item["quantity"]
        complete = min(left["LID"] // 6, left["CUP"])
        self.assertEqual(told, +Counter({"K": complete, "P": left["PEN"]}))
        numbers = {
            shipment.tracking_ref
            for shipment in sale.amazon_order_ids.shipment_ids
            if shipment.state == "done"
        }
        self.assertEqual({package["trackingNumber"] for package in packages}, numbers)
