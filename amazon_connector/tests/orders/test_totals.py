"""The total of an order is Amazon's and stays it: edits, deliveries, invoices."""

from odoo.fields import Command
from odoo.tests import Form, tagged

from ...models.orders.order_products import OrderProducts
from ...models.orders.sale_lines import update_amounts
from ...spapi.orders import parse_order
from ..builders import build_item, build_order
from ..tax_common import TaxCommon


def item(item_id="1", sku="MUG", price="10.00", **more):
    return build_item(item_id, sku, price=price, currency="EUR", **more)


@tagged("post_install", "-at_install")
class TestPricesStay(TaxCommon):
    def prepare(self):
        super().prepare()
        self.mug.list_price = 77.0
        self.sale = self.import_from("de", item(quantity=2, shipping="3.99"))
        self.line = self.sale.order_line.filtered("amazon_item_ref")

    def test_the_price_with_tax_is_amazons(self):
        self.assertEqual(self.line.price_total, 20.0)
        self.assertEqual(self.sale.amount_total, 23.99)

    def test_a_quantity_that_is_edited_keeps_the_unit_price(self):
        with Form(self.sale) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        self.assertEqual(self.sale.amount_total, 33.99)
        self.line.product_uom_qty = 1
        self.assertEqual(self.sale.amount_total, 13.99)

    def test_updates_of_prices_and_taxes_change_nothing(self):
        self.sale.pricelist_id.item_ids = [
            Command.create({"compute_price": "percentage", "percent_price": 50})
        ]
        self.sale.action_update_prices()
        self.sale.fiscal_position_id = self.france
        self.sale.action_update_taxes()
        self.assertEqual(self.line.tax_ids, self.tax19)
        self.assertFalse(any(self.sale.order_line.mapped("discount")))
        self.assertEqual(self.sale.amount_total, 23.99)

    def test_a_line_that_a_person_adds_is_priced_by_odoo(self):
        self.sale.order_line = [Command.create({"product_id": self.mug.id})]
        added = self.sale.order_line.filtered(lambda line: not line._is_amazon_priced())
        self.assertEqual(added.price_unit, 77.0)
        self.assertEqual(added.tax_ids, self.tax19)

    def test_a_delivery_method_at_real_cost_adds_nothing(self):
        carrier = self.carrier.copy(
            {"invoice_policy": "real", "delivery_type": "fixed", "fixed_price": 7.0}
        )
        picking = self.sale.picking_ids
        picking.carrier_id = carrier
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.carrier_price, 7.0)
        self.assertEqual(self.sale.amount_total, 23.99)

    def test_a_delivery_method_that_is_chosen_adds_nothing(self):
        self.sale.set_delivery_line(self.carrier, 7.0)
        self.assertEqual(self.sale.carrier_id, self.carrier)
        self.assertEqual(self.sale.amount_total, 23.99)

    def test_a_copy_is_an_order_of_odoo(self):
        copy = self.sale.copy()
        self.assertFalse(
            copy.order_line.filtered(lambda line: line._is_amazon_priced())
        )


