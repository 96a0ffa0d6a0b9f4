"""Rules: less than there is, or nothing, is offered; the nearest of a type holds."""

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.inventory.inventory_rules import Rule, apply_rules
from ..builders import ago
from ..fake_listings import build_listing
from ..inventory_common import InventoryCommon


class RulesCommon(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.rules = self.env["amazon.inventory.rule"]
        self.category = self.env["product.category"].create(
            {
                "name": "Mugs",
                "parent_id": self.env["product.category"].create({"name": "Ware"}).id,
            }
        )
        self.mug.categ_id = self.category
        self.targets = {
            "connection": {"connection_id": self.connection.id},
            "storefront": {"storefront_id": self.listing().storefront_id.id},
            "category": {"categ_id": self.category.id},
            "product": {"product_tmpl_id": self.mug.product_tmpl_id.id},
            "variant": {"product_id": self.mug.id},
            "listing": {"listing_id": self.listing().id},
        }

    def rule(self, rule_type, value=0, applied_on="connection", **more):
        return self.rules.create(
            {
                "rule_type": rule_type,
                "value": value,
                "applied_on": applied_on,
                **self.targets[applied_on],
                **more,
            }
        )

    def offered(self):
        return self.listing()._get_quantities()[self.listing()]


@tagged("post_install", "-at_install")
class TestArithmetic(RulesCommon):
    def test_what_each_rule_makes_of_what_there_is(self):
        for rules, units, offered in (
            ({}, 70, 70),
            ({"buffer": 10}, 70, 60),
            ({"buffer": 10}, 4, 0),
            ({"percentage": 80}, 70, 56),
            ({"percentage": 33}, 10, 3),
            ({"percentage": 0}, 10, 0),
            ({"percentage": 100}, 29, 29),
            ({"maximum": 5}, 70, 5),
            ({"maximum": 5}, 3, 3),
            ({"stop_at": 3}, 4, 4),
            ({"stop_at": 3}, 3, 0),
            ({"fixed": 25}, 0, 25),
            ({"fixed": 25, "maximum": 5, "buffer": 1}, 70, 25),
            ({"buffer": 10, "percentage": 80}, 80, 56),
            ({"stop_at": 9, "buffer": 5, "percentage": 50, "maximum": 2}, 10, 2),
            ({"stop_at": 10, "buffer": 5, "percentage": 50, "maximum": 2}, 10, 0),
        ):
            with self.subTest(rules=rules, units=units):
                held = {name: Rule(name, value) for name, value in rules.items()}
                self.assertEqual(apply_rules(units, held)[0], offered)

    def test_a_share_of_a_large_quantity_is_exact(self):
        rules = {"percentage": Rule("percentage", 29)}
        self.assertEqual(apply_rules(100, rules)[0], 29)
        self.assertEqual(apply_rules(10**15 + 100, rules)[0], 29 * 10**13 + 29)


@tagged("post_install", "-at_install")
class TestNearest(RulesCommon):
    def test_the_nearest_of_a_type_holds(self):
        for value, applied_on in enumerate(self.targets, start=1):
            self.rule("maximum", value, applied_on)
            self.assertEqual(self.offered(), value, applied_on)

    def test_rules_of_several_types_hold_together(self):
        self.rule("buffer", 20)
        self.rule("percentage", 50, "category")
        self.rule("maximum", 30, "listing")
        self.assertEqual(self.offered(), 30)

    def test_a_category_before_the_one_that_it_is_in(self):
        self.rule("maximum", 9, "category", categ_id=self.category.parent_id.id)
        self.assertEqual(self.offered(), 9)
        self.rule("maximum", 11, "category")
        self.assertEqual(self.offered(), 11)

    def test_a_rule_of_one_store_before_that_of_all(self):
        self.rule("maximum", 9, "product")
        self.rule("maximum", 11, "product", connection_id=self.connection.id)
        self.assertEqual(self.offered(), 11)
        second = self._create_connection("A2SECOND")
        self.rule("maximum", 5, "product", connection_id=second.id)
        self.assertEqual(self.offered(), 11, "That of another store")

    def test_a_lifted_rule_does_not_count(self):
        self.rule("fixed", 7)
        self.rule("fixed", applied_on="product", is_lifted=True)
        self.assertEqual(self.offered(), 100)

    def test_rules_count_packs(self):
        self.listing().units_per_listing = 6
        self.rule("buffer", 6)
        self.assertEqual(self.offered(), 10)

    def test_rules_of_another_company_do_not_count(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.rules.with_company(company).create(
            {
                "rule_type": "maximum",
                "value": 1,
                "applied_on": "category",
                "categ_id": self.category.id,
            }
        )
        self.assertEqual(self.offered(), 100)

    def test_a_product_that_is_archived_is_not_offered_by_a_fixed_quantity(self):
        self.rule("fixed", 7)
        self.mug.active = False
        self.assertEqual(self.offered(), 0)


@tagged("post_install", "-at_install")
class TestNeverSynced(RulesCommon):
    def test_nothing_is_sent_and_the_listing_says_why(self):
        self.rule("never", applied_on="category")
        self.switch_on()
        self.assertFalse(self.pushed())
        self.assertFalse(self.listing().to_push, "Nothing is left waiting")
        self.assertIn("A rule says", self.listing().quantity_explanation)
        with self.assertRaisesRegex(UserError, "never synced"):
            self.listing().action_push_now()

    def test_the_nearest_holds(self):
        listing = self.listing()
        is_never = True
        for applied_on in list(self.targets)[:-1]:
            self.rule("never", applied_on=applied_on, is_lifted=not is_never)
            domain = listing._get_syncable_domain()
            self.assertEqual(bool(listing.filtered_domain(domain)), not is_never)
            found = listing.search(domain & Domain("id", "=", listing.id))
            self.assertEqual(bool(found), not is_never, applied_on)
            is_never = not is_never

    def test_a_listing_has_its_own_switch(self):
        self.rule("never")
        rule = self.rule("never", applied_on="listing", is_lifted=True)
        self.switch_on()
        self.assertEqual(self.pushed(), {"MUG": 100})
        with self.assertRaisesRegex(ValidationError, "Switch Sync Inventory off"):
            rule.is_lifted = False

    def test_once_the_rule_is_gone_it_is_sent(self):
        rule = self.rule("never", applied_on="product")
        self.switch_on()
        self.assertFalse(self.pushed())
        rule.unlink()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})


