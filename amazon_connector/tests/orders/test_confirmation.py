"""Confirmed means confirmed: what Odoo refuses is failed, with the reason."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..builders import build_item, build_order
from ..common import AmazonCommon

REFUSED = "111-0000001-0000002"


@tagged("post_install", "-at_install")
class TestConfirmation(AmazonCommon):
    def import_three(self):
        for number in range(1, 4):
            self.fake.add(
                build_order(
                    order_id=f"111-0000001-000000{number}", items=[build_item("1")]
                )
            )
        self.download()

    def refuse(self, action):
        """Have another app do something when the second order is confirmed.

        :param action: callable on the order; returns whether to go on
        """
        sale_class = self.env.registry["sale.order"]
        confirm = sale_class.action_confirm

        def action_confirm(sales):
            refused = sales.filtered(lambda sale: sale.amazon_order_ref == REFUSED)
            if refused and not action(refused):
                return {"type": "ir.actions.act_window"}
            return confirm(sales)

        self.patch(sale_class, "action_confirm", action_confirm)

    def try_again(self):
        self.order(REFUSED).next_try = False
        self.order(REFUSED).to_process = True
        self.download()

    def assert_only_the_second_failed(self, text):
        rows = self.env["amazon.order"].search([], order="amazon_order_id")
        self.assertEqual(rows.mapped("state"), ["imported", "failed", "imported"])
        self.assertIn(text, rows[1].error)
        self.assertTrue(rows[1].next_try)
        sales = self.env["sale.order"].search([("amazon_order_ref", "!=", False)])
        self.assertEqual(sales.mapped("state"), ["sale", "sale"], "no draft is left")

    def test_an_order_that_a_rule_keeps_in_draft_is_failed(self):
        self.refuse(lambda _sale: False)
        self.import_three()
        self.assert_only_the_second_failed("did not confirm")
        self.assertIn("Quotation", self.order(REFUSED).error)

    def test_an_error_at_confirmation_is_the_reason(self):
        def fail(_sale):
            message = "Credit limit exceeded; ask the accountant."
            raise UserError(message)

        self.refuse(fail)
        self.import_three()
        self.assert_only_the_second_failed("Credit limit exceeded")

    def test_a_field_that_an_app_requires_is_named(self):
        def require(sale):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sale_order SET company_id = NULL WHERE id = %s", [sale.id]
            )

        self.refuse(require)
        self.import_three()
        self.assert_only_the_second_failed("Company")

    def test_it_comes_in_once_the_rule_is_gone(self):
        allowed = []
        self.refuse(lambda _sale: bool(allowed))
        self.import_three()
        self.try_again()
        self.assertEqual(self.order(REFUSED).state, "failed")
        allowed.append(True)
        self.try_again()
        self.assertEqual(self.order(REFUSED).state, "imported")
        self.assertEqual(self.order(REFUSED).sale_order_id.state, "sale")
        self.assertTrue(self.order(REFUSED).sale_order_id.picking_ids)

    # === WHOSE SALE ORDERS THEY ARE === #

    def test_nobody_makes_a_sale_order_that_claims_an_amazon_number(self):
        seller = new_test_user(
            self.env,
            "seller",
            "sales_team.group_sale_manager,base.group_partner_manager",
        )
        sales = self.env["sale.order"].with_user(seller)
        partner = self.env["res.partner"].create({"name": "Somebody"})
        values = {"partner_id": partner.id, "amazon_order_ref": "111-0000001-0000001"}
        with self.assertRaises(AccessError):
            sales.create(values)
        with self.assertRaises(AccessError):
            sales.with_context(default_amazon_order_ref="111-0000001-0000001").create(
                {"partner_id": partner.id}
            )
        imported = sales.load(
            ["partner_id/.id", "amazon_order_ref"],
            [[str(partner.id), "111-0000001-0000001"]],
        )
        self.assertFalse(imported["ids"])
        plain = sales.create({"partner_id": partner.id})
        with self.assertRaises(AccessError):
            plain.amazon_order_ref = "111-0000001-0000001"

    def test_a_copy_is_an_order_of_its_own(self):
        sale = self.import_order()
        self.assertFalse(sale.copy().amazon_order_ref)

    def test_a_sale_order_that_only_claims_the_number_is_not_taken_for_the_order(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        claimed = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "amazon_order_ref": "111-0000001-0000001",
                "order_line": [Command.create({"product_id": self.mug.id})],
            }
        )
        sale = self.import_order()
        self.assertNotEqual(sale, claimed)
        self.assertEqual(sale.state, "sale")
        self.assertTrue(sale.picking_ids)

    # === BRANCHES === #

    def test_a_branch_finds_the_product_of_its_parent(self):
        parent = self.env.company
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": parent.id}
        )
        self.mug.company_id = parent
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", branch.id)], limit=1
        ) or self.env["stock.warehouse"].create(
            {"name": "Branch", "code": "BRA", "company_id": branch.id}
        )
        connection = self._create_connection(
            "A2BRANCH", company_id=branch.id, warehouse_id=warehouse.id
        )
        self.amazon_of(connection).add(build_order(order_id="111-0000001-0000007"))
        self.download()
        row = self.order("111-0000001-0000007")
        self.assertEqual(row.state, "imported", row.error)
        sale = row.sale_order_id
        self.assertEqual(sale.company_id, branch)
        self.assertEqual(sale.order_line.product_id, self.mug)

    def test_a_parent_does_not_take_the_product_of_its_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.env.company.id}
        )
        self.env["product.product"].create(
            {"name": "Lamp", "default_code": "LAMP", "company_id": branch.id}
        )
        self.import_order(items=[build_item(sku="LAMP")])
        self.assertEqual(self.order().state, "held")

    def test_the_form_of_a_quotation_still_works(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.env["res.partner"].create({"name": "Somebody"})
        self.assertFalse(form.save().amazon_order_ref)