@tagged("post_install", "-at_install")
class TestUpdatedAmounts(TaxCommon):
    """What a change on Amazon does to amounts, before anything is invoiced."""

    def update(self, *items, **more):
        """Have the sale order follow another document; return whether its total did."""
        row = self.order()
        market = self.storefront.marketplace_id.amazon_marketplace_id
        document = build_order(
            items=list(items), currency="EUR", marketplace=market, **more
        )
        return update_amounts(
            row,
            parse_order(document),
            OrderProducts(self.connection, row.line_ids),
            row.sale_order_id,
            self.last_run(),
        )

    def charges(self, sale):
        return {
            line.amazon_charge: line.price_total
            for line in sale.order_line
            if line.amazon_charge and line.price_total
        }

    def test_prices_charges_and_total_follow(self):
        sale = self.import_from("de", item(quantity=2, shipping="3.99"))
        self.assertTrue(self.update(item(quantity=2, price="8.00", discount="-1.00")))
        self.assertEqual(self.charges(sale), {"DISCOUNT": -1.0})
        self.assertEqual(sale.amount_total, 15.0)
        self.assertEqual(sale.state, "sale")
        self.assertTrue(self.update(item(quantity=2, shipping="3.99")))
        self.assertEqual(self.charges(sale), {"SHIPPING": 3.99})
        self.assertEqual(sale.amount_total, 23.99)
        self.assertFalse(self.adjustments(sale))

    def test_the_same_again_changes_nothing(self):
        sale = self.import_from("de", item(quantity=2, shipping="3.99"))
        self.env.flush_all()
        before = sale.order_line.mapped("write_date")
        self.assertFalse(self.update(item(quantity=2, shipping="3.99")))
        self.assertEqual(sale.order_line.mapped("write_date"), before)
        self.assertEqual(sale.order_line.mapped("tax_ids"), self.tax19)

    def test_a_locked_order_follows_and_stays_locked(self):
        sale = self.import_from("de", item())
        sale.action_lock()
        self.assertTrue(self.update(item(price="7.00", shipping="1.00")))
        self.assertEqual((sale.amount_total, sale.locked), (8.0, True))

    def test_an_adjustment_is_made_once(self):
        sale = self.import_from("de", item(), total="10.07")
        self.assertEqual(self.adjustments(sale).price_total, 0.07)
        self.update(item(), total="10.09")
        self.assertEqual(self.adjustments(sale).price_total, 0.09)
        self.assertEqual(sale.amount_total, 10.09)


@tagged("post_install", "-at_install")
class TestInvoices(TaxCommon):
    def prepare(self):
        super().prepare()
        self.mug.invoice_policy = "delivery"

    def deliver(self, sale, quantity):
        picking = sale.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        if picking.state != "done":
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def invoice_in_parts(self, sale, *quantities):
        invoices = self.env["account.move"]
        for quantity in quantities:
            self.deliver(sale, quantity)
            invoices += self.invoice(sale)
        return invoices

    def total_of(self, invoices):
        return round(sum(invoices.mapped("amount_total")), 2)

    def test_parts_come_to_amazons_total(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            # 10.00 for three pieces, 3.33 each: a cent is left over.
            document = item(quantity=3, price="3.33", shipping="3.99", discount="-1.01")
            document["proceeds"]["breakdowns"][0]["subtotal"]["amount"] = "10.00"
            document["proceeds"]["proceedsTotal"]["amount"] = "12.98"
            sale = self.import_from("de", document, order_id=f"parts-{method}")
            self.assertEqual(sale.amount_total, 12.98)
            invoices = self.invoice_in_parts(sale, 1, 1, 1)
            self.assertEqual(self.total_of(invoices), 12.98)
            self.assertEqual(sale.invoice_status, "invoiced")
            charges = sale.order_line.filtered("amazon_charge")
            self.assertEqual(charges.mapped("qty_invoiced"), [1.0, 1.0])

    def test_goods_first_then_the_rest(self):
        sale = self.import_from("de", item("1", quantity=7, price="1.37"))
        invoices = self.invoice_in_parts(sale, 2, 5)
        self.assertEqual(self.total_of(invoices), 9.59)

    def test_a_draft_that_a_person_makes_smaller_leaves_the_rest(self):
        """Invoiced by what is ordered: the draft has all of it at first."""
        self.mug.invoice_policy = "order"
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            # 10.00 for three pieces, so that a cent is left over.
            document = item(quantity=3, price="3.33", shipping="3.99")
            document["proceeds"]["breakdowns"][0]["subtotal"]["amount"] = "10.00"
            document["proceeds"]["proceedsTotal"]["amount"] = "13.99"
            sale = self.import_from("de", document, order_id=f"draft-{method}")
            goods = sale.order_line.filtered("amazon_item_ref")
            first = sale._create_invoices()
            first.invoice_line_ids.filtered(
                lambda line, goods=goods: line.sale_line_ids == goods
            ).quantity = 1
            first.action_post()
            self.assertEqual(first.amount_total, 7.32)
            self.assertEqual(goods.qty_to_invoice, 2.0)
            rest = self.invoice(sale)
            self.assertEqual(self.total_of(first + rest), 13.99)
            self.assertEqual(sale.invoice_status, "invoiced")

    def test_charges_alone_are_not_invoiced(self):
        sale = self.import_from("de", item(shipping="3.99", discount="-5.00"))
        self.assertEqual(sale.invoice_status, "no")

    def test_what_was_shipped_before_the_import_is_invoiced(self):
        sale = self.import_from(
            "de", item(quantity=3, fulfilled=1), status="PARTIALLY_SHIPPED"
        )
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertEqual((line.qty_delivered, line.qty_to_invoice), (1.0, 1.0))
        first = self.invoice(sale)
        self.deliver(sale, 2)
        self.assertEqual(line.qty_delivered, 3.0)
        self.assertEqual(self.total_of(first + self.invoice(sale)), 30.0)
        self.assertEqual(sale.invoice_status, "invoiced")

    def test_a_credit_note_takes_back_what_was_invoiced(self):
        self.mug.invoice_policy = "order"
        sale = self.import_from("de", item(price="9.99", shipping="1.01"))
        invoice = self.invoice(sale)
        refund = invoice._reverse_moves()
        self.assertEqual(refund.amount_total, 11.0)
        self.assertEqual(refund.amount_tax, invoice.amount_tax)
        refund.action_post()
        self.assertEqual(self.total_of(self.invoice(sale)), 11.0)

    def test_an_invoice_in_another_currency_balances(self):
        self.mug.invoice_policy = "order"
        pound = self.env.ref("base.GBP")
        pound.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": pound.id, "rate": 0.8571, "company_id": self.company.id}
        )
        self.connection = self._connect("A1UK", "uk")
        sale = self.import_from(
            "de",
            build_item("1", "MUG", price="9.99", shipping="2.49", currency="GBP"),
            currency="GBP",
        )
        self.assertEqual(sale.currency_id, pound)
        invoice = self.invoice(sale)
        self.assertEqual(invoice.amount_total, 12.48)
        self.assertEqual(round(sum(invoice.line_ids.mapped("balance")), 2), 0)


