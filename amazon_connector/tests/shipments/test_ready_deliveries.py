"""What a delivery says of its confirmation: before it is validated, and afterwards."""

from unittest.mock import patch

from odoo.tests import Form, new_test_user, tagged

from ..builders import build_item
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestReadyDeliveries(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "packer", "stock.group_stock_user")
        cls.courier = cls.env["delivery.carrier"].create(
            {
                "name": "Velo Courier",
                "product_id": cls.env.ref("amazon_connector.product_shipping").id,
            }
        )

    def setUp(self):
        super().setUp()
        self.notes = []
        notes = self.notes

        def keep(user, kind, message, **kwargs):
            if kind == "simple_notification":
                notes.append((user.login, message["message"]))

        self.patch(self.env.registry["res.users"], "_bus_send", keep)

    def make_ready(self, carrier=None, number=False, **more):
        """Return the open delivery of a new order, as who ships sees it."""
        picking = self.import_order(**more).picking_ids.with_user(self.user)
        picking.carrier_id = (carrier or self.carrier).id
        picking.carrier_tracking_ref = number
        return picking

    # === BEFORE IT IS VALIDATED === #

    def test_without_carrier_it_asks_for_one(self):
        picking = self.import_order().picking_ids.with_user(self.user)
        self.assertEqual(picking.state, "assigned")
        picking.carrier_id = False
        self.assertIn("no carrier", picking.amazon_shipping_warning)
        self.assertFalse(picking.amazon_can_map_carrier)

    def test_the_form_follows_what_is_entered(self):
        picking = self.import_order().picking_ids.with_user(self.user)
        picking.carrier_id = False
        with Form(picking) as form:
            self.assertIn("no carrier", form.amazon_shipping_warning)
            form.carrier_id = self.courier
            self.assertIn("Velo Courier", form.amazon_shipping_warning)
            self.assertTrue(form.amazon_can_map_carrier)
            form.carrier_id = self.carrier
            self.assertIn("tracking number", form.amazon_shipping_warning)
            self.assertFalse(form.amazon_can_map_carrier)
            form.carrier_tracking_ref = "1Z999"
            self.assertFalse(form.amazon_shipping_warning)

    def test_who_ships_maps_the_carrier_right_there(self):
        picking = self.make_ready(self.courier, "V1")
        action = picking.action_map_amazon_carrier()
        self.assertEqual(action["target"], "new")
        carriers = self.env["amazon.carrier"].with_user(self.user)
        with Form(carriers.with_context(**action["context"])) as form:
            self.assertEqual(form.delivery_carrier_id, self.courier)
            self.assertEqual(form.marketplace_id, self.connection.marketplace_id)
            form.carrier_code = "Other"
            form.carrier_name = "Velo Courier"
        picking.invalidate_recordset()
        self.assertFalse(picking.amazon_shipping_warning)
        self.assertFalse(picking.amazon_can_map_carrier)

    def test_all_that_is_missing_is_said_at_once(self):
        picking = self.make_ready(self.courier)
        self.assertIn("Velo Courier", picking.amazon_shipping_warning)
        self.assertIn("tracking number", picking.amazon_shipping_warning)

    def test_a_method_without_tracking_needs_no_number(self):
        self.carrier.amazon_has_no_tracking = True
        self.assertFalse(self.make_ready().amazon_shipping_warning)

    def test_a_number_that_the_carrier_gives_is_not_asked_for(self):
        picking = self.make_ready()
        with patch.object(type(picking.carrier_id), "delivery_type", "dhl"):
            picking.invalidate_recordset()
            self.assertFalse(picking.amazon_shipping_warning)

    def test_parts_of_a_unit_are_said(self):
        picking = self.make_ready(number="1Z999", items=[build_item(quantity=2)])
        self.assertFalse(picking.amazon_shipping_warning)
        picking.move_ids.quantity = 1.5
        picking.invalidate_recordset()
        self.assertIn("whole units", picking.amazon_shipping_warning)

    def test_codes_of_the_units_are_asked_for(self):
        protected = build_item(quantity=2, item_programs=["TRANSPARENCY"])
        picking = self.make_ready(number="1Z999", items=[protected])
        self.assertIn(
            "Transparency codes missing: 2 x MUG", picking.amazon_shipping_warning
        )
        self.assertIn("under Items", picking.amazon_shipping_warning)

    def test_who_ships_enters_the_codes_from_the_delivery(self):
        protected = build_item(item_programs=["TRANSPARENCY"])
        sale = self.import_order(items=[protected])
        picking = self.ship(sale).with_user(self.user)
        self.assertIn("Press Items", picking.amazon_shipping_warning)
        action = picking.amazon_shipment_ids.action_open_items()
        shipments = self.env[action["res_model"]].with_user(self.user)
        ((view, _type),) = action["views"]
        with (
            Form(shipments.browse(action["res_id"]), view=view) as form,
            form.line_ids.edit(0) as line,
        ):
            line.transparency_codes = "AZ:1"
        self.assertEqual(picking.amazon_shipment_ids.state, "pending")
        picking.invalidate_recordset()
        self.assertFalse(picking.amazon_shipping_warning)

    def test_numbers_that_do_not_fit_the_parcels_are_said(self):
        picking = self.make_ready(number="A,B,C")
        self.assertIn("which is whose", picking.amazon_shipping_warning)
        picking.carrier_tracking_ref = "A"
        self.assertFalse(picking.amazon_shipping_warning)

    def test_an_order_that_is_not_to_be_confirmed_says_so_and_asks_for_nothing(self):
        picking = self.make_ready(programs=["FBM_SHIP_PLUS"])
        self.assertIn("Ship+", picking.amazon_shipping_note)
        self.assertFalse(picking.amazon_shipping_warning)

    def test_nothing_is_said_where_amazon_is_told_nothing(self):
        self.connection.send_shipments = False
        self.assertFalse(self.make_ready().amazon_shipping_warning)

    def test_nothing_is_said_of_goods_that_come_back(self):
        picking = self.ship(self.import_order())
        wizards = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking"
        )
        wizard = Form(wizards).save()
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        back.carrier_id = False
        self.assertFalse(back.amazon_shipping_warning)

    def test_a_delivery_that_is_not_amazons_costs_no_query(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Someone"}).id,
                "order_line": [(0, 0, {"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        picking = sale.picking_ids
        self.env.flush_all()
        picking.invalidate_recordset()
        picking.fetch(
            [
                "state",
                "amazon_order_ref",
                "sale_id",
                "amazon_unsettled_since",
                "amazon_settling_error",
            ]
        )
        with self.assertQueryCount(1):
            # The one that looks for shipments, of all transfers of a page at once.
            self.assertFalse(picking.amazon_shipping_warning)
            self.assertFalse(picking.amazon_shipping_note)
            self.assertFalse(picking.amazon_confirmation_state)

    # === VALIDATED === #

    def test_validating_loses_no_work_and_says_once_what_is_missing(self):
        picking = self.ship(self.import_order(), carrier=False)
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.amazon_shipment_ids.state, "blocked")
        ((login, message),) = self.notes
        self.assertEqual(login, self.env.user.login)
        self.assertIn(picking.name, message)
        self.assertIn("no carrier", message)
        picking.amazon_shipment_ids.action_retry()
        self.assertEqual(len(self.notes), 1)

    def test_two_deliveries_validated_at_once_are_one_notification(self):
        pickings = self.env["stock.picking"]
        for number in (1, 2):
            ref = f"111-0000001-000000{number}"
            pickings |= self.import_order(order_id=ref).picking_ids
        pickings.carrier_id = False
        pickings.move_ids.picked = True
        pickings.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        ((_login, message),) = self.notes
        self.assertEqual(len(message.splitlines()), 2)

    def test_nothing_is_notified_where_nothing_is_missing_or_wanted(self):
        self.ship(self.import_order())
        self.connection.send_shipments = False
        self.ship(self.import_order(order_id="111-0000001-0000002"), carrier=False)
        self.assertEqual(self.notes, [])

    def test_who_ships_mends_a_blocked_shipment_from_the_delivery(self):
        picking = self.ship(self.import_order(), carrier=False, tracking=False)
        picking = picking.with_user(self.user)
        self.assertIn("no carrier", picking.amazon_shipping_warning)
        with Form(picking) as form:
            with form.amazon_shipment_ids.edit(0) as shipment:
                shipment.carrier_id = self.carrier
                shipment.tracking_ref = "1Z-MENDED"
        self.assertEqual(picking.amazon_shipment_ids.state, "pending")
        self.assertFalse(picking.amazon_shipping_warning)
        self.send()
        ((_order, request),) = self.fake.applied
        self.assertEqual(request["packageDetail"]["trackingNumber"], "1Z-MENDED")
        self.assertEqual(request["packageDetail"]["carrierCode"], "UPS")

    def test_a_user_of_the_connector_mends_it_on_the_shipment(self):
        clerk = new_test_user(
            self.env, "clerk", "amazon_connector.amazon_connector_group_user"
        )
        picking = self.ship(self.import_order(), carrier=False, tracking=False)
        with Form(picking.amazon_shipment_ids.with_user(clerk)) as form:
            form.carrier_id = self.courier
            form.tracking_ref = "V1"
        shipment = picking.amazon_shipment_ids.with_user(clerk)
        self.assertTrue(shipment.is_carrier_unknown)
        action = shipment.action_map_carrier()
        self.assertEqual(
            action["context"]["default_delivery_carrier_id"], self.courier.id
        )

    def test_a_shipment_has_a_name_without_number(self):
        sale = self.import_order()
        sale.picking_ids.move_line_ids.result_package_id = self.env[
            "stock.package"
        ].create({"name": "BOX-1"})
        shipment = self.ship(sale, tracking=False).amazon_shipment_ids
        self.assertEqual(shipment.display_name, f"{sale.amazon_order_ref} / BOX-1")
        found = self.env["amazon.shipment"].name_search(sale.amazon_order_ref)
        self.assertEqual([found_id for found_id, _name in found], shipment.ids)

    def test_a_carrier_that_is_unknown_is_mapped_from_the_done_delivery(self):
        picking = self.ship(self.import_order())
        picking.amazon_shipment_ids.carrier_id = self.courier
        self.assertTrue(picking.amazon_can_map_carrier)
        context = picking.with_user(self.user).action_map_amazon_carrier()["context"]
        self.assertEqual(context["default_delivery_carrier_id"], self.courier.id)

    def test_what_amazon_is_not_told_is_a_note_and_no_warning(self):
        sale = self.import_order()
        picking = self.ship(sale)
        order = sale.amazon_order_ids
        order.status = "cancelled"
        picking.amazon_shipment_ids._mark_to_send()
        self.assertFalse(picking.amazon_shipping_warning)
        self.assertIn("cancelled", picking.amazon_shipping_note)

    def test_send_now_is_there_only_while_the_function_is_off(self):
        self.connection.send_shipments = False
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        self.assertTrue(shipment.with_user(self.user).is_switched_off)
        shipment.with_user(self.user).action_send_now()
        self.assertFalse(shipment.is_switched_off)
        self.assertEqual(shipment.state, "pending")
