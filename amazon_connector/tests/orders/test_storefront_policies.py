"""What a storefront decides about its sale orders: number, team, tags."""

from odoo.fields import Command
from odoo.tests import Form

from ..builders import build_order
from ..common import AmazonCommon

ORDER = "111-0000001-0000001"


class TestStorefrontPolicies(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.storefront = self.connection.storefront_ids

    def test_at_first_odoo_numbers_the_orders(self):
        sale = self.import_order()
        self.assertNotIn(ORDER, sale.name)
        self.assertFalse(sale.tag_ids)

    def test_amazons_number_is_the_number(self):
        self.storefront.order_name_policy = "amazon"
        sale = self.import_order()
        self.assertEqual(sale.name, ORDER)
        self.assertEqual(sale.picking_ids.origin, ORDER)

    def test_a_prefix_says_where_it_came_from(self):
        self.storefront.write(
            {"order_name_policy": "amazon", "order_name_prefix": "US-"}
        )
        self.assertEqual(self.import_order().name, f"US-{ORDER}")

    def test_the_prefix_counts_with_amazons_number_only(self):
        self.storefront.order_name_prefix = "US-"
        self.assertNotIn("US-", self.import_order().name)

    def test_team_and_tags_are_set(self):
        team = self.env["crm.team"].create({"name": "Marketplaces"})
        tags = self.env["crm.tag"].create([{"name": "Amazon"}, {"name": "US"}])
        self.storefront.write({"team_id": team.id, "tag_ids": [Command.set(tags.ids)]})
        sale = self.import_order()
        self.assertEqual(sale.team_id, team)
        self.assertEqual(sale.tag_ids, tags)

    def test_each_storefront_decides_for_itself(self):
        canada = self.env["amazon.storefront"].create(
            {
                "connection_id": self.connection.id,
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_ca"
                ).id,
                "active": True,
                "order_name_policy": "amazon",
            }
        )
        self.fake.add(build_order())
        self.fake.add(
            build_order(
                "111-0000001-0000002",
                marketplace=canada.marketplace_id.amazon_marketplace_id,
            )
        )
        self.download()
        self.assertNotEqual(self.order().sale_order_id.name, ORDER)
        other = self.order("111-0000001-0000002")
        self.assertEqual(other.sale_order_id.name, "111-0000001-0000002")

    def test_the_form_is_saved(self):
        with Form(self.storefront) as form:
            form.order_name_policy = "amazon"
            form.order_name_prefix = "A-"
        self.assertEqual(self.storefront.order_name_prefix, "A-")
        self.assertEqual(
            self.storefront.action_open_form()["res_id"], self.storefront.id
        )
