"""Which product a listing could stand for is suggested, each time with the reason."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..builders import build_item, build_order
from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon


class SuggestionsCommon(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.connection.download_products = False

    def fetch(self, *documents):
        """Have these listings downloaded, and none linked but by its reference."""
        self.fake.list(*documents)
        self.connection.action_download_products()
        self.download_products()

    def create_product(self, name, **values):
        return self.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, **values}
        )

    def suggest(self, **listing):
        """Fetch one listing; return (the product that is suggested, why)."""
        self.fetch(build_listing("SKU-1", **listing))
        row = self.listing("SKU-1")
        self.assertFalse(row.product_id)
        return row.suggested_product_id, row.suggestion_reason


@tagged("post_install", "-at_install")
class TestReasons(SuggestionsCommon):
    def test_the_sku_without_capitals_and_punctuation(self):
        product = self.create_product("Lamp", default_code="sku_1")
        suggested, reason = self.suggest()
        self.assertEqual(suggested, product)
        self.assertIn("internal reference", reason)
        self.assertIn("capitals or punctuation", reason)

    def test_the_reference_itself_comes_before_one_that_is_like_it(self):
        """As when the product is made after the listing came in."""
        self.fetch(build_listing("SKU-1"))
        self.create_product("Other", default_code="sku 1")
        product = self.create_product("Lamp", default_code="SKU-1")
        row = self.listing("SKU-1")
        self.assertEqual(row.suggested_product_id, product)
        self.assertEqual(row.suggestion_reason, "Its internal reference is the SKU.")

    def test_the_barcode_however_it_is_written(self):
        product = self.create_product("Lamp", barcode="012345678905")
        suggested, reason = self.suggest(barcode="0012345678905")
        self.assertEqual(suggested, product)
        self.assertIn("barcode", reason)

    def test_the_asin_that_another_listing_is_linked_by(self):
        self.fetch(build_listing("USED-1", asin="B0LAMP"))
        product = self.create_product("Lamp")
        self.listing("USED-1").product_id = product
        suggested, reason = self.suggest(asin="B0LAMP")
        self.assertEqual(suggested, product)
        self.assertIn("USED-1", reason)
        self.assertIn("B0LAMP", reason)

    def test_a_name_like_the_title(self):
        product = self.create_product("Desk lamp, brass, dimmable")
        self.create_product("Desk lamp, plastic")
        self.create_product("Desk")
        suggested, reason = self.suggest(
            title="Acme DESK LAMP with dimmable light - Brass (2 m cable)"
        )
        self.assertEqual(suggested, product)
        for word in ("desk", "lamp", "dimmable", "brass"):
            self.assertIn(word, reason)

    def test_the_variant_whose_values_are_in_the_title(self):
        values = [Command.create({"name": name}) for name in ("Petrol", "Ochre")]
        attribute = self.env["product.attribute"].create(
            {"name": "Invented colour", "value_ids": values}
        )
        line = {"attribute_id": attribute.id, "value_ids": attribute.value_ids.ids}
        template = self.env["product.template"].create(
            {"name": "Woollen hat", "attribute_line_ids": [Command.create(line)]}
        )
        suggested, _reason = self.suggest(title="Woollen hat for winter, ochre")
        self.assertEqual(suggested, template.product_variant_ids[1])

    def test_one_word_in_common_is_no_resemblance(self):
        self.create_product("Lamp")
        suggested, reason = self.suggest(title="Lamp oil, one gallon")
        self.assertFalse(suggested)
        self.assertFalse(reason)

    def test_a_product_that_stands_for_another_sku_is_not_meant_by_its_title(self):
        product = self.create_product("Desk lamp, brass", default_code="OTHER")
        self.fetch(build_listing("OTHER", asin="B0OTHER"))
        self.assertEqual(self.listing("OTHER").product_id, product)
        suggested, _reason = self.suggest(title="Desk lamp, brass")
        self.assertFalse(suggested)

    def test_a_stronger_reason_comes_first(self):
        by_reference = self.create_product("Lamp", default_code="sku1")
        self.create_product("Other", barcode="4006381333931")
        suggested, _reason = self.suggest(barcode="4006381333931")
        self.assertEqual(suggested, by_reference)


@tagged("post_install", "-at_install")
class TestDoubt(SuggestionsCommon):
    def test_of_several_none_is_suggested_and_all_are_named(self):
        first = self.create_product("Lamp", default_code="SKU.1")
        second = self.create_product("Lantern", default_code="sku1")
        suggested, reason = self.suggest()
        self.assertFalse(suggested)
        for product in first | second:
            self.assertIn(product.display_name, reason)

    def test_a_weaker_reason_that_is_clear_decides(self):
        self.create_product("Lamp", default_code="SKU.1")
        product = self.create_product(
            "Lantern", default_code="sku1", barcode="4006381333931"
        )
        suggested, reason = self.suggest(barcode="4006381333931")
        self.assertEqual(suggested, product)
        self.assertIn("barcode", reason)

    def test_services_are_neither_suggested_nor_linked(self):
        service = self.create_product("Repair", default_code="sku1")
        service.write({"type": "service", "is_storable": False})
        suggested, _reason = self.suggest()
        self.assertFalse(suggested)
        with self.assertRaisesRegex(ValidationError, "no goods"):
            self.listing("SKU-1").product_id = service

    def test_a_service_with_the_sku_is_not_linked_by_the_download(self):
        service = self.create_product("Repair", default_code="SKU-1")
        service.write({"type": "service", "is_storable": False})
        self.fetch(build_listing("SKU-1"), build_listing("MUG"))
        self.assertFalse(self.listing("SKU-1").product_id)
        self.assertIn("no goods", self.listing("SKU-1").error)
        self.assertEqual(self.listing("MUG").product_id, self.mug)

    def test_products_of_other_companies_are_not_suggested(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.create_product("Lamp", default_code="sku1", company_id=other.id)
        suggested, _reason = self.suggest()
        self.assertFalse(suggested)

    def test_archived_products_are_not_suggested(self):
        self.create_product("Lamp", default_code="sku1").active = False
        suggested, _reason = self.suggest()
        self.assertFalse(suggested)

    def test_linked_and_removed_listings_have_no_suggestion(self):
        self.create_product("Mug", default_code="mug.")
        self.fetch(build_listing("MUG"))
        self.assertEqual(self.listing().product_id, self.mug)
        self.assertFalse(self.listing().suggestion_reason)

    def test_a_page_of_listings_takes_no_more_queries_than_one(self):
        count = 40
        for number in range(count):
            self.create_product(f"Lamp {number}", default_code=f"sku_{number}")
        self.fetch(*(build_listing(f"SKU-{number}") for number in range(count)))
        counts = []
        ids = self.connection.listing_ids.ids
        for some_ids in (ids[:1], ids):
            self.env.invalidate_all()
            some = self.env["amazon.listing"].browse(some_ids)
            # What any list reads.
            some.mapped("company_id.parent_ids")
            before = self.env.cr.sql_log_count
            self.assertTrue(all(some.mapped("suggested_product_id")))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)


@tagged("post_install", "-at_install")
class TestLinkSuggested(SuggestionsCommon):
    def prepare(self):
        super().prepare()
        self.lamps = [
            self.create_product(f"Lamp {number}", default_code=f"sku_{number}")
            for number in range(3)
        ]
        self.open_storefront()
        self.fetch(
            *(build_listing(f"SKU-{number}") for number in range(3)),
            build_listing("SKU-0", marketplace=CA),
            build_listing("ALIEN", title="Nothing like it"),
        )
        self.rows = self.connection.listing_ids

    def test_many_are_linked_in_one_step_in_all_storefronts(self):
        notification = self.rows.action_link_suggested()
        for number, lamp in enumerate(self.lamps):
            self.assertEqual(self.listing(f"SKU-{number}").product_id, lamp)
        self.assertEqual(len(self.lamps[0].amazon_listing_ids), 2)
        message = notification["params"]["message"]
        self.assertIn("SKU-0", message)
        self.assertIn("not linked: 1", message)

    def test_the_row_s_own_button_links_what_the_person_saw(self):
        listing = self.listing("SKU-1")
        seen = self.lamps[2]
        listing.with_context(amazon_product_id=seen.id).action_link_suggested()
        self.assertEqual(listing.product_id, seen)

    def test_without_any_suggestion_it_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "Create Product"):
            self.listing("ALIEN").action_link_suggested()

    def test_an_order_that_waited_comes_in(self):
        self.fake.add(build_order(items=[build_item(sku="SKU-2")]))
        self.download()
        self.assertEqual(self.order().state, "held")
        self.listing("SKU-2").action_link_suggested()
        self.download()
        self.assertEqual(
            self.order().sale_order_id.order_line.product_id, self.lamps[2]
        )

    def test_a_user_of_the_connector_suffices(self):
        user = new_test_user(
            self.env, "linker", groups="amazon_connector.amazon_connector_group_user"
        )
        self.listing("SKU-1").with_user(user).action_link_suggested()
        self.assertEqual(self.listing("SKU-1").product_id, self.lamps[1])
