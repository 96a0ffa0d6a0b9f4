"""Service level → delivery method: guessed by name, chosen by a person, set on all."""

from ..builders import build_order
from ..common import AmazonCommon

SECOND = "111-0000001-0000002"


class TestDeliveryMethods(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Only what the test makes can be meant.
        cls.env["delivery.carrier"].search([]).active = False
        cls.storefront = cls.connection.storefront_ids
        cls.standard = cls._create_carrier("Standard delivery")
        cls.express = cls._create_carrier("DHL Express")

    @classmethod
    def _create_carrier(cls, name, **more):
        product = cls.env.ref("amazon_connector.product_shipping")
        return cls.env["delivery.carrier"].create(
            {"name": name, "product_id": product.id, "fixed_price": 9.9, **more}
        )

    def method(self, service_level):
        return self.storefront.delivery_method_ids.filtered(
            lambda row: row.service_level == service_level
        )

    def test_the_delivery_has_the_method_whose_name_says_it(self):
        sale = self.import_order(service="EXPEDITED")
        self.assertEqual(sale.carrier_id, self.express)
        self.assertEqual(sale.picking_ids.carrier_id, self.express)
        self.assertTrue(self.method("expedited").is_guessed)

    def test_it_costs_the_buyer_nothing(self):
        sale = self.import_order(service="STANDARD")
        self.assertEqual(sale.carrier_id, self.standard)
        self.assertEqual(sale.amount_total, 10)
        self.assertFalse(sale.order_line.filtered("is_delivery"))

    def test_of_two_none_is_guessed(self):
        self._create_carrier("UPS Standard")
        sale = self.import_order(service="STANDARD")
        self.assertFalse(sale.carrier_id)
        self.assertFalse(sale.picking_ids.carrier_id)
        self.assertEqual(len(self.method("standard")), 1, "to be filled in")

    def test_a_method_of_another_company_is_not_meant(self):
        company = self.env["res.company"].create({"name": "Example Two"})
        self._create_carrier("Next Day Air", company_id=company.id)
        self.assertFalse(self.import_order(service="NEXT_DAY").carrier_id)

    def test_names_say_the_other_services_too(self):
        for word, name in (
            ("next_day", "Overnight"),
            ("second_day", "2-Day Air"),
            ("same_day", "Same Day Bike"),
            ("priority", "Priority Mail"),
            ("free_economy", "Economy"),
        ):
            carrier = self._create_carrier(name)
            methods = self.env["amazon.delivery.method"]
            found = methods._guess_carrier(self.env.company, word)
            self.assertEqual(found, carrier, word)

    def test_a_word_that_nobody_knows_waits_for_a_person(self):
        self.assertFalse(self.import_order(service="BY_DRONE").carrier_id)
        self.assertEqual(self.method("by_drone").service_level_label, "by_drone")

    def test_a_guess_is_made_again_once_there_is_a_method(self):
        self.import_order(service="NEXT_DAY")
        overnight = self._create_carrier("Overnight")
        self.fake.add(build_order(SECOND, service="NEXT_DAY"))
        self.download()
        self.assertEqual(self.order(SECOND).sale_order_id.carrier_id, overnight)

    def test_what_a_person_chose_counts_and_is_no_guess(self):
        self.import_order(service="STANDARD")
        self.method("standard").carrier_id = self.express
        self.assertFalse(self.method("standard").is_guessed)
        self.fake.add(build_order(SECOND, service="STANDARD"))
        self.download()
        sale = self.order(SECOND).sale_order_id
        self.assertEqual(sale.picking_ids.carrier_id, self.express)

    def test_that_a_person_chose_none_counts_too(self):
        self.import_order(service="STANDARD")
        self.method("standard").carrier_id = False
        self.fake.add(build_order(SECOND, service="STANDARD"))
        self.download()
        self.assertFalse(self.order(SECOND).sale_order_id.carrier_id)

    def test_chosen_late_it_is_set_on_what_is_still_to_ship(self):
        self.fake.add(build_order(service="NEXT_DAY"))
        self.fake.add(build_order(SECOND, service="NEXT_DAY"))
        self.download()
        gone = self.order().sale_order_id
        self.ship(gone, carrier=False)
        waiting = self.order(SECOND).sale_order_id
        self.method("next_day").carrier_id = self.express
        self.assertEqual(waiting.carrier_id, self.express)
        self.assertEqual(waiting.picking_ids.carrier_id, self.express)
        self.assertFalse(gone.picking_ids.carrier_id)

    def test_a_method_that_somebody_put_on_the_delivery_stays(self):
        sale = self.import_order(service="NEXT_DAY")
        sale.picking_ids.carrier_id = self.standard
        self.method("next_day").carrier_id = self.express
        self.assertEqual(sale.picking_ids.carrier_id, self.standard)

    def test_with_a_pick_before_it_the_delivery_has_the_method(self):
        self.connection.warehouse_id.delivery_steps = "pick_ship"
        sale = self.import_order(service="EXPEDITED")
        pick = sale.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        delivery = sale.picking_ids - pick
        self.assertEqual(delivery.carrier_id, self.express)
