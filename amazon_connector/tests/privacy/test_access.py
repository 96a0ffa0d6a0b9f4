"""Who reads, prints or exports which buyer's data is logged, without the data."""

from datetime import timedelta
from types import SimpleNamespace

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.base.models import ir_attachment as attachment_module

from ...models.privacy import amazon_personal_record
from ..privacy_common import PrivacyCommon

_GROUPS = (
    "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,"
    "amazon_connector.amazon_connector_group_personal_data,base.group_allow_export,"
    "account.group_account_invoice"
)


@tagged("post_install", "-at_install")
class TestAccess(PrivacyCommon):
    def prepare(self):
        super().prepare()
        self.row = self.put()
        self.reader = new_test_user(self.env, "reader", _GROUPS)

    def logged(self):
        """Return ``[(login, order number, action)]`` once the transaction is over."""
        self.env.cr.postcommit.run()
        rows = self.env["amazon.personal.data.access"].search([], order="id")
        return [(row.user_id.login, row.amazon_order_ref, row.action) for row in rows]

    def assertLogged(self, action, reading, *arguments):
        """See that a reading is logged, whatever was read before."""
        self.env.flush_all()
        self.env.cr.postcommit.clear()
        self.env["amazon.personal.data.access"].search([]).unlink()
        amazon_personal_record._noted.keys.clear()
        reading(*arguments)
        self.assertEqual(self.logged(), self.expected(action))

    def as_reader(self, record):
        self.env.invalidate_all()
        return record.with_user(self.reader)

    def expected(self, action="read"):
        return [("reader", self.row.amazon_order_id, action)]

    def test_each_place_that_shows_the_buyer_is_logged(self):
        sale = self.row.sale_order_id
        for record, name in (
            (self.row, "partner_id"),
            (sale, "partner_shipping_id"),
            (sale, "amazon_gift_note"),
            (sale.picking_ids, "partner_id"),
            (sale.partner_id, "email"),
            (sale.partner_id, "display_name"),
        ):
            with self.subTest(model=record._name, name=name):
                shown = self.as_reader(record)
                self.assertLogged("read", shown.web_read, {name: {}})

    def test_an_invoice_is_logged(self):
        invoice = self.invoice(self.row.sale_order_id)
        shown = self.as_reader(invoice)
        for name in ("partner_id", "invoice_partner_display_name"):
            with self.subTest(name):
                self.assertLogged("read", shown.read, [name])
        reports = self.env["ir.actions.report"].with_user(self.reader)
        render = reports._render_qweb_html
        self.assertLogged("print", render, "account.report_invoice", invoice.ids)

    def test_a_link_to_the_buyer_is_logged_wherever_it_is(self):
        lines = self.invoice(self.row.sale_order_id).line_ids
        shown = self.as_reader(lines)
        mine = [("id", "in", lines.ids)]
        named = {"partner_id": {"fields": {"display_name": {}}}}
        by = ["partner_id"]
        for action, reading, *arguments in (
            ("read", shown.web_read, named),
            ("read", shown.read, by),
            ("read", shown.formatted_read_group, mine, by),
            ("read", shown.formatted_read_grouping_sets, mine, [[], by]),
            ("export", shown.export_data, by),
            ("export", shown.export_data, ["partner_id/name"]),
        ):
            with self.subTest(reading.__name__):
                self.assertLogged(action, reading, *arguments)

    def test_a_link_to_somebody_else_is_not(self):
        users = self.as_reader(self.env.user)
        users.read(["partner_id"])
        self.assertEqual(self.logged(), [])

    def test_a_link_that_leads_nowhere_breaks_nothing(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        orders = self.env["sale.order"].with_user(self.reader)
        buyer = self.row.sale_order_id.partner_id
        self.assertLogged(
            "read", orders._note_named_buyers, "read", [gone.id, buyer.id, False]
        )

    def test_what_hangs_on_a_delivery_is_logged(self):
        picking = self.row.sale_order_id.picking_ids
        words = "For Nedlebuyer"
        message = picking.message_post(body=words, message_type="comment")
        activity = picking.activity_schedule(
            "mail.mail_activity_data_todo", note="Call her", user_id=self.reader.id
        )
        label = self.env["ir.attachment"].create(
            {
                "name": "label.txt",
                "raw": b"Nedlelabel",
                "res_model": picking._name,
                "res_id": picking.id,
            }
        )
        for record, name in ((message, "body"), (activity, "note"), (label, "raw")):
            shown = self.as_reader(record)
            with self.subTest(record._name):
                self.assertLogged("read", shown.read, [name])
        # As the page does, which opens it for who may read it.
        opened = self.as_reader(label).sudo()
        request = SimpleNamespace(db=self.env.cr.dbname)
        self.patch(attachment_module, "request", request)
        self.assertLogged("read", opened._to_http_stream)

    def test_a_list_is_logged(self):
        orders = self.env["amazon.order"].with_user(self.reader)
        orders.web_search_read([], {"partner_id": {}})
        self.assertEqual(self.logged(), self.expected())

    def test_a_name_that_is_offered_or_is_the_title_of_a_group_is_logged(self):
        partners = self.env["res.partner"].with_user(self.reader)
        partners.name_search("Nedlebuyer")
        self.assertEqual(self.logged(), self.expected())
        self.env["amazon.personal.data.access"].search([]).unlink()
        amazon_personal_record._noted.keys.clear()
        sales = self.env["sale.order"].with_user(self.reader)
        mine = [("id", "=", self.row.sale_order_id.id)]
        sales.web_read_group(mine, ["partner_id"], ["__count"])
        self.assertEqual(self.logged(), self.expected())

    def test_what_names_nobody_is_not_logged(self):
        self.as_reader(self.row).read(["status", "ship_by"])
        self.as_reader(self.row.sale_order_id).read(["amount_total"])
        self.assertEqual(self.logged(), [])

    def test_what_the_server_does_is_not_logged(self):
        self.row.sudo().read(["partner_id"])
        self.row.sale_order_id.partner_id.sudo().read(["name"])
        self.assertEqual(self.logged(), [])

    def test_one_row_for_a_user_an_order_and_a_day(self):
        for _again in range(3):
            self.as_reader(self.row).read(["partner_id"])
            self.as_reader(self.row.sale_order_id).read(["partner_id"])
            self.logged()
        self.assertEqual(self.logged(), self.expected())

    def test_the_row_shows_the_most_that_was_done(self):
        self.as_reader(self.row).export_data(["partner_id/name"])
        self.assertEqual(self.logged(), self.expected("export"))
        self.as_reader(self.row.sale_order_id).read(["partner_id"])
        self.assertEqual(self.logged(), self.expected("export"))

    def test_a_printed_slip_is_logged(self):
        reports = self.env["ir.actions.report"].with_user(self.reader)
        reports._render_qweb_html(
            "stock.report_deliveryslip", self.row.sale_order_id.picking_ids.ids
        )
        self.assertEqual(self.logged(), self.expected("print"))

    def test_a_reading_costs_no_statement_the_second_time(self):
        sale = self.row.sale_order_id
        self.as_reader(sale).read(["partner_id"])
        self.logged()
        record = self.as_reader(sale)
        with self.assertQueryCount(0):
            record._note_personal_access("read", ["partner_id"])
        self.assertEqual(self.logged(), self.expected())

    def test_what_was_rolled_back_is_logged_the_next_time(self):
        record = self.as_reader(self.row)
        record._note_personal_access("read", ["partner_id"])
        self.env.cr.postcommit.clear()
        self.env.cr.postrollback.run()
        record._note_personal_access("read", ["partner_id"])
        self.assertEqual(self.logged(), self.expected())

    def test_the_log_holds_no_data_and_nobody_writes_it(self):
        self.as_reader(self.row).read(["partner_id"])
        self.logged()
        self.assertNotIn(
            ("amazon_personal_data_access", "amazon_order_ref"), self.find_needle()
        )
        manager = new_test_user(
            self.env, "manager", "amazon_connector.amazon_connector_group_manager"
        )
        log = self.env["amazon.personal.data.access"].with_user(manager).search([])
        self.assertTrue(log)
        with self.assertRaises(AccessError):
            log.unlink()
        with self.assertRaises(AccessError):
            log.with_user(self.reader).read(["user_id"])

    def test_the_log_goes_after_a_year(self):
        self.as_reader(self.row).read(["partner_id"])
        self.logged()
        log = self.env["amazon.personal.data.access"].search([])
        log.day = fields.Date.today() - timedelta(days=365)
        log._gc_accesses()
        self.assertTrue(log.exists())
        log.day = fields.Date.today() - timedelta(days=366)
        log._gc_accesses()
        self.assertFalse(log.exists())
