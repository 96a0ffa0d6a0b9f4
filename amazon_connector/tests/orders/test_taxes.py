"""Who accounts for tax: the twelve cases of docs/taxes.md, and what is said of them."""

from odoo.tests import tagged

from ..builders import ago, build_item, build_order
from ..tax_common import TaxCommon

REVENUE = "Product Sales"
IOSS = {"taxCalculationBreakdowns": [{"reportingScheme": "IOSS"}]}


def item(item_id="1", sku="MUG", price="11.90", currency="EUR", **more):
    return build_item(item_id, sku, price=price, currency=currency, **more)


@tagged("post_install", "-at_install")
class TestTaxCases(TaxCommon):
    """Each case of the table in docs/taxes.md."""

    def assert_posted(self, sale, total, **expected):
        """The sale order, its posted invoice and what is booked are as they should be.

        :param expected: account or tax to (balance, grids)
        """
        self.assertEqual(self.order().state, "imported", self.order().error)
        self.assertEqual(sale.amount_total, total)
        self.assertFalse(self.adjustments(sale))
        invoice = self.invoice(sale)
        self.assertEqual(invoice.amount_total, total)
        self.assertEqual(self.postings(invoice), expected["booked"])
        return invoice

    def test_01_domestic_prices_contain_the_tax(self):
        sale = self.import_from("de", item(price="23.80", shipping="4.99"))
        booked = {
            REVENUE: (-24.19, {"Domestic 19 % base"}),
            "Domestic 19 %": (-4.6, {"Domestic 19 % tax"}),
        }
        self.assert_posted(sale, 28.79, booked=booked)
        self.assertFalse(self.last_run().warned)

    def test_02_domestic_amazon_names_the_tax_on_top(self):
        sale = self.import_from("de", item(price="20.00", tax="3.80"))
        booked = {
            REVENUE: (-20.0, {"Domestic 19 % base"}),
            "Domestic 19 %": (-3.8, {"Domestic 19 % tax"}),
        }
        self.assert_posted(sale, 23.8, booked=booked)
        self.assertFalse(self.last_run().warned)

    def test_03_two_rates_shipping_goes_with_its_item(self):
        sale = self.import_from(
            "de",
            item("1", price="23.80", shipping="2.38"),
            item("2", "BOOK", price="10.70", shipping="1.07", discount="-2.14"),
        )
        booked = {
            REVENUE: (
                -31.0,
                {"Domestic 19 % base", "Domestic 7 % base"},
            ),
            "Domestic 19 %": (-4.18, {"Domestic 19 % tax"}),
            "Domestic 7 %": (-0.63, {"Domestic 7 % tax"}),
        }
        self.assert_posted(sale, 35.81, booked=booked)

    def test_04_distance_sale_to_another_country(self):
        sale = self.import_from("fr", item(price="24.00", shipping="6.00"))
        self.assertEqual(sale.fiscal_position_id, self.france)
        booked = {
            REVENUE: (-25.0, {"France 20 % base"}),
            "France 20 %": (-5.0, {"France 20 % tax"}),
        }
        self.assert_posted(sale, 30.0, booked=booked)

    def test_05_business_with_vat_number(self):
        first = self.import_from(
            "fr", item(price="1.00"), order_id="111-0000001-0000009"
        )
        (first.partner_id | first.partner_shipping_id).vat = "FR23334175221"
        sale = self.import_from("fr", item(price="20.00"))
        self.assertEqual(sale.fiscal_position_id, self.business)
        booked = {REVENUE: (-20.0, {"Reverse charge 0 % base"})}
        self.assert_posted(sale, 20.0, booked=booked)

    def test_06_amazon_collects_and_names_the_tax(self):
        self.storefront.facilitator_position_id = self.collected
        sale = self.import_from("fr", item(price="20.00", tax="4.00", remitted=True))
        self.assertEqual(sale.fiscal_position_id, self.collected)
        booked = {REVENUE: (-20.0, {"To Amazon 0 % base"})}
        self.assert_posted(sale, 20.0, booked=booked)
        self.assertFalse(self.last_run().warned)

    def test_07_amazon_collects_a_tax_that_the_price_contains(self):
        self.storefront.facilitator_position_id = self.collected
        document_item = item(price="24.00", tax="4.00", remitted=True)
        document_item["proceeds"]["proceedsTotal"]["amount"] = "24.00"
        sale = self.import_from("fr", document_item)
        booked = {REVENUE: (-20.0, {"To Amazon 0 % base"})}
        self.assert_posted(sale, 20.0, booked=booked)

    def test_08_amazon_collects_and_names_no_tax(self):
        self.storefront.facilitator_position_id = self.collected
        sale = self.import_from("fr", item(price="24.00", remitted=True))
        booked = {REVENUE: (-24.0, {"To Amazon 0 % base"})}
        self.assert_posted(sale, 24.0, booked=booked)
        self.assertIn("does not say how much", self.messages())

    def test_09_amazon_collects_and_no_position_is_set(self):
        sale = self.import_from("fr", item(price="20.00", tax="4.00", remitted=True))
        self.assert_posted(sale, 20.0, booked={REVENUE: (-20.0, set())})
        self.assertIn("Amazon collects the tax", self.messages())
        self.import_from(
            "fr",
            item(price="20.00", tax="4.00", remitted=True),
            order_id="111-0000001-0000002",
        )
        self.assertFalse(self.last_run().warned, "It is said once")

    def test_10_united_states_amazon_remits(self):
        self.connection = self._connect("A1USA", "us")
        sale = self.import_from(
            "us",
            item(price="20.00", tax="1.65", remitted=True, currency="EUR"),
        )
        self.assert_posted(sale, 20.0, booked={REVENUE: (-20.0, set())})
        self.assertFalse(self.last_run().warned)

    def test_11_united_states_the_seller_owes_the_tax(self):
        self.connection = self._connect("A1USA", "us")
        sale = self.import_from("us", item(price="20.00", tax="1.65"))
        booked = {REVENUE: (-20.0, set()), "Tax Payable": (-1.65, set())}
        self.assert_posted(sale, 21.65, booked=booked)
        self.assertFalse(self.last_run().warned, "The account was found")

    def test_12_gift_wrap_and_promotion_of_the_item(self):
        wrapped = item(price="35.70", discount="-5.95")
        wrapped["proceeds"]["breakdowns"].append(
            {"type": "GIFT_WRAP", "subtotal": {"amount": "2.38", "currencyCode": "EUR"}}
        )
        wrapped["proceeds"]["proceedsTotal"]["amount"] = "32.13"
        sale = self.import_from("de", wrapped)
        booked = {
            REVENUE: (-27.0, {"Domestic 19 % base"}),
            "Domestic 19 %": (-5.13, {"Domestic 19 % tax"}),
        }
        self.assert_posted(sale, 32.13, booked=booked)


