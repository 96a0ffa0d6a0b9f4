"""Who works in the warehouse or in sales handles deliveries, Amazon's or not."""

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestWarehouseUsers(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As Odoo is without its demo data, which has everybody see serial numbers.
        cls.env.ref("base.group_user").implied_ids -= cls.env.ref(
            "stock.group_production_lot"
        )
        cls.users = [
            new_test_user(cls.env, login, group)
            for login, group in (
                ("packer", "stock.group_stock_user"),
                ("warehouse manager", "stock.group_stock_manager"),
            )
        ]
        # A carrier with all that Odoo reads to say where it may be used.
        cls.state = cls.env.ref("base.state_us_14")
        cls.carrier.write(
            {
                "country_ids": [Command.link(cls.state.country_id.id)],
                "state_ids": [Command.link(cls.state.id)],
                "zip_prefix_ids": [Command.create({"name": "62"})],
                "must_have_tag_ids": [Command.create({"name": "Breakable"})],
                "excluded_tag_ids": [Command.create({"name": "Heavy"})],
                "price_rule_ids": [
                    Command.create({"variable": "weight", "max_value": 5})
                ],
            }
        )
        cls.mug.product_tag_ids = cls.carrier.must_have_tag_ids

    def sell_by_hand(self):
        """Return a sale order that has nothing to do with Amazon."""
        customer = self.env["res.partner"].create(
            {
                "name": "Someone",
                "country_id": self.state.country_id.id,
                "state_id": self.state.id,
                "zip": "62701",
            }
        )
        sale = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [Command.create({"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        return sale

    def ship_by_form(self, picking):
        """Open a delivery, choose its carrier, enter the number and validate."""
        with Form(picking) as form:
            self.assertIn(self.carrier.id, form.allowed_carrier_ids.ids)
            form.carrier_id = self.carrier
            form.carrier_tracking_ref = "1Z999"
            with form.move_ids.edit(0) as move:
                move.quantity = 1
                move.picked = True
        picking.button_validate()
        self.settle_deliveries()
        self.assertEqual(picking.state, "done")
        Form(picking)

    def test_they_ship_an_amazon_order(self):
        for number, user in enumerate(self.users):
            with self.subTest(user.login):
                sale = self.import_order(order_id=f"111-0000001-000000{number}")
                self.ship_by_form(sale.picking_ids.with_user(user))
                shipment = sale.picking_ids.amazon_shipment_ids
                self.assertEqual(shipment.state, "pending")

    def test_they_ship_any_other_order(self):
        for user in self.users:
            with self.subTest(user.login):
                picking = self.sell_by_hand().picking_ids
                self.ship_by_form(picking.with_user(user))
                self.assertFalse(picking.amazon_shipment_ids)

    def test_they_open_what_a_delivery_leads_to(self):
        picking = self.ship(self.import_order())
        for user in self.users:
            for record in (
                self.carrier,
                self.mug,
                self.mug.product_tmpl_id,
                picking.amazon_shipment_ids,
                picking.move_ids,
                picking.move_line_ids,
            ):
                with self.subTest(user.login, model=record._name):
                    Form(record.with_user(user))

    def test_they_take_goods_back(self):
        for number, user in enumerate(self.users):
            with self.subTest(user.login):
                order_id = f"111-0000001-000000{number}"
                picking = self.ship(self.import_order(order_id=order_id))
                wizards = self.env["stock.return.picking"].with_user(user)
                wizard = Form(
                    wizards.with_context(
                        active_id=picking.id, active_model="stock.picking"
                    )
                ).save()
                wizard.product_return_moves.quantity = 1
                action = wizard.action_create_returns()
                Form(picking.with_user(user).browse(action["res_id"]))

    def test_a_salesman_opens_an_order_and_its_delivery(self):
        salesman = new_test_user(
            self.env, "seller", "sales_team.group_sale_salesman_all_leads"
        )
        for sale in (self.import_order(), self.sell_by_hand()):
            for record in (sale, sale.picking_ids, self.carrier):
                with self.subTest(sale.name, model=record._name):
                    Form(record.with_user(salesman))

    def test_a_user_of_the_connector_maps_a_carrier(self):
        user = new_test_user(
            self.env, "clerk", "amazon_connector.amazon_connector_group_user"
        )
        carriers = self.carrier.with_user(user)
        self.assertTrue(carriers.name_search(self.carrier.name))
        with Form(self.env["amazon.carrier"].with_user(user)) as form:
            form.delivery_carrier_id = self.carrier
            form.carrier_code = "UPS"
        picking = self.ship(self.import_order())
        Form(picking.amazon_shipment_ids.with_user(user))
