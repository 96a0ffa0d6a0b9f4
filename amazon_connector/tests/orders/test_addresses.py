"""Where it goes: nothing that Amazon sends is lost for the label."""

from odoo.tests import tagged

from ..builders import build_order
from ..common import AmazonCommon

# country, what Amazon sends, the state's code in Odoo
STATES = (
    ("CA", "Québec", "QC"),
    ("CA", "Colombie-Britannique", "BC"),
    ("CA", "B.C.", "BC"),
    ("MX", "NUEVO LEON", "NLE"),
    ("MX", "Veracruz de Ignacio de la Llave", "VER"),
    ("MX", "CDMX", "CMX"),
    ("BR", "Sao Paulo", "SP"),
    ("ES", "A Coruña", "C"),
    ("ES", "Illes Balears", "PM"),
    ("ES", "Islas Baleares", "PM"),
    ("ES", "Álava", "VI"),
    ("ES", "Vizcaya", "BI"),
    ("IE", "Co. Dublin", "D"),
    ("IE", "County Cork", "C"),
    ("GB", "Greater London", "Q1"),
    ("GB", "Co. Durham", "E1"),
    ("US", "FL.", "FL"),
    ("US", "us-fl", "FL"),
    ("US", "florida", "FL"),
    ("US", "Washington, D.C.", "DC"),
    ("US", "PR", "PR"),
    ("AU", "VIC.", "VIC"),
    ("AU", "N.S.W.", "NSW"),
    ("DE", "Bayern", "DE-BY"),
    ("DE", "Thueringen", "DE-TH"),
    ("DE", "Saxony-Anhalt", "DE-ST"),
    ("JP", "東京都", "JP-13"),
    ("JP", "Tokyo", "JP-13"),
    ("TR", "Istanbul", "34"),
    ("IN", "Orissa", "OD"),
)


@tagged("post_install", "-at_install")
class TestAddresses(AmazonCommon):
    def delivery(self, preference=None, **address):
        """Return the delivery of an order with these parts of the address."""
        document = build_order(address=address)
        if preference:
            document["recipient"]["deliveryPreference"] = preference
        self.fake.add(document)
        self.download()
        row = self.order()
        self.assertEqual(row.state, "imported", row.error)
        return row.sale_order_id.picking_ids

    def printed(self, picking):
        """Return the text of the delivery slip."""
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "stock.action_report_delivery", picking.ids
        )
        return html.decode()

    # === STREET === #

    def test_the_first_line_that_says_something_is_the_street(self):
        partner = self.delivery(
            addressLine1="", addressLine2="Lindenweg 7", addressLine3="Hinterhaus"
        ).partner_id
        self.assertEqual(partner.street, "Lindenweg 7")
        self.assertEqual(partner.street2, "Hinterhaus")

    def test_district_and_municipality_are_on_the_label(self):
        partner = self.delivery(
            districtOrCounty="Kadıköy", municipality="Springfield"
        ).partner_id
        self.assertEqual(partner.street2, "Kadıköy")

    def test_the_company_of_the_address_is_printed(self):
        picking = self.delivery(companyName="ACME Logistics")
        self.assertIn("ACME Logistics", picking.partner_id._display_address())
        self.assertIn("ACME Logistics", self.printed(picking))

    def test_the_company_of_somebody_else_s_address_is_printed(self):
        picking = self.delivery(name="Otto Muster", companyName="ACME Logistics")
        self.assertEqual(picking.partner_id.name, "Otto Muster")
        self.assertIn("ACME Logistics", picking.partner_id._display_address())
        self.assertIn("ACME Logistics", self.printed(picking))

    def test_brazil_s_separate_parts_are_on_the_label(self):
        partner = self.delivery(
            addressLine1="",
            city="São Paulo",
            stateOrRegion="SP",
            countryCode="BR",
            extendedFields={
                "streetName": "Rua das Flores",
                "streetNumber": "123",
                "complement": "Apto 4",
                "neighborhood": "Jardim Botânico",
            },
        ).partner_id
        self.assertEqual(partner.street, "Rua das Flores, 123")
        self.assertEqual(partner.street2, "Apto 4, Jardim Botânico")

    # === COUNTRIES AND STATES === #

    def test_states_are_known_by_accents_dots_codes_and_local_names(self):
        found = []
        for number, (country, name, _code) in enumerate(STATES):
            self.fake.add(
                build_order(
                    order_id=f"111-0000001-{number:07}",
                    buyer=f"Buyer{number} Beispiel",
                    address={"countryCode": country, "stateOrRegion": name},
                )
            )
        self.download()
        for number, (country, name, _code) in enumerate(STATES):
            sale = self.order(f"111-0000001-{number:07}").sale_order_id
            partner = sale.partner_shipping_id
            found.append((country, name, partner.state_id.code))
            self.assertFalse(partner.street2)
        self.assertEqual(tuple(found), STATES)

    def test_a_state_that_odoo_does_not_know_is_kept(self):
        partner = self.delivery(stateOrRegion="Lummerland").partner_id
        self.assertEqual(partner.street2, "Lummerland")
        self.assertEqual(partner.country_id.code, "US")

    def test_a_territory_is_its_own_country(self):
        partner = self.delivery(countryCode="PR", stateOrRegion="PR").partner_id
        self.assertEqual(partner.country_id.code, "PR")
        self.assertFalse(partner.street2)

    def test_uk_is_the_united_kingdom(self):
        partner = self.delivery(countryCode="UK", stateOrRegion="").partner_id
        self.assertEqual(partner.country_id.code, "GB")

    def test_a_country_that_odoo_does_not_know_is_kept_told_and_stops_the_delivery(
        self,
    ):
        picking = self.delivery(countryCode="XX")
        self.assertFalse(picking.partner_id.country_id)
        self.assertIn("XX", picking.partner_id.street2)
        self.assertIn("country", self.last_run().line_ids.message)
        self.assertIn("no country", picking.amazon_stop_reason)
        picking.partner_id.country_id = self.env.ref("base.us")
        self.assertFalse(picking.amazon_stop_reason)

    # === WISHES === #

    def test_what_the_buyer_wishes_is_on_the_delivery_and_its_slip(self):
        picking = self.delivery(
            preference={
                "dropOffLocation": "Behind the shed",
                "addressInstruction": "Ring twice",
                "deliveryCapabilities": ["HAS_ACCESS_POINT"],
            },
            addressType="PICKUP_POINT",
        )
        self.assertEqual(
            picking.amazon_delivery_instructions.splitlines(),
            ["Pick-up point", "Behind the shed", "Ring twice", "Has access point"],
        )
        printed = self.printed(picking)
        self.assertIn("Behind the shed", printed)
        self.assertIn("Pick-up point", printed)
