"""A neutralized copy of the database knows no buyer."""

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestNeutralize(PrivacyCommon):
    def neutralize(self):
        self.env.flush_all()
        self.flush_tracking()
        for query in get_neutralization_queries(["amazon_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_buyers_go_with_the_secrets(self):
        row = self.put()
        row.sale_order_id.signed_by = "Nedlebuyer Person"
        self.talk_of(row)
        self.invoice(row.sale_order_id)
        own = self.env["res.partner"].create(
            {"name": "Own Customer", "email": "own@example.com"}
        )
        self.neutralize()
        self.assertEqual(self.find_needle(), set())
        self.assertEqual(own.name, "Own Customer")
        self.assertEqual(row.sale_order_id.partner_id.name, "Amazon buyer")

    def test_every_declared_field_is_emptied(self):
        """Also those that no import fills."""
        row = self.put()
        sale = row.sale_order_id
        records = {
            "sale.order": sale,
            "stock.picking": sale.picking_ids,
            "res.partner": sale.partner_id,
            "payment.transaction": self.env["payment.transaction"],
        }
        declared = self.env["amazon.personal.data"]._get_installed_fields()
        self.assertLessEqual(
            {one.model for one in declared if one.stored}, set(records)
        )
        for one in declared:
            for name in one.stored:
                field = self.env[one.model]._fields[name]
                if field.type in ("char", "text", "html"):
                    records[one.model].write({name: "Nedle"})
        self.neutralize()
        for one in declared:
            for name in one.stored:
                for record in records[one.model]:
                    with self.subTest(model=one.model, name=name):
                        self.assertNotIn("nedle", str(record[name]).lower())
