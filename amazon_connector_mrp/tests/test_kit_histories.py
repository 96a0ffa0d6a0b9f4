"""Kits whose components leave in whatever order: each is told once it is whole.

``HISTORIES=1 HISTORY_SEED=4711 script/test kits -k histories``
"""

import math
from collections import Counter

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.amazon_connector.tests.delivery_histories import DeliveryHistories

from .common import KitsCommon


@tagged("post_install", "-at_install")
class TestKitHistories(DeliveryHistories, KitsCommon):
    # Each takes longer than without kits.
    HISTORIES = 25
    # SET and MUG have a component in common, and another one is sold alone, too.
    SKUS = ("MUG", "SET", "PEN")
    STOCKED = ("LID", "CUP", "PEN")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set = cls._create_product("SET", 0)
        cls.needs = {
            cls.mug: {cls.lid: 6, cls.cup: 1},
            cls.set: {cls.cup: 1, cls.pen: 2},
        }
        cls.create_kit(cls.set, cls.needs[cls.set])
        cls.kits = cls.mug + cls.set

    def test_each_whole_kit_is_told_once(self):
        self.tell_histories()

    def _press_validate(self, pickings):
        """Several at once are a batch."""
        if len(pickings) == 1:
            return super()._press_validate(pickings)
        batch = pickings.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(pickings.ids)]}
        )
        batch.action_confirm()
        return batch.action_done()

    def _count_in_parcel(self, shipment, ref):
        """Any parcel may complete a kit."""
        number = shipment.order_id.amazon_order_id
        if self._get_sale_lines(number, ref).product_id in self.kits:
            return math.inf
        return super()._count_in_parcel(shipment, ref)

    def _count_of_line(self, line):
        """Return how many whole kits the customer has."""
        needs = self.needs.get(line.product_id)
        if not needs:
            return super()._count_of_line(line)
        has = Counter()
        for moves, sign in zip(self._get_moves(line), (1, -1), strict=True):
            for move in moves:
                has[move.product_id] += sign * move.quantity
        return min(has[product] // units for product, units in needs.items())

    def _count_told_and_back(self, picking, ref, lost):
        """Of a kit, whichever parcel it was told with."""
        number = picking.amazon_order_ref
        if self._get_sale_lines(number, ref).product_id not in self.kits:
            return super()._count_told_and_back(picking, ref, lost)
        told = self._count_told(self.counting.orders[number])[ref]
        before = self._count_of(self.told_and_back, number, ref)
        return max(min(lost, told - before), 0)

    def _count_coming(self, placed, ref):
        """Of a kit, whether some component comes: the rest is looked at then."""
        moves = self._get_open_moves(placed, ref)
        if moves and moves.sale_line_id.product_id in self.kits:
            return placed.ordered[ref]
        return super()._count_coming(placed, ref)
