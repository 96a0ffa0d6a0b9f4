"""Orders of every stage, and what Amazon may change of them."""

import itertools

from odoo.tests import Form

from .builders import ago, ahead, build_item, build_order
from .common import AmazonCommon

#: What is left on Amazon of the order that each stage starts with.
MUGS, PENS = "1001", "1002"

#: What is done to a document: keywords of ``ChangesCommon.build``.
CHANGES = {
    "address": {"address": {"addressLine1": "9 New Road"}},
    "withheld data": {"withheld": True},
    "quantity": {"mugs": 2},
    "item cancelled": {"pens": 0},
    "SKU": {"pen_sku": "LAMP"},
    "price": {"discount": "-4.00"},
    "gift message": {"message": "Good luck"},
    "ship-by": {"ship_by": ahead(days=5)},
    "cancel request": {"cancel_requested": True},
    "cancelled": {"status": "CANCELLED"},
    "shipped elsewhere": {"status": "SHIPPED", "elsewhere": {MUGS: 3, PENS: 1}},
    "partly elsewhere": {"status": "PARTIALLY_SHIPPED", "elsewhere": {MUGS: 1}},
    "replaced": {},
}


class ChangesCommon(AmazonCommon):
    """3 MUG at 10.00 with a gift message and 1 PEN at 5.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pen = cls._create_product("PEN")
        cls.lamp = cls._create_product("LAMP")
        cls.numbers = itertools.count(1)
        cls.warehouse = cls.connection.warehouse_id
        cls.connection.send_shipments = True

    def prepare(self):
        super().prepare()
        # What came in with another order and was not asked for yet.
        self.waiting = []
        self.orders_at_once = 1

    # === DOCUMENTS === #

    def build(self, number, **more):
        """Return the order's document; see ``CHANGES`` for ``more``."""
        gone = more.pop("elsewhere", {})
        shipped = {
            ref: gone.get(ref, 0) + self.units_shipped(number, ref)
            for ref in (MUGS, PENS)
        }
        mugs, pens = more.pop("mugs", 3), more.pop("pens", 1)
        wish = {"cancel_requested": more.pop("cancel_requested", False)}
        gift = {"message": more.pop("message", "Happy Birthday")}
        if "discount" in more:
            gift["discount"] = more.pop("discount")
        pen_sku = more.pop("pen_sku", "PEN")
        protected = {"item_programs": more.pop("pen_programs", [])}
        is_withheld = more.pop("withheld", False)
        items = [
            build_item(
                MUGS, "MUG", mugs, fulfilled=min(shipped[MUGS], mugs), **gift, **wish
            ),
            build_item(
                PENS,
                pen_sku,
                pens,
                "5.00",
                fulfilled=min(shipped[PENS], pens),
                **protected,
            ),
        ]
        if self.units_shipped(number, MUGS) and "status" not in more:
            is_all = shipped == {MUGS: 3, PENS: 1}
            more["status"] = "SHIPPED" if is_all else "PARTIALLY_SHIPPED"
        document = build_order(number, items, **more)
        document["packages"] = self.fake.documents.get(number, {}).get("packages", [])
        if is_withheld:
            document.pop("recipient")
            document.pop("buyer")
            document["orderItems"][0]["fulfillment"].pop("packing")
        return document

    def units_shipped(self, number, ref):
        """Return what Odoo confirmed to Amazon."""
        packages = self.fake.documents.get(number, {}).get("packages", [])
        return sum(
            item["quantity"]
            for package in packages
            for item in package["packageItems"]
            if item["orderItemId"] == ref
        )

    def change(self, number, **more):
        """Have Amazon change the order, and Odoo download it."""
        self.fake.add(self.build(number, updated=ago(days=2), **more))
        self.download()

    # === STAGES === #

    def bring(self, **more):
        """Return a number and the sale order made of it."""
        if more or not self.waiting:
            self.import_orders(1 if more else self.orders_at_once, **more)
        document = self.waiting.pop()
        # Each order is looked at alone, and at Amazon's full quota.
        self.fake.documents.clear()
        self.fake.add(document)
        self.env["amazon.quota"].search([]).unlink()
        number = document["orderId"]
        return number, self.order(number).sale_order_id

    def import_orders(self, count, **more):
        """Have so many orders come in at once, for :meth:`bring` to take."""
        self.fake.documents.clear()
        for number in itertools.islice(self.numbers, count):
            self.fake.add(self.build(f"111-0000009-{number:07}", **more))
        self.waiting += self.fake.documents.values()
        self.download()

    def bring_reserved(self):
        return self.bring()

    def bring_quotation(self):
        number, sale = self.bring()
        sale._action_cancel()
        sale.action_draft()
        return number, sale

    def bring_confirmed(self):
        number, sale = self.bring()
        sale.picking_ids.do_unreserve()
        return number, sale

    def bring_waiting(self):
        quants = self.env["stock.quant"].search(
            [("product_id", "in", (self.mug | self.pen | self.lamp).ids)]
        )
        quants.sudo().inventory_quantity = 0
        quants.sudo().action_apply_inventory()
        number, sale = self.bring()
        self.assertEqual(sale.picking_ids.state, "confirmed")
        return number, sale

    def bring_picked(self):
        number, sale = self.bring()
        sale.picking_ids.move_ids.picked = True
        return number, sale

    def bring_packed(self):
        number, sale = self.bring()
        # With a name nobody is asked for the kind of package.
        sale.picking_ids.action_put_in_pack(package_name=number)
        self.assertTrue(sale.picking_ids.move_line_ids.result_package_id)
        return number, sale

    def bring_after(self, act):
        """Return what :meth:`bring` does, after something was done to all orders.

        :param act: called with the sale orders that came in at once
        """
        if not self.waiting:
            self.import_orders(self.orders_at_once)
            numbers = [document["orderId"] for document in self.waiting]
            orders = self.env["amazon.order"].search(
                [("amazon_order_id", "in", numbers)]
            )
            act(orders.sale_order_id)
        return self.bring()

    def bring_in_steps(self, steps, done):
        def validate_steps(sales):
            for _step in range(done):
                self.validate(self.open_pickings(sales))

        self.warehouse.delivery_steps = steps
        return self.bring_after(validate_steps)

    def bring_picked_in_two_steps(self):
        return self.bring_in_steps("pick_ship", 1)

    def bring_picked_in_three_steps(self):
        return self.bring_in_steps("pick_pack_ship", 1)

    def bring_packed_in_three_steps(self):
        return self.bring_in_steps("pick_pack_ship", 2)

    def bring_partly(self):
        return self.bring_after(
            lambda sales: self.ship_and_tell(sales, {"MUG": 1, "PEN": 0})
        )

    def bring_shipped(self):
        return self.bring_after(self.ship_and_tell)

    def ship_and_tell(self, sales, quantities=None):
        """Ship the sale orders at once, and have Amazon told, at its full quota."""
        shipments = self.ship(sales, quantities=quantities).amazon_shipment_ids
        while shipments.filtered(lambda one: one.state == "pending"):
            self.env["amazon.quota"].search([]).unlink()
            self.put_off_is_over("send_shipments")
            self.send()

    def bring_invoiced(self):
        number, sale = self.bring_shipped()
        self.invoice(sale)
        return number, sale

    def bring_cancelled(self):
        number, sale = self.bring()
        sale._action_cancel()
        return number, sale

    def bring_deleted(self):
        number, sale = self.bring_cancelled()
        sale.unlink()
        return number, self.env["sale.order"]

    # === HELPERS === #

    def invoice(self, sale):
        invoice = sale._create_invoices()
        invoice.action_post()
        return invoice

    def validate(self, picking):
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(set(picking.mapped("state")), {"done"})
        self.settle_deliveries()

    def open_pickings(self, sale):
        return sale.picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )

    def open_quantities(self, sale):
        """Return what is still to be delivered, as ``{SKU: units}``."""
        moves = self.open_pickings(sale).move_ids
        moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        return {
            product.default_code: sum(of_product.mapped("product_uom_qty"))
            for product, of_product in moves.grouped("product_id").items()
        }

    def line(self, sale, ref):
        return sale.order_line.filtered(lambda line: line.amazon_item_ref == ref)

    def give_back(self, picking):
        """Have the customer send all of it back."""
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_model="stock.picking"
            )
        ).save()
        for line in wizard.product_return_moves:
            line.quantity = line.move_quantity
        returned = wizard._create_return()
        self.validate(returned)
        return returned

    def reminders(self, sale):
        """Return what is asked of a person, by the name of the activity's type."""
        prefix = "amazon_connector.mail_activity_type_order_"
        names = (
            "address",
            "awaited",
            "cancelled",
            "invoice",
            "items",
            "late_lines",
            "request",
            "shipment",
            "unreadable",
        )
        types = {self.env.ref(f"{prefix}{name}"): name for name in names}
        return sorted(
            types.get(activity.activity_type_id, "other")
            for activity in sale.activity_ids
        )


class ReadyOrderCommon(ChangesCommon):
    """An order came in before all tests of the class, and its goods are reserved."""

    def prepare(self):
        super().prepare()
        self.import_orders(1)
        self.ready = self.waiting.pop()
        self.fake.documents.clear()

    def bring_ready(self):
        """Return what :meth:`bring` does, of that order; for a test to begin with."""
        self.waiting.append(self.ready)
        return self.bring()