@tagged("post_install", "-at_install")
class TestRulesAreSent(RulesCommon):
    def test_what_a_rule_changes_is_sent_at_once(self):
        self.switch_on()
        self.pushed()
        rule = self.rule("buffer", 10, "category")
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 90})
        rule.value = 20
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 80})
        other = self.env["product.category"].create({"name": "Bowls"})
        rule.categ_id = other
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.mug.categ_id = other
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 80})

    def test_a_fixed_quantity_is_sent_once(self):
        self.rule("fixed", 25)
        self.switch_on()
        self.assertEqual(self.pushed(), {"MUG": 25})
        self.add_stock(-60)
        self.sync()
        self.assertFalse(self.pushed())

    def test_whoever_may_see_the_listing_reads_why(self):
        self.rule("buffer", 10)
        groups = "base.group_user,amazon_connector.amazon_connector_group_user"
        user = new_test_user(self.env, "seller", groups=groups)
        self.env.flush_all()
        self.env.invalidate_all()
        listing = self.listing().with_user(user)
        self.assertEqual(listing.odoo_quantity, 90)
        self.assertIn("+100", listing.quantity_explanation)

    def test_the_number_is_explained_step_by_step(self):
        self.rule("buffer", 10)
        rule = self.rule("percentage", 80, "product")
        text = self.listing().quantity_explanation
        for words in ("+100", "Safety buffer 10", "→ 90", "80 %", "→ 72", "= 72"):
            self.assertIn(words, text)
        self.assertIn(f"/odoo/amazon.inventory.rule/{rule.id}", text)
        self.assertIn("action-amazon_connector.amazon_listing_action_on_hand", text)


@tagged("post_install", "-at_install")
class TestWhatIf(RulesCommon):
    def prepare(self):
        super().prepare()
        skus = [f"SKU-{n:02d}" for n in range(12)]
        for number, sku in enumerate(skus):
            product = self._create_product(sku)
            if number:
                self.add_stock(number, product)
        self.fake.list(*(build_listing(sku, updated=ago(days=29)) for sku in skus))
        self.download_products()

    def form(self, rule=None, **values):
        form = Form(rule or self.rules)
        for name, value in values.items():
            form[name] = value
        form.is_what_if_shown = True
        return form

    def test_before_a_rule_is_saved(self):
        form = self.form(
            applied_on="connection",
            connection_id=self.connection,
            rule_type="maximum",
            value=105,
        )
        self.assertIn("6 of 13 listings would change", form.what_if)
        self.assertIn("SKU-11", form.what_if)
        self.assertIn("111 → 105", form.what_if)
        self.assertNotIn("SKU-05", form.what_if)
        self.assertFalse(self.rules.search([]), "Nothing is saved")

    def test_the_ten_that_change_most(self):
        form = self.form(
            applied_on="connection",
            connection_id=self.connection,
            rule_type="fixed",
            value=0,
        )
        self.assertIn("13 of 13 listings would change", form.what_if)
        self.assertEqual(form.what_if.count("<tr>"), 10)
        self.assertNotIn("SKU-00", form.what_if)

    def test_a_rule_that_is_changed(self):
        rule = self.rule("maximum", 50)
        form = self.form(rule, value=50)
        self.assertIn("0 of 13 listings would change", form.what_if)
        form.value = 20
        self.assertIn("13 of 13 listings would change", form.what_if)
        self.assertIn("50 → 20", form.what_if)

    def test_what_would_not_be_synced_any_more(self):
        form = self.form(
            applied_on="listing",
            listing_id=self.listing("SKU-03"),
            rule_type="never",
            is_lifted=False,
        )
        self.assertIn("103 → not synced", form.what_if)


