"""Kits that Odoo takes apart itself, sold on Amazon."""

from odoo.addons.amazon_connector.tests.builders import build_item
from odoo.addons.amazon_connector.tests.common import AmazonCommon


class KitMaker:
    """Makes kits in a test class of Odoo's."""

    @classmethod
    def create_kit(cls, product, components, **vals):
        """Return the bill of materials of a kit.

        :param components: ``{product: quantity}`` or ``{product: (quantity, unit)}``
        """
        lines = []
        for component, quantity in components.items():
            line = {"product_id": component.id, "product_qty": quantity}
            if isinstance(quantity, tuple):
                line["product_qty"], unit = quantity
                line["product_uom_id"] = unit.id
            lines.append((0, 0, line))
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": lines,
                **vals,
            }
        )


class KitsCommon(KitMaker, AmazonCommon):
    """Sells MUG, a kit of 6 LID and 1 CUP, and PEN, which is none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lid, cls.cup, cls.pen = (
            cls._create_product(sku, 1000) for sku in ("LID", "CUP", "PEN")
        )
        cls.bom = cls.create_kit(cls.mug, {cls.lid: 6, cls.cup: 1})

    def sell(self, kits=1, pens=0, **more):
        """Return the sale order of an order of so many MUG and PEN."""
        items = [build_item("K", "MUG", kits)]
        if pens:
            items.append(build_item("P", "PEN", pens, "5.00"))
        return self.import_order(items=items, **more)

    def sell_items(self, *items):
        """Return the sale order of these items, each ``(item ref, SKU, quantity)``."""
        return self.import_order(items=[build_item(*item) for item in items])

    def ship_only(self, sale, tracking, **quantities):
        """Validate the open delivery with these quantities by SKU, else 0."""
        skus = sale.picking_ids.move_ids.product_id.mapped("default_code")
        return self.ship(
            sale, tracking=tracking, quantities=dict.fromkeys(skus, 0) | quantities
        )

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

    def open_quantities(self, sale):
        """Return what is still to be delivered, ``{SKU: quantity}``."""
        moves = sale.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return {
            product.default_code: sum(of_product.mapped("product_uom_qty"))
            for product, of_product in moves.grouped("product_id").items()
        }

    def give_back(self, picking, **quantities):
        """Have the buyer send these back, quantities by SKU; return the delivery."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = quantities.get(line.product_id.default_code, 0)
        returned = wizard._create_return()
        returned.move_ids.picked = True
        returned.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.assertEqual(returned.state, "done")
        return returned
