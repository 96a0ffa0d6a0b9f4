"""Who bought: the same buyer is one customer, and nobody is overwritten."""

from odoo.tests import tagged

from ..builders import build_item, build_order
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestCustomers(AmazonCommon):
    number = 0

    def buy(self, email="berta@marketplace.example", buyer=None, tax=None, **more):
        """Return the sale order of another order; ``buyer``: parts that replace."""
        type(self).number += 1
        document = build_order(order_id=f"111-0000001-{self.number:07}", **more)
        if buyer:
            document["buyer"] |= buyer
        if email is None:
            del document["buyer"]["buyerEmail"]
        else:
            document["buyer"]["buyerEmail"] = email
        if tax:
            registration = {"entityType": "BUYER"} | tax
            document["tax"] = {"taxRegistrations": [registration]}
        self.fake.documents.clear()
        self.fake.add(document)
        self.download()
        row = self.order(document["orderId"])
        self.assertEqual(row.state, "imported", row.error)
        return row.sale_order_id

    def customers(self):
        return self.env["res.partner"].search(
            [("amazon_buyer_key", "!=", False), ("parent_id", "=", False)]
        )

    # === KNOWN AGAIN === #

    def test_another_email_for_each_order_is_the_same_customer(self):
        sales = [self.buy(email=f"b{number}@marketplace.example") for number in "1234"]
        self.assertEqual(len({sale.partner_id for sale in sales}), 1)
        self.assertEqual(len(self.customers()), 1)
        self.assertFalse(self.customers().child_ids)

    def test_without_email_it_is_the_same_customer(self):
        sales = [self.buy(email=None) for _number in range(4)]
        self.assertEqual(len({sale.partner_id for sale in sales}), 1)
        self.assertEqual(len(self.customers()), 1)

    def test_other_spelling_is_the_same_customer_and_address(self):
        first = self.buy(address={"city": "Böblingen"})
        second = self.buy(
            email="BERTA@marketplace.EXAMPLE",
            buyer={"buyerName": "BERTA  Beispiel"},
            address={
                "name": "Berta Beispiel.",
                "city": "BOBLINGEN",
                "addressLine1": "1, example  road",
            },
        )
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(second.partner_shipping_id, first.partner_shipping_id)

    def test_the_same_email_is_the_same_customer_at_another_address(self):
        first = self.buy()
        second = self.buy(address={"addressLine1": "2 Office Road"})
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(second.partner_shipping_id.parent_id, first.partner_id)
        self.assertEqual(second.partner_shipping_id.type, "delivery")
        self.assertEqual(second.partner_shipping_id.street, "2 Office Road")
        third = self.buy(email=None, address={"addressLine1": "2 Office Road"})
        self.assertEqual(third.partner_id, first.partner_id)
        self.assertEqual(third.partner_shipping_id, second.partner_shipping_id)

    def test_the_email_is_looked_up_in_an_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'res_partner' "
            "AND indexdef LIKE '%email_normalized%'"
        )
        self.assertTrue(self.env.cr.fetchall())

    def test_two_people_at_one_address_are_two_customers(self):
        first = self.buy()
        second = self.buy(
            email="otto@marketplace.example",
            buyer={"buyerName": "Otto Muster"},
            address={"name": "Otto Muster"},
        )
        self.assertNotEqual(second.partner_id, first.partner_id)
        self.assertEqual(second.partner_id.name, "Otto Muster")

    def test_two_orders_of_one_run_make_one_customer(self):
        for number in range(3):
            document = build_order(order_id=f"111-0000001-000000{number}")
            document["buyer"]["buyerEmail"] = f"b{number}@marketplace.example"
            self.fake.add(document)
        other = build_order(
            order_id="111-0000001-0000009", address={"addressLine1": "2 Office Road"}
        )
        other["buyer"]["buyerEmail"] = "b1@marketplace.example"
        self.fake.add(other)
        self.download()
        rows = self.env["amazon.order"].search([])
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        self.assertEqual(len(self.customers()), 1)
        self.assertEqual(len(rows.sale_order_id.partner_shipping_id), 2)

    def test_another_company_makes_a_customer_of_its_own(self):
        first = self.buy()
        company = self.env["res.company"].create({"name": "Second Company"})
        first.partner_id.company_id = company
        self.assertNotEqual(self.buy().partner_id, first.partner_id)

    # === LEFT ALONE === #

    def test_an_archived_customer_is_not_used_again(self):
        first = self.buy()
        first.partner_id.active = False
        second = self.buy()
        self.assertNotEqual(second.partner_id, first.partner_id)
        self.assertTrue(second.partner_id.active)
        self.assertFalse(first.partner_id.active)

    def test_an_edited_customer_keeps_what_was_edited(self):
        first = self.buy()
        customer = first.partner_id
        customer.write({"name": "Berta B. (VIP)", "street": "Left, 3rd floor"})
        second = self.buy(email=None)
        self.assertEqual(second.partner_id, customer)
        self.assertEqual(customer.name, "Berta B. (VIP)")
        self.assertEqual(customer.street, "Left, 3rd floor")
        self.assertRecordValues(
            second.partner_shipping_id,
            [{"name": "Berta Beispiel", "street": "1 Example Road"}],
        )
        third = self.buy(email=None)
        self.assertEqual(third.partner_shipping_id, second.partner_shipping_id)

    # === GIFTS === #

    def test_a_gift_goes_to_another_person_and_leaves_the_buyer_alone(self):
        sale = self.buy(address={"name": "Otto Muster"})
        self.assertRecordValues(
            sale.partner_id,
            [{"name": "Berta Beispiel", "street": False, "phone": False}],
        )
        self.assertRecordValues(
            sale.partner_shipping_id,
            [
                {
                    "name": "Otto Muster",
                    "street": "1 Example Road",
                    "phone": "+1 555 0100",
                    "type": "delivery",
                    "parent_id": sale.partner_id.id,
                }
            ],
        )
        self.assertEqual(sale.partner_invoice_id, sale.partner_id)
        again = self.buy(email=None, address={"name": "Otto Muster"})
        self.assertEqual(again.partner_id, sale.partner_id)
        self.assertEqual(again.partner_shipping_id, sale.partner_shipping_id)

    # === BUSINESSES === #

    def test_a_business_is_a_company_with_tax_number_and_its_buyer_a_contact(self):
        business = {"buyerCompanyName": "Beispiel GmbH", "buyerName": "Petra Einkauf"}
        business["buyerPurchaseOrderNumber"] = "PO-7"
        tax = {
            "taxRegistrationType": "VAT",
            "taxRegistrationNumber": "123 456 788",
            "legalName": "Beispiel Handels GmbH",
            "taxRegistrationAttributes": [{"key": "TAX_OFFICE", "value": "Halle"}],
        }
        address = {
            "name": "Petra Einkauf",
            "companyName": "Beispiel GmbH",
            "addressLine1": "Lindenweg 7",
            "city": "Halle",
            "stateOrRegion": "Sachsen-Anhalt",
            "postalCode": "06108",
            "countryCode": "DE",
        }
        sale = self.buy(buyer=business, tax=tax, address=address)
        company = sale.partner_id.commercial_partner_id
        self.assertRecordValues(
            company,
            [
                {
                    "name": "Beispiel GmbH",
                    "is_company": True,
                    "vat": "DE123456788",
                    "street": "Lindenweg 7",
                }
            ],
        )
        self.assertIn("Beispiel Handels GmbH", company.comment)
        self.assertIn("Halle", company.comment)
        self.assertEqual(sale.partner_id.name, "Petra Einkauf")
        self.assertEqual(sale.partner_id.parent_id, company)
        self.assertEqual(sale.client_order_ref, "PO-7")
        self.assertEqual(sale.partner_shipping_id.state_id.code, "DE-ST")
        again = self.buy(
            email=None,
            buyer=business | {"buyerName": "Paul Einkauf"},
            tax=tax | {"taxRegistrationNumber": "DE123456788"},
            address=address | {"name": "Wareneingang", "addressLine1": "Hof 2"},
        )
        self.assertEqual(again.partner_id.name, "Paul Einkauf")
        self.assertNotEqual(again.partner_id, sale.partner_id)
        self.assertEqual(again.partner_shipping_id.name, "Wareneingang")
        self.assertEqual(
            again.partner_shipping_id.parent_id, again.partner_id.parent_id
        )
        third = self.buy(email=None, buyer=business, tax=tax, address=address)
        self.assertEqual(third.partner_id, sale.partner_id)
        self.assertEqual(third.partner_shipping_id, sale.partner_shipping_id)

    def test_a_tax_registration_says_where_the_company_is(self):
        sale = self.buy(
            buyer={"buyerCompanyName": "Beispiel GmbH"},
            tax={
                "taxRegistrationType": "VAT",
                "taxRegistrationNumber": "DE123456788",
                "taxRegistrationAddress": {
                    "name": "Beispiel GmbH",
                    "addressLine1": "Sitz 1",
                    "city": "Berlin",
                    "countryCode": "DE",
                },
            },
            address={"name": "Lager Süd"},
        )
        company = sale.partner_id.commercial_partner_id
        self.assertEqual((company.street, company.country_id.code), ("Sitz 1", "DE"))
        self.assertEqual(sale.partner_shipping_id.name, "Lager Süd")

    def test_a_tax_number_that_is_not_valid_is_a_note_and_a_warning(self):
        registry = self.env.registry["res.partner"]

        def refuse(partners, country, vat, partner_name="", validation="error"):
            return "" if validation == "setnull" else vat, country.code

        self.patch(registry, "_run_vat_checks", refuse)
        sale = self.buy(
            buyer={"buyerCompanyName": "Beispiel GmbH"},
            tax={"taxRegistrationType": "VAT", "taxRegistrationNumber": "NOT-A-NUMBER"},
        )
        company = sale.partner_id.commercial_partner_id
        self.assertFalse(company.vat)
        self.assertIn("NOT-A-NUMBER", company.comment)
        message = self.last_run().line_ids.message
        self.assertIn("tax number", message)
        self.assertNotIn("NOT-A-NUMBER", message)

    def test_a_person_s_number_makes_no_company(self):
        sale = self.buy(
            tax={
                "taxRegistrationType": "CPF",
                "taxRegistrationNumber": "123.456.789-09",
                "legalName": "Berta Beispiel",
            }
        )
        self.assertFalse(sale.partner_id.is_company)
        self.assertEqual(sale.partner_id.vat, "123.456.789-09")

    # === COST === #

    def test_fifty_new_customers_are_created_with_a_few_queries(self):
        for number in range(50):
            self.fake.add(
                build_order(
                    order_id=f"111-0000001-{number:07}",
                    items=[build_item(str(number))],
                    buyer=f"Buyer{number} Beispiel",
                    address={"addressLine1": f"{number} Example Road"},
                )
            )
        created = []
        create = type(self.env["res.partner"]).create

        def count(partners, vals_list):
            created.append(len(vals_list))
            return create(partners, vals_list)

        self.patch(self.env.registry["res.partner"], "create", count)
        self.download()
        self.assertEqual([size for size in created if size], [50])