@tagged("post_install", "-at_install")
class TestAbsurdAmounts(TaxCommon):
    def test_currencies_that_are_mixed_are_told_in_a_sentence(self):
        self.import_from(
            "de", item("1"), build_item("2", "BOOK", currency="USD"), currency="EUR"
        )
        self.assertEqual(self.order().state, "failed")
        self.assertIn("mixes amounts in different currencies", self.order().error)

    def test_an_unknown_currency_is_told_in_a_sentence(self):
        self.import_from("de", build_item(currency="XXZ"), currency="XXZ")
        self.assertEqual(self.order().state, "failed")
        self.assertIn("does not know the currency XXZ", self.order().error)

    def test_an_absurd_total_names_the_field(self):
        for number, total in enumerate(("1e30", "999999999999999", "abc")):
            order = f"111-0000003-000000{number}"
            self.import_from("de", item(), total=total, order_id=order)
            self.assertEqual(self.order(order).state, "failed")
            self.assertIn("grandTotal", self.order(order).error)

    def test_three_decimals_are_rounded_and_still_add_up(self):
        document = item(price="3.333", shipping="6.672")
        sale = self.import_from("de", document)
        self.assertEqual(sale.amount_total, 10.01)
        self.assertFalse(self.adjustments(sale))
        self.assertFalse(self.last_run().warned)

    def test_yen_have_no_decimals(self):
        self.connection = self._connect("A1JAPAN", "jp")
        sale = self.import_from(
            "jp",
            build_item("1", price="1100", quantity=3, shipping="410", currency="JPY"),
            currency="JPY",
        )
        self.assertEqual(sale.amount_total, 3710)

    def test_what_is_sold_by_weight_is_told(self):
        document = item()
        document["measurement"] = {"unit": "POUNDS", "value": 2.5}
        sale = self.import_from("de", document)
        notes = sale.order_line.filtered(lambda line: line.display_type == "line_note")
        self.assertEqual(notes.mapped("name"), ["One unit is 2.5 pounds."])
        self.assertIn("by weight or measure", self.messages())