@tagged("post_install", "-at_install")
class TestTaxes(TaxCommon):
    def test_the_policy_follows_the_marketplace(self):
        self.assertEqual(self.storefront.tax_policy, "odoo")
        for country, policy in (("us", "amazon"), ("ca", "amazon"), ("mx", "odoo")):
            connection = self._connect(f"A1{country.upper()}", country)
            self.assertEqual(connection.storefront_ids.tax_policy, policy)

    def test_import_by_ioss_is_collected_also_without_a_collection(self):
        self.storefront.facilitator_position_id = self.collected
        shipping = {"internationalShipping": {"iossNumber": "IM0000000000"}}
        words = {
            "scheme": {"tax": IOSS},
            "number": {"fulfillment": {"quantityUnfulfilled": 1, "shipping": shipping}},
        }
        for place, (name, more) in enumerate(words.items()):
            for price in ("20.00", "24.00"):
                with self.subTest(name, price=price):
                    imported = item(price=price, tax="4.00") | more
                    imported["proceeds"]["proceedsTotal"]["amount"] = "24.00"
                    number = f"111-000000{place}-00000{price[:2]}"
                    sale = self.import_from("fr", imported, order_id=number)
                    self.assertEqual(sale.fiscal_position_id, self.collected)
                    self.assertEqual(sale.order_line.tax_ids, self.to_amazon)
                    self.assertEqual(sale.amount_total, 20.0)
                    self.assertFalse(self.last_run().warned)

    def test_import_by_ioss_without_a_tax_row_is_told(self):
        self.storefront.facilitator_position_id = self.collected
        sale = self.import_from("fr", item(price="24.00") | {"tax": IOSS})
        self.assertEqual(sale.amount_total, 24.0)
        self.assertEqual(sale.order_line.tax_ids, self.to_amazon)
        self.assertIn("does not say how much", self.messages())

    def test_the_union_scheme_alone_leaves_the_tax_to_the_seller(self):
        self.storefront.facilitator_position_id = self.collected
        union = {"taxCalculationBreakdowns": [{"reportingScheme": "UOSS"}]}
        sale = self.import_from("fr", item(price="20.00", tax="4.00") | {"tax": union})
        self.assertEqual(sale.fiscal_position_id, self.france)
        self.assertEqual(sale.amount_total, 24.0)
        self.assertEqual(sale.amount_tax, 4.0)

    def test_a_vat_number_that_the_seller_has_in_the_buyers_country(self):
        """French VAT under the French number, instead of the union's one-stop shop."""
        france = self.env.ref("base.fr")
        registered = self._create_position(
            "France registered",
            auto_apply=True,
            country="fr",
            foreign_vat="FR23334175221",
        )
        vat = self._create_tax(
            "TVA",
            20,
            position=registered,
            originals=self.tax19,
            country_id=france.id,
            tax_group_id=self.tax_group.copy({"country_id": france.id}).id,
        )
        self.france.active = False
        sale = self.import_from("fr", item(price="24.00", shipping="6.00"))
        self.assertEqual(sale.fiscal_position_id, registered)
        self.assertEqual(sale.order_line.tax_ids, vat)
        self.assertEqual(sale.amount_total, 30.0)
        invoice = self.invoice(sale)
        self.assertEqual(invoice.amount_total, 30.0)
        self.assertEqual(invoice.tax_country_id, france)
        booked = {
            REVENUE: (-25.0, {"TVA 20 % base"}),
            "TVA 20 %": (-5.0, {"TVA 20 % tax"}),
        }
        self.assertEqual(self.postings(invoice), booked)
        self.assertFalse(self.last_run().warned)

    def test_items_of_two_kinds_each_have_their_own_position(self):
        self.storefront.facilitator_position_id = self.collected
        sale = self.import_from(
            "fr",
            item("1", price="20.00", tax="4.00", remitted=True),
            item("2", "BOOK", price="12.00"),
        )
        self.assertEqual(sale.fiscal_position_id, self.france)
        self.assertEqual(sale.order_line.mapped("tax_ids"), self.to_amazon | self.tax20)
        self.assertEqual(sale.amount_total, 32.0)

    def test_the_position_stays_when_the_address_is_changed(self):
        self.storefront.facilitator_position_id = self.collected
        sale = self.import_from("fr", item(tax="2.00", remitted=True))
        sale.partner_shipping_id = self.env["res.partner"].create(
            {"name": "Otto Muster", "country_id": self.env.ref("base.de").id}
        )
        self.assertEqual(sale.fiscal_position_id, self.collected)

    def test_another_tax_than_amazons_is_a_warning(self):
        self.import_from("de", item(price="20.00", tax="4.00"))
        said = self.messages()
        self.assertIn("111-0000001-0000001", said)
        for amount in ("4.00", "3.83"):
            self.assertIn(amount, said)
        self.assertNotIn("Berta", said)

    def test_a_cent_of_rounding_is_no_warning(self):
        self.import_from("de", item(price="20.00", tax="3.81"))
        self.assertFalse(self.last_run().warned)

    def test_unremitted_tax_without_account_is_told(self):
        self.company.account_sale_tax_id = False
        self.connection = self._connect("A1USA", "us")
        sale = self.import_from("us", item(price="20.00", tax="1.65"))
        self.assertEqual(sale.amount_total, 21.65)
        self.assertIn("Account for tax", self.messages())

    def test_the_chosen_account_counts(self):
        self.connection = self._connect("A1USA", "us")
        chosen = self._create_account("Sales Tax CA", "EX2101")
        self.storefront.tax_account_id = chosen
        sale = self.import_from("us", item(price="20.00", tax="1.65"))
        booked = self.postings(self.invoice(sale))
        self.assertEqual(booked["Sales Tax CA"], (-1.65, set()))

    def test_contained_tax_that_the_seller_owes_is_no_revenue(self):
        self.connection = self._connect("A1USA", "us")
        contained = item(price="21.65", tax="1.65")
        contained["proceeds"]["proceedsTotal"]["amount"] = "21.65"
        sale = self.import_from("us", contained)
        self.assertEqual(sale.amount_total, 21.65)
        booked = self.postings(self.invoice(sale))
        self.assertEqual(booked[REVENUE], (-20.0, set()))

    def test_prices_that_contain_the_tax_in_odoo(self):
        included = self._create_tax(
            "Contained", 19, price_include_override="tax_included"
        )
        self.mug.taxes_id = included
        numbers = range(1, 20)
        sales = self.import_all(
            **{f"n-{n}": [item(price=f"{n}.{n:02}", shipping="3.33")] for n in numbers}
        )
        for number, sale in zip(numbers, sales, strict=True):
            self.assertEqual(sale.amount_total, round(number * 1.01 + 3.33, 2))

    def test_each_amount_is_met_by_either_way_of_rounding(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            prices = [cents / 100 for cents in range(1000, 1010)]
            orders = {
                f"{method}-{price}": [
                    item("1", price=f"{price:.2f}", shipping="1.01"),
                    item("2", "BOOK", quantity=3, price=f"{price + 0.01:.2f}"),
                ]
                for price in prices
            }
            for price, sale in zip(prices, self.import_all(**orders), strict=True):
                with self.subTest(method=method, price=price):
                    expected = round(4 * price + 1.04, 2)
                    self.assertEqual(sale.amount_total, expected)
                    self.assertFalse(self.adjustments(sale))
                    self.assertEqual(self.invoice(sale).amount_total, expected)

    def change_place(self, country, *items, **more):
        """Have Amazon move the order to another country."""
        market = self.storefront.marketplace_id.amazon_marketplace_id
        self.fake.add(
            build_order(
                items=list(items),
                currency="EUR",
                marketplace=market,
                address={"countryCode": country.upper(), "stateOrRegion": ""},
                updated=ago(days=2),
                **more,
            )
        )
        self.download()

    def test_taxes_follow_the_buyer_to_another_country(self):
        sale = self.import_from("de", item(price="24.00"))
        self.change_place("fr", item(price="24.00"))
        self.assertEqual(sale.fiscal_position_id, self.france)
        self.assertEqual(sale.order_line.tax_ids, self.tax20)
        self.assertEqual(sale.amount_tax, 4.0)
        self.assertEqual(self.invoice(sale).amount_total, 24.0)

    def test_other_taxes_after_the_invoice_are_told(self):
        sale = self.import_from("de", item(price="24.00"))
        self.invoice(sale)
        self.change_place("fr", item(price="24.00"))
        self.assertIn("other taxes apply", str(sale.activity_ids.mapped("note")))

    def test_taxes_follow_an_address_that_is_shown_later(self):
        market = self.storefront.marketplace_id.amazon_marketplace_id
        document = build_order(
            items=[item(price="24.00")], currency="EUR", marketplace=market
        )
        document.pop("recipient")
        document.pop("buyer")
        self.fake.add(document)
        self.download()
        sale = self.order().sale_order_id
        self.assertTrue(self.order().is_address_missing)
        self.change_place("fr", item(price="24.00"))
        self.assertEqual(sale.fiscal_position_id, self.france)
        self.assertEqual(sale.order_line.tax_ids, self.tax20)
        self.assertEqual(sale.amount_total, 24.0)

    def test_a_discount_of_a_person_is_taken_once(self):
        sale = self.import_from("de", item(price="100.00"))
        sale.order_line.discount = 10.0
        self.assertEqual(sale.amount_total, 90.0)
        self.assertEqual(self.invoice(sale).amount_total, 90.0)
