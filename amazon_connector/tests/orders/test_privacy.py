"""No personal data in the log, the history, reasons and activities' summaries."""

import logging

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...spapi.errors import RejectedError
from ..builders import ago
from ..common import AmazonCommon
from ..privacy_common import NEEDLE, build_needle_order


class Listener(logging.Handler):
    """Keeps what the server's log would show."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        """See ``logging.Handler``."""
        self.lines.append(self.format(record))


@tagged("post_install", "-at_install")
class TestPrivacy(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.listener = Listener()
        root = logging.getLogger()
        root.addHandler(self.listener)
        self.addCleanup(root.removeHandler, self.listener)

    def document(self, **more):
        return build_needle_order(is_business=True, quantity=2, **more)

    def put(self, **more):
        document = self.document(**more)
        self.fake.add(document)
        self.download()
        return self.order()

    def assert_no_needle(self):
        self.env.flush_all()
        rows = self.env["amazon.order"].search([])
        lines = self.env["amazon.history.line"].search([])
        activities = self.env["mail.activity"].search([])
        texts = {
            "log": self.listener.lines,
            "history": lines.mapped("message"),
            "reason": rows.filtered("error").mapped("error"),
            "summary": activities.filtered("summary").mapped("summary"),
            "jobs": [str(job) for job in self.env["amazon.job"].search([]).read()],
        }
        for place, found in texts.items():
            for text in found:
                self.assertNotIn(NEEDLE, text.lower(), f"Personal data in {place}")

    def get_personal_values(self):
        """Return all that the customers of the orders say, to quote it in an error."""
        partners = self.env["res.partner"].search([("amazon_buyer_key", "!=", False)])
        names = ("name", "complete_name", "email", "street", "street2", "city", "zip")
        names += ("phone", "vat", "company_name", "comment", "contact_address")
        values = [str(partner[name]) for partner in partners for name in names]
        sales = self.env["sale.order"].search([("amazon_order_ref", "!=", False)])
        values += sales.mapped("client_order_ref")
        values += [str(sale.amazon_delivery_instructions) for sale in sales]
        values += sales.order_line.mapped("name")
        self.assertIn(NEEDLE, " ".join(values).lower())
        return values

    # === WALKS === #

    def test_import_change_and_cancellation(self):
        row = self.put()
        self.assertEqual(row.state, "imported", row.error)
        self.assert_no_needle()
        changed = {"addressLine1": "8 Nedlestreet"}
        document = self.document(updated=ago(days=2))
        document["recipient"]["deliveryAddress"] |= changed
        document["orderItems"][0]["quantityOrdered"] = 1
        self.fake.add(document)
        self.download()
        self.assert_no_needle()
        self.put(status="CANCELLED", updated=ago(days=1))
        self.assertEqual(row.state, "cancelled")
        self.assert_no_needle()

    def test_cancellation_after_shipping(self):
        row = self.put()
        self.ship(row.sale_order_id)
        self.put(status="CANCELLED", updated=ago(days=1))
        self.assertTrue(row.sale_order_id.activity_ids)
        self.assert_no_needle()

    def test_an_error_of_odoo_that_quotes_the_buyer(self):
        test = self

        def fail(_sales):
            raise UserError(" / ".join(test.get_personal_values()))

        self.patch(self.env.registry["sale.order"], "action_confirm", fail)
        row = self.put()
        self.assertEqual(row.state, "failed")
        self.assertIn("•••", row.error)
        self.assert_no_needle()

    def test_an_unexpected_error_that_quotes_the_buyer(self):
        test = self

        def fail(_sales):
            raise KeyError(" / ".join(test.get_personal_values()))

        self.patch(self.env.registry["sale.order"], "action_confirm", fail)
        row = self.put()
        self.assertEqual(row.state, "failed")
        self.assertIn("KeyError", row.error)
        self.assert_no_needle()

    def test_a_statement_that_fails(self):
        def fail(sales):
            values = " ".join(self.get_personal_values())
            sales.env.cr.execute("SELECT %s::integer", [values])

        self.patch(self.env.registry["sale.order"], "action_confirm", fail)
        row = self.put()
        self.assertEqual(row.state, "failed")
        self.assert_no_needle()

    def test_values_that_cannot_be_read_or_stored(self):
        document = self.document()
        document["proceeds"]["grandTotal"]["amount"] = "nedle,00"
        document["buyer"]["buyerName"] = "Nedle\0buyer"
        self.fake.add(document)
        self.download()
        self.assertEqual(self.order().state, "failed")
        self.assert_no_needle()
        document = self.document(updated=ago(days=2))
        document["buyer"]["buyerName"] = "Nedle\0buyer" * 1000
        document["recipient"]["deliveryAddress"]["countryCode"] = "XX"
        self.fake.add(document)
        self.download()
        self.assertEqual(self.order().state, "imported", self.order().error)
        self.assertTrue(self.last_run().warned)
        self.assert_no_needle()

    def test_an_address_that_is_missing_and_shown_later(self):
        document = self.document()
        del document["recipient"]
        self.fake.add(document)
        self.download()
        self.assertTrue(self.order().is_address_missing)
        self.assert_no_needle()
        self.order().address_asked = False
        self.fake.errors = [
            RejectedError("Nedlebuyer is not found.", operation="getOrder")
        ]
        self.run_job("complete_addresses")
        self.fake.add(self.document())
        self.order().address_asked = False
        self.run_job("complete_addresses")
        self.assertFalse(self.order().is_address_missing)
        self.assert_no_needle()
