"""Nothing is sent to Amazon's buyers by itself; what a person writes is."""

import runpy
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.modules import module
from odoo.tests import new_test_user, tagged

from ..common import AmazonCommon

ADDON = Path(__file__).resolve().parents[2]
MIGRATION = ADDON / "migrations" / "19.0.1.3.0" / "post-mark-buyers.py"


@tagged("post_install", "-at_install")
class TestNoMail(AmazonCommon):
    def prepare(self):
        super().prepare()
        self.env.company.stock_move_email_validation = True
        self.sale = self.import_order()
        self.buyer = self.sale.partner_id
        self.shop_customer = self.env["res.partner"].create(
            {"name": "Shop Customer", "email": "shop@example.com"}
        )
        self.author = new_test_user(
            self.env,
            "packer",
            "sales_team.group_sale_manager,stock.group_stock_manager",
            email="packer@example.com",
        )

    def mails(self):
        """Return the e-mails that are about to leave, or left, by their recipients."""
        mails = self.env["mail.mail"].sudo().search([("state", "!=", "cancel")])
        return mails.recipient_ids

    def notified(self):
        return self.env["mail.notification"].sudo().search([]).res_partner_id

    def assert_not_reached(self):
        self.assertNotIn(self.buyer, self.mails())
        self.assertNotIn(self.buyer, self.notified())

    def shop_order(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.shop_customer.id,
                "order_line": [(0, 0, {"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        return sale

    # === BY THEMSELVES === #

    def test_no_delivery_email(self):
        picking = self.ship(self.sale)
        self.assertEqual(picking.state, "done")
        self.assert_not_reached()
        self.assertNotIn("shipped", " ".join(picking.message_ids.mapped("body")))

    def test_other_customers_still_get_it_in_the_same_batch(self):
        pickings = self.sale.picking_ids | self.shop_order().picking_ids
        pickings.move_ids.picked = True
        pickings._action_done()
        self.assertIn(self.shop_customer, self.notified())
        self.assert_not_reached()

    def test_no_order_confirmation(self):
        self.sale._send_order_confirmation_mail()
        self.sale._send_payment_succeeded_for_order_mail()
        self.assertFalse(self.sale.pending_email_template_id)
        self.assert_not_reached()
        shop_order = self.shop_order()
        shop_order._send_order_confirmation_mail()
        self.assertIn(self.shop_customer, self.notified())

    def have_text_messages_sent(self, **values):
        """Text messages tell the customers of this company what was shipped."""
        if "sms.sms" not in self.env:
            self.skipTest("The app for text messages is not installed.")
        self.env.company.write({"stock_text_confirmation": True, **values})
        self.buyer.phone = "+1 555 0100"
        return patch.object(module, "current_test", None)

    def test_who_packs_is_not_asked_about_a_text_message(self):
        picking = self.sale.picking_ids
        picking.move_ids.picked = True
        with self.have_text_messages_sent(has_received_warning_stock_sms=False):
            picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_no_text_message(self):
        with self.have_text_messages_sent(has_received_warning_stock_sms=True):
            self.ship(self.sale)
        self.assertFalse(
            self.env["sms.sms"].sudo().search([("partner_id", "=", self.buyer.id)])
        )

    def test_no_coupon_and_no_invitation_made_of_a_template(self):
        template = self.env["mail.template"].create(
            {
                "name": "Coupon",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Your coupon",
                "body_html": "<p>10 %</p>",
                "partner_to": "{{ object.id }}",
            }
        )
        mail = self.env["mail.mail"].browse(template.send_mail(self.buyer.id))
        self.assertEqual(mail.state, "cancel")
        self.assert_not_reached()
        template.write({"partner_to": False, "email_to": "{{ object.email }}"})
        mail = self.env["mail.mail"].browse(template.send_mail(self.buyer.id))
        self.assertEqual(mail.state, "cancel")
        template.partner_to = "{{ object.id }}"
        template.email_to = False
        mail = self.env["mail.mail"].browse(template.send_mail(self.shop_customer.id))
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.shop_customer)

    def test_the_import_tells_loyalty_programmes_to_be_quiet(self):
        contexts = []
        sale_class = type(self.env["sale.order"])
        confirm = sale_class._action_confirm

        def action_confirm(sales):
            contexts.append(sales.env.context.get("loyalty_no_mail"))
            return confirm(sales)

        self.patch(self.env.registry["sale.order"], "_action_confirm", action_confirm)
        self.import_order(order_id="111-0000001-0000002")
        self.shop_order()
        self.assertEqual(contexts, [True, None])

    def test_no_message_of_an_automation_on_order_delivery_or_invoice(self):
        text = "Something"
        invoice = self.sale._create_invoices()
        for record in (self.sale, self.sale.picking_ids, invoice):
            record.message_subscribe(self.buyer.ids)
            record.with_user(SUPERUSER_ID).message_post(
                body=text,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.buyer.ids,
            )
            record.with_user(self.author).message_post(
                body=text,
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.buyer.ids,
            )
        self.assert_not_reached()

    def test_customers_of_earlier_versions_are_known_as_amazon_s(self):
        self.buyer.sudo().amazon_buyer_key = False
        self.shop_order()
        self.env.flush_all()
        migration = runpy.run_path(str(MIGRATION))
        migration["migrate"](self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertEqual(self.buyer._filter_amazon_buyers(), self.buyer)
        self.assertFalse(self.shop_customer._filter_amazon_buyers())

    # === BY A PERSON === #

    def test_what_a_person_writes_reaches_the_buyer(self):
        text = "Which colour?"
        self.sale.with_user(self.author).message_post(
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.buyer.ids,
        )
        self.assertIn(self.buyer, self.notified())
