"""Delivery methods and Amazon's carriers: what is recognised, mapped and unmapped."""

from odoo.tests import Form, new_test_user, tagged

from ..builders import build_item, build_order
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestCarriers(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.marketplaces = cls.env["amazon.marketplace"].search([])
        cls.german = cls.marketplaces.filtered(
            lambda one: one.country_id == cls.germany
        )
        cls.user = new_test_user(
            cls.env, "mapper", groups="amazon_connector.amazon_connector_group_user"
        )

    def map(self, code="DPD", **vals):
        return self.env["amazon.carrier"].create(
            {"delivery_carrier_id": self.carrier.id, "carrier_code": code} | vals
        )

    def find(self, marketplace=None):
        carrier = self.env["amazon.carrier"]._find_for(
            self.carrier, self.german if marketplace is None else marketplace
        )
        return carrier and tuple(
            carrier[name] or ""
            for name in ("carrier_code", "carrier_name", "ship_method")
        )

    def sell_in(self, *countries):
        """Have the account sell in these countries only."""
        self.env["amazon.storefront"].search([]).active = False
        for marketplace in self.marketplaces.filtered(
            lambda one: one.country_id.code in countries
        ):
            self.env["amazon.storefront"].create(
                {
                    "connection_id": self.connection.id,
                    "marketplace_id": marketplace.id,
                    "active": True,
                }
            )

    def was_triggered(self):
        """Whether the shipments are looked at again; forgets it."""
        cron = self.env["amazon.job.type"]._get_type("send_shipments")._get_cron()
        triggers = (
            self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])
        )
        found = bool(triggers)
        triggers.unlink()
        return found

    def methods_by(self, domain):
        return self.env["delivery.carrier"].search(
            [("id", "=", self.carrier.id), *domain]
        )

    # === WHAT AMAZON IS TOLD === #

    def test_the_service_is_told_with_the_code(self):
        self.carrier.name = "Deutsche Post Warenpost"
        self.assertEqual(self.find(), ("Deutsche Post", "", "Warenpost"))

    def test_a_carrier_without_a_code_is_other_with_its_name(self):
        self.carrier.name = "Packeta Box"
        self.assertEqual(self.find(), ("Other", "Packeta", ""))

    def test_a_carrier_of_another_region_is_other_with_its_name(self):
        self.carrier.name = "Purolator"
        self.assertEqual(self.find(), ("Other", "PUROLATOR", ""))

    def test_the_closest_mapping_wins_over_the_name(self):
        self.map("FedEx")
        self.assertEqual(self.find()[0], "FedEx")
        mapping = self.map(marketplace_id=self.german.id)
        self.assertEqual(self.find()[0], "DPD")
        self.assertEqual(self.find(self.marketplaces - self.german)[0], "FedEx")
        mapping.unlink()
        self.assertEqual(self.find()[0], "FedEx")

    def test_a_mapping_of_another_marketplace_does_not_count(self):
        self.map(marketplace_id=(self.marketplaces - self.german)[0].id)
        self.assertEqual(self.find()[0], "UPS")

    def test_a_method_without_tracking_goes_by_its_own_name(self):
        self.carrier.name = "Our van to everybody who lives around the corner of us"
        self.assertIsNone(self.find())
        self.carrier.amazon_has_no_tracking = True
        code, name, _method = self.find()
        self.assertEqual(code, "Other")
        self.assertTrue(self.carrier.name.startswith(name))
        self.assertLessEqual(len(name), 50)

    def test_a_known_carrier_without_tracking_keeps_its_code(self):
        self.carrier.write({"name": "Deutsche Post", "amazon_has_no_tracking": True})
        self.assertEqual(self.find()[0], "Deutsche Post")

    def test_no_carrier_is_nothing(self):
        nothing = self.env["delivery.carrier"]
        self.assertIsNone(self.env["amazon.carrier"]._find_for(nothing, self.german))

    def test_who_ships_may_ask_without_being_a_user_of_the_connector(self):
        picker = new_test_user(self.env, "picker", groups="stock.group_stock_user")
        self.map("FedEx")
        found = self.env["amazon.carrier"].with_user(picker)
        self.assertEqual(
            found._find_for(self.carrier.with_user(picker), self.german)[
                "carrier_code"
            ],
            "FedEx",
        )

    # === WAITING SHIPMENTS === #

    def test_every_change_of_a_mapping_has_the_shipments_looked_at(self):
        self.was_triggered()
        mapping = self.map()
        self.assertTrue(self.was_triggered())
        mapping.carrier_code = "GLS"
        self.assertTrue(self.was_triggered())
        mapping.unlink()
        self.assertTrue(self.was_triggered())
        self.carrier.name = "GLS"
        self.assertTrue(self.was_triggered())
        self.carrier.amazon_has_no_tracking = True
        self.assertTrue(self.was_triggered())
        self.carrier.sequence = 7
        self.assertFalse(self.was_triggered())

    def test_a_blocked_shipment_goes_when_its_carrier_is_renamed(self):
        self.carrier.name = "Velo Courier"
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        self.assertEqual(shipment.state, "blocked")
        self.carrier.name = "FedEx"
        self.send()
        self.assertEqual(shipment.state, "done")
        self.assertEqual(shipment.carrier_code, "FedEx")

    def test_a_shipment_waits_again_when_the_mapping_is_deleted(self):
        self.carrier.name = "Velo Courier"
        mapping = self.map("Other", carrier_name="Velo Courier")
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        self.assertEqual(shipment.state, "pending")
        mapping.unlink()
        self.send()
        self.assertEqual(shipment.state, "blocked")
        self.assertFalse(self.fake.applied)

    # === THE MAPPING PAGE === #

    def test_a_method_says_how_amazon_is_told_of_it(self):
        self.assertEqual(self.carrier.amazon_recognised_as, "UPS")
        self.assertEqual(self.carrier.amazon_recognition, "recognised")
        self.carrier.name = "Velo Courier"
        self.assertFalse(self.carrier.amazon_recognised_as)
        self.assertEqual(self.carrier.amazon_recognition, "unmapped")
        self.map("Other", carrier_name="Velo", ship_method="Same Day")
        self.assertEqual(self.carrier.amazon_recognised_as, "Other, Velo, Same Day")
        self.assertEqual(self.carrier.amazon_recognition, "mapped")

    def test_marketplaces_that_differ_are_named(self):
        self.sell_in("DE", "GB")
        self.carrier.name = "Hermes"
        text = self.carrier.amazon_recognised_as
        self.assertIn("Hermes UK (Amazon.co.uk", text)
        self.assertIn("Hermes Logistik Gruppe (Amazon.de", text)
        self.carrier.name = "Velo Courier"
        self.map("Other", carrier_name="Velo", marketplace_id=self.german.id)
        self.assertEqual(self.carrier.amazon_recognition, "unmapped")
        self.assertIn("Nothing (Amazon.co.uk", self.carrier.amazon_recognised_as)

    def test_unmapped_methods_are_found(self):
        unmapped = [("amazon_recognition", "=", "unmapped")]
        self.assertFalse(self.methods_by(unmapped))
        self.carrier.name = "Velo Courier"
        self.assertTrue(self.methods_by(unmapped))
        self.assertFalse(self.methods_by([("amazon_recognition", "!=", "unmapped")]))
        self.map()
        self.assertTrue(self.methods_by([("amazon_recognition", "=", "mapped")]))

    def test_methods_of_amazon_orders_are_found_and_counted(self):
        used = [("is_used_for_amazon", "=", True)]
        self.assertFalse(self.methods_by(used))
        self.assertFalse(self.carrier.is_used_for_amazon)
        self.ship(self.import_order())
        self.assertTrue(self.methods_by(used))
        self.assertFalse(self.methods_by([("is_used_for_amazon", "=", False)]))
        self.carrier.invalidate_recordset()
        self.assertTrue(self.carrier.is_used_for_amazon)
        self.assertEqual(self.carrier.amazon_delivery_count, 1)

    def test_a_method_that_orders_are_to_get_is_used(self):
        self.env["amazon.delivery.method"].create(
            {
                "storefront_id": self.connection.storefront_ids[:1].id,
                "service_level": "standard",
                "carrier_id": self.carrier.id,
            }
        )
        self.assertTrue(self.methods_by([("is_used_for_amazon", "=", True)]))
        self.assertEqual(self.carrier.amazon_delivery_count, 0)

    def test_one_click_maps_a_method(self):
        methods = self.carrier.with_user(self.user)
        self.carrier.name = "Velo Courier"
        action = methods.action_map_amazon_carrier()
        self.assertEqual((action["view_mode"], action["target"]), ("form", "new"))
        with Form(
            self.env["amazon.carrier"]
            .with_user(self.user)
            .with_context(**action["context"])
        ) as form:
            self.assertEqual(form.delivery_carrier_id, self.carrier)
            form.carrier_code = "Other"
            self.assertEqual(form.carrier_name, "Velo Courier")
        self.assertEqual(self.find()[:2], ("Other", "Velo Courier"))
        action = methods.action_map_amazon_carrier()
        self.assertEqual(
            self.env["amazon.carrier"].search(action["domain"]),
            self.carrier.amazon_carrier_ids,
        )

    def test_the_list_offers_what_the_marketplace_has(self):
        carriers = self.env["amazon.carrier"].with_user(self.user)
        codes = carriers.get_carrier_codes(self.german.id)
        self.assertLess(codes.index("Deutsche Post"), codes.index("UPS"))
        self.assertNotIn("Estafeta", codes)
        self.assertIn("Estafeta", carriers.get_carrier_codes())
        services = carriers.get_ship_methods(self.german.id, "DHL")
        self.assertIn("Paket", services)
        self.assertFalse(carriers.get_ship_methods(self.german.id, "Nobody"))
        other = (self.marketplaces - self.german)[0]
        self.assertFalse(carriers.get_ship_methods(other.id, "DHL"))
        self.assertIn("Paket", carriers.get_ship_methods(False, "DHL"))

    def test_a_code_that_amazon_has_since_added_may_be_typed(self):
        self.map("Brand New Carrier")
        self.assertEqual(self.find()[0], "Brand New Carrier")

    def test_a_method_is_shown_to_people_without_the_connector(self):
        manager = new_test_user(self.env, "manager", groups="stock.group_stock_manager")
        with Form(self.carrier.with_user(manager)) as form:
            form.amazon_has_no_tracking = True
            self.assertEqual(form.amazon_recognised_as, "UPS")
        self.assertTrue(self.carrier.amazon_has_no_tracking)

    # === WHAT ELSE AMAZON ASKS FOR === #

    def import_paid_by(self, method, japan=True):
        document = build_order()
        document["payment"] = {"paymentExecutions": [{"paymentMethod": method}]}
        self.fake.add(document)
        self.download()
        row = self.order(document["orderId"])
        if japan:
            row.storefront_id.sudo().marketplace_id = self.marketplaces.filtered(
                lambda one: one.country_id.code == "JP"
            )
        return row.sale_order_id

    def get_request(self):
        """Send what waits; return the one body that Amazon got."""
        self.send()
        ((_order, request),) = self.fake.applied
        return request

    def test_cash_on_delivery_is_told_in_japan(self):
        self.ship(self.import_paid_by("CashOnDelivery"))
        self.assertEqual(self.get_request()["codCollectionMethod"], "DirectPayment")

    def test_other_payments_are_not_told(self):
        self.ship(self.import_paid_by("CreditCard"))
        self.assertNotIn("codCollectionMethod", self.get_request())

    def test_other_marketplaces_are_not_told_of_cash_on_delivery(self):
        self.ship(self.import_paid_by("CashOnDelivery", japan=False))
        self.assertNotIn("codCollectionMethod", self.get_request())

    def test_transparency_codes_are_told_with_the_item(self):
        picking = self.ship(self.import_order(items=[build_item(quantity=2)]))
        line = picking.amazon_shipment_ids.line_ids
        line.transparency_codes = "AZ:1, AZ:2"
        (item,) = self.get_request()["packageDetail"]["orderItems"]
        self.assertEqual(item["transparencyCodes"], ["AZ:1", "AZ:2"])

    def import_protected(self, quantity=2):
        """Return the sale order of an item of the Transparency program."""
        item = build_item(quantity=quantity, item_programs=["TRANSPARENCY"])
        return self.import_order(items=[item])

    def test_without_the_code_of_each_unit_it_waits(self):
        shipment = self.ship(self.import_protected()).amazon_shipment_ids
        shipment.line_ids.transparency_codes = "AZ:1"
        self.send()
        self.assertEqual(shipment.state, "blocked")
        self.assertIn("Transparency codes missing: 1 x MUG", shipment.error)
        self.assertTrue(shipment._is_waiting_for_person())
        shipment.line_ids.transparency_codes = "AZ:1, AZ:2"
        self.assertEqual(shipment.state, "pending")
        (item,) = self.get_request()["packageDetail"]["orderItems"]
        self.assertEqual(item["transparencyCodes"], ["AZ:1", "AZ:2"])
        self.assertEqual(shipment.state, "done")

    def test_what_amazon_took_without_codes_is_corrected_without(self):
        picking = self.ship(self.import_order())
        self.send()
        picking.sale_id.amazon_order_ids.line_ids.needs_transparency_codes = True
        picking.carrier_tracking_ref = "1Z-RIGHT"
        self.send()
        self.assertEqual(picking.amazon_shipment_ids.state, "done")
        self.assertEqual(self.fake.count("confirmShipment"), 2)

    def test_without_transparency_codes_none_are_told(self):
        self.ship(self.import_order())
        (item,) = self.get_request()["packageDetail"]["orderItems"]
        self.assertNotIn("transparencyCodes", item)
