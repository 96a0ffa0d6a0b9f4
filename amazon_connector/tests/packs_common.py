"""Packs of MUG on Amazon: one of MUG-6 is six of them."""

from .builders import build_item, build_order
from .common import AmazonCommon


class PacksCommon(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.storefront = cls.connection.storefront_ids
        cls.connection.send_shipments = True
        cls.pack = cls.create_listing("MUG-6", units_per_listing=6)

    @classmethod
    def create_listing(cls, sku, storefront=None, **vals):
        return cls.env["amazon.listing"].create(
            {
                "storefront_id": (storefront or cls.storefront).id,
                "sku": sku,
                "product_id": cls.mug.id,
                "to_process": False,
                **vals,
            }
        )

    def sell_packs(self, packs=1, price="50.00", **more):
        """Return the sale order of so many MUG-6."""
        items = [build_item("P", "MUG-6", packs, price)]
        return self.import_order(items=items, **more)

    def change(self, *items, **more):
        """Have Amazon change the order, and Odoo download it."""
        self.fake.add(build_order(items=list(items), **more))
        self.download()

    def ship_mugs(self, sale, tracking, mugs):
        """Validate the open delivery with so many MUG; the rest is a backorder."""
        return self.ship(sale, tracking=tracking, quantities={"MUG": mugs})

    def line(self, sale):
        return sale.order_line.filtered("amazon_item_ref")

    def open_mugs(self, sale):
        """Return how many MUG are still to be delivered."""
        moves = sale.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return sum(moves.mapped("product_uom_qty"))

    def told(self):
        """Return what Amazon was told, ``[(number, {item ref: quantity})]``."""
        return [
            (
                request["packageDetail"]["trackingNumber"],
                {
                    item["orderItemId"]: item["quantity"]
                    for item in request["packageDetail"]["orderItems"]
                },
            )
            for _order, request in self.fake.applied
        ]

    def give_back(self, picking, mugs):
        """Have the buyer send so many MUG back; return the delivery."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = mugs
        returned = wizard._create_return()
        returned.move_ids.picked = True
        returned.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.assertEqual(returned.state, "done")
        return returned

    def reminders(self, sale, name):
        return sale.activity_search(
            [f"amazon_connector.mail_activity_type_order_{name}"]
        )
