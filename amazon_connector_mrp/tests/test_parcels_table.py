"""The rows of the table *When a parcel leaves* of docs/behaviour.md that need more of
Odoo than the connector does: kits, batches, dropshipping.

The others are in ``tests/shipments/test_parcels_table.py`` of the connector.
"""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.amazon_connector.tests.changes_common import MUGS
from odoo.addons.amazon_connector.tests.shipments.test_parcels_table import (
    ALL,
    ParcelsTableCommon,
    State,
)

#: The rows, word for word.
TABLE = [
    (
        "shipped all components of a kit, and other goods",
        "to be shipped",
        "the kit and the other goods",
        "*Confirmed*",
    ),
    (
        "shipped some components of a kit, and other goods",
        "to be shipped",
        "the other goods; the kit with the parcel that completes it",
        "*Confirmed*",
    ),
    (
        "shipped some components of a kit alone",
        "to be shipped",
        "nothing; the kit with the parcel that completes it",
        "*Blocked*, waits for the rest of the kit",
    ),
    (
        "validated a batch, or a wave, of several orders",
        "to be shipped",
        "of each order its own parcel",
        "*Confirmed*",
    ),
    (
        "had the supplier send goods to the buyer (dropshipping)",
        "to be shipped",
        "that parcel, and the own one",
        "*Confirmed*",
    ),
]

STATES = {"to be shipped": [State()]}

#: What is done, by the methods ``do_...``: each is tried.
STEPS = {
    "shipped all components of a kit, and other goods": ["leave_whole"],
    "shipped some components of a kit, and other goods": ["leave_goods_and_parts"],
    "shipped some components of a kit alone": ["leave_parts"],
    "validated a batch, or a wave, of several orders": ["leave_in_batch", "leave_wave"],
    "had the supplier send goods to the buyer (dropshipping)": ["dropship"],
}

#: What Amazon is told, by the methods ``told_...``.
TOLD = {
    "the kit and the other goods": "units",
    "the other goods; the kit with the parcel that completes it": "goods_then_kit",
    "nothing; the kit with the parcel that completes it": "kit_with_rest",
    "of each order its own parcel": "own_parcels",
    "that parcel, and the own one": "two_parcels",
}

#: What a person is told, keywords of ``assertPersonTold``.
PERSON = {
    "*Confirmed*": {"states": ["Confirmed"]},
    "*Blocked*, waits for the rest of the kit": {
        "states": ["Blocked"],
        "reason": "incomplete kit",
    },
}


@tagged("post_install", "-at_install")
class TestParcelsTable(ParcelsTableCommon):
    """The PEN is a kit of 6 LID and 1 CUP."""

    meanings = (STEPS, STATES, TOLD, PERSON)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lid, cup = (cls._create_product(sku) for sku in ("LID", "CUP"))
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.pen.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": lid.id, "product_qty": 6}),
                    Command.create({"product_id": cup.id, "product_qty": 1}),
                ],
            }
        )

    def test_each_row(self):
        self.check_table(TABLE)

    # === WHAT THE WAREHOUSE DOES === #

    def do_leave_whole(self):
        self.picking = self.ship(self.sale)

    def do_leave_goods_and_parts(self):
        parts = {"MUG": 3, "LID": 6, "CUP": 0}
        self.picking = self.ship(self.sale, quantities=parts)

    def do_leave_parts(self):
        parts = {"MUG": 0, "LID": 6, "CUP": 0}
        self.picking = self.ship(self.sale, quantities=parts)

    def bring_another(self):
        """Have a second order; return both orders' deliveries, to be validated."""
        document = self.fake.documents[self.number]
        self.other, sale = self.bring(mugs=2)
        self.fake.add(document)
        pickings = self.picking | sale.picking_ids
        for picking, number in zip(pickings, ("1Z999", "1ZOTHER"), strict=True):
            picking.write(
                {"carrier_id": self.carrier.id, "carrier_tracking_ref": number}
            )
        pickings.move_ids.picked = True
        return pickings

    def do_leave_in_batch(self):
        pickings = self.bring_another()
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(pickings.ids)]}
        )
        self.finish(batch)

    def do_leave_wave(self):
        pickings = self.bring_another()
        pickings.move_line_ids._add_to_wave()
        self.finish(pickings.batch_id)

    def finish(self, batch):
        batch.action_confirm()
        batch.with_context(skip_sms=True).action_done()
        self.assertEqual(batch.state, "done")
        self.settle_deliveries()

    def do_dropship(self):
        chair = self._create_product("CHAIR", quantity=0)
        supplier = self.env["res.partner"].create({"name": "Example Supplier"})
        chair.write(
            {
                "route_ids": [
                    Command.link(
                        self.env.ref("stock_dropshipping.route_drop_shipping").id
                    )
                ],
                "seller_ids": [Command.create({"partner_id": supplier.id})],
            }
        )
        self.bring_anew(pen_sku="CHAIR")
        purchase = self.env["purchase.order"].search([("partner_id", "=", supplier.id)])
        self.assertNotAsked(self.sale)
        purchase.button_confirm()
        self.assertEqual(purchase.picking_ids.sale_id, self.sale)
        self.picking = self.ship(self.sale)
        self.assertIn(purchase.picking_ids, self.picking)

    # === WHAT AMAZON IS TOLD === #

    def told_goods_then_kit(self):
        self.assertEqual(self.confirmed(self.number), {MUGS: 3})
        self.ship(self.sale, tracking="1ZREST")
        self.send()
        self.told_numbers("1Z999", "1ZREST")

    def told_kit_with_rest(self):
        self.assertFalse(self.sent())
        self.ship(self.sale, tracking="1ZREST")
        self.send()
        self.told_numbers("1ZREST")

    def told_own_parcels(self):
        self.told_units()
        self.assertEqual(self.confirmed(self.other), ALL | {MUGS: 2})
        told = {order: request["packageDetail"] for order, request in self.fake.applied}
        self.assertEqual(told[self.number]["trackingNumber"], "1Z999")
        self.assertEqual(told[self.other]["trackingNumber"], "1ZOTHER")
        self.assertEqual(len(self.sent()), 2)

    def told_two_parcels(self):
        self.told_numbers("1Z999", "1Z999")
