"""A needle in every personal field: who finds it, and where, before and afterwards."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..privacy_common import PrivacyCommon

# What an invoice has to say of its buyer, and what the database derives from it.
KEPT_BY_LAW = {
    ("account_move", "invoice_partner_display_name"),
    # The buyer's number of the purchase is printed on the invoice.
    ("account_move", "ref"),
    ("account_move_line", "name"),
    ("account_move_line", "ref"),
    ("res_partner", "city"),
    ("res_partner", "commercial_company_name"),
    ("res_partner", "company_name"),
    ("res_partner", "complete_name"),
    ("res_partner", "name"),
    ("res_partner", "street"),
    ("res_partner", "street2"),
    ("res_partner", "vat"),
    ("res_partner", "zip"),
}


@tagged("post_install", "-at_install")
class TestNeedle(PrivacyCommon):
    def test_it_is_found_before(self):
        row = self.put_shipped()
        self.talk_of(row)
        found = self.find_needle()
        for place in (
            ("amazon_order", "document_encrypted"),
            ("amazon_order", "reflected_encrypted"),
            ("ir_attachment", "raw"),
            ("mail_activity", "note"),
            ("mail_blacklist", "email"),
            ("mail_mail", "body_html"),
            ("mail_message", "body"),
            ("mail_message", "subject"),
            ("mail_tracking_value", "new_value_char"),
            ("res_partner", "street"),
            ("sale_order", "amazon_delivery_instructions"),
            ("sale_order", "client_order_ref"),
            ("stock_picking", "note"),
        ):
            self.assertIn(place, found)

    def test_nothing_is_found_after_the_days(self):
        row = self.put_shipped(cancel=True)
        self.talk_of(row)
        self.let_days_pass(row)
        self.remove()
        self.assertTrue(row.personal_data_removed_on)
        self.assertEqual(self.find_needle(), set())

    def test_an_invoice_keeps_what_the_law_asks_for(self):
        row = self.put_shipped()
        invoice = self.invoice(row.sale_order_id)
        self.talk_of(row)
        word = "Nedleword"
        invoice.message_post(body=word, message_type="comment")
        name = row.sale_order_id.partner_invoice_id.name
        self.let_days_pass(row)
        self.remove()
        found = self.find_needle()
        self.assertLessEqual(found, KEPT_BY_LAW)
        self.assertIn(("res_partner", "name"), found)
        notes = invoice.line_ids.filtered(lambda line: line.display_type == "line_note")
        self.assertEqual(notes.name, "Gift message: •••")
        self.assertEqual(invoice.partner_id.name, name)
        self.assertFalse(invoice.partner_id.active)
        self.assertFalse(invoice.partner_id.email)
        self.assertFalse(invoice.partner_id.phone)

    def test_country_and_state_stay_for_the_taxes(self):
        row = self.put_shipped()
        self.let_days_pass(row)
        self.remove()
        partner = row.sale_order_id.partner_shipping_id
        self.assertEqual(partner.country_id.code, "US")
        self.assertEqual(partner.state_id.code, "IL")
        self.assertEqual(row._parse_document().address.state, "IL")

    # === WHO READS IT === #

    def test_only_the_group_reads_who_bought(self):
        row = self.put_shipped()
        reader = new_test_user(
            self.env, "reader", "amazon_connector.amazon_connector_group_personal_data"
        )
        user = new_test_user(
            self.env, "plain", "amazon_connector.amazon_connector_group_user"
        )
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["partner_id"]
        self.assertIn("Nedle", str(row.with_user(reader).read(names)))
        with self.assertRaises(AccessError):
            row.with_user(user).read(names)
        shown = str(row.with_user(user).read())
        self.assertNotIn("nedle", shown.lower())
        buyer = row.sudo().sale_order_id.partner_id
        self.assertTrue(buyer.with_user(reader).read(["name"]))
        with self.assertRaises(AccessError):
            buyer.with_user(user).read(["name"])

    def test_who_packs_reads_where_the_delivery_goes(self):
        row = self.put()
        packer = new_test_user(self.env, "packer", "stock.group_stock_user")
        picking = row.sale_order_id.picking_ids.with_user(packer)
        self.assertTrue(picking.partner_id.read(["street"])[0]["street"])
        self.assertIn("Nedleinstruction", picking.amazon_delivery_instructions)