@tagged("post_install", "-at_install")
class TestBadInput(RulesCommon):
    @mute_logger("odoo.sql_db")
    def test_values_that_mean_nothing_are_refused(self):
        for rule_type, value in (("buffer", -1), ("percentage", 101)):
            with self.subTest(rule_type), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    self.rule(rule_type, value)

    @mute_logger("odoo.sql_db")
    def test_two_of_a_type_for_one_thing_are_refused(self):
        self.rule("buffer", 1, "category")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.rule("buffer", 2, "category")
        self.rule("buffer", 2, "category", connection_id=self.connection.id)

    def test_a_rule_needs_what_it_applies_to(self):
        for applied_on in self.targets:
            with self.subTest(applied_on):
                with self.assertRaisesRegex(ValidationError, "Choose what"):
                    self.rules.create({"rule_type": "buffer", "applied_on": applied_on})

    def test_a_rule_that_applies_to_something_else_forgets_the_former(self):
        rule = self.rule("buffer", 5, "category")
        rule.write({"applied_on": "variant", "product_id": self.mug.id})
        self.assertFalse(rule.categ_id)


@tagged("post_install", "-at_install")
class TestPush(RulesCommon):
    def test_of_a_selection_those_that_can_be_sent_are(self):
        self._create_product("BOWL")
        self.fake.list(build_listing("BOWL", updated=ago(days=29)))
        self.download_products()
        self.listing("BOWL").sync_inventory = False
        action = (self.listing() | self.listing("BOWL")).action_push_now()
        self.assertIn("BOWL cannot be pushed", action["params"]["message"])
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_what_would_be_sent_is_shown_and_not_sent(self):
        action = self.connection.action_open_dry_run()
        self.assertEqual(
            self.env["amazon.listing"].search(action["domain"]), self.listing()
        )
        self.assertFalse(self.pushed())
        self.switch_on()
        action = self.connection.action_open_dry_run()
        self.assertFalse(self.env["amazon.listing"].search(action["domain"]))

    def test_a_paused_storefront_gets_nothing_until_it_goes_on(self):
        self.switch_on()
        self.pushed()
        storefront = self.listing().storefront_id
        storefront.inventory_paused = True
        self.add_stock(5)
        self.sync()
        self.assertFalse(self.pushed())
        with self.assertRaisesRegex(UserError, "paused"):
            self.listing().action_push_now()
        storefront.inventory_paused = False
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 105})


@tagged("post_install", "-at_install")
class TestPlaces(RulesCommon):
    def prepare(self):
        super().prepare()
        self.storefront = self.listing().storefront_id
        self.second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC"}
        )

    def add_to(self, location, quantity):
        self.env["stock.quant"]._update_available_quantity(self.mug, location, quantity)

    def test_a_storefront_sells_and_delivers_from_its_own_warehouse(self):
        self.add_to(self.second.lot_stock_id, 7)
        self.storefront.warehouse_id = self.second
        self.assertEqual(self.offered(), 7)
        self.assertIn("Second", self.listing().quantity_explanation)
        order = self.import_order()
        self.assertEqual(order.warehouse_id, self.second)
        self.assertEqual(
            self.offered(), 7 - sum(order.order_line.mapped("product_uom_qty"))
        )

    def test_only_what_is_in_its_locations(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id, "usage": "internal"}
        )
        other = shelf.copy({"name": "Other shelf"})
        self.add_to(shelf, 4)
        self.add_to(other, 7)
        self.storefront.stock_location_ids = shelf
        self.assertEqual(self.offered(), 4)
        self.storefront.stock_location_ids |= other
        self.assertEqual(self.offered(), 11)

    def test_nothing_is_offered_from_where_no_order_is_delivered(self):
        self.storefront.stock_location_ids = self.stock
        with self.assertRaises(ValidationError):
            self.connection.warehouse_id = self.second
        with self.assertRaises(ValidationError):
            self.storefront.warehouse_id = self.second
        self.storefront.write(
            {
                "warehouse_id": self.second.id,
                "stock_location_ids": [Command.set(self.second.lot_stock_id.ids)],
            }
        )
        with self.assertRaises(ValidationError):
            self.storefront.stock_location_ids |= self.stock

    def test_another_place_is_compared_at_once(self):
        self.switch_on()
        self.pushed()
        self.storefront.warehouse_id = self.second
        self.add_to(self.second.lot_stock_id, 7)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 7})
