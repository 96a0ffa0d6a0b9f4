"""A held order: why it is held, and importing it in one step, by whom it may be."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from ..builders import ago, build_item
from ..unknown_products_common import UnknownProductsCommon, omit

TWO = "111-0000001-0000002"


class TestHeldOrders(UnknownProductsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "amazon_connector.amazon_connector_group_user"
        cls.user = new_test_user(cls.env, "amazon_held", groups)
        cls.cup = cls._create_product("CUP-IN-ODOO")

    def hold(self, *items, **more):
        """Have an order held; return its row as the user sees it."""
        items = items or (build_item(), build_item("1002", sku="CUP"))
        self.import_order(items=list(items), **more)
        self.assertEqual(self.order().state, "held")
        self.calls_before = len(self.fake.calls)
        return self.order().with_user(self.user)

    def assert_no_calls(self):
        self.assertEqual(len(self.fake.calls), self.calls_before, "asks nobody")

    def list_sku(self, sku, product=None, **more):
        values = {"storefront_id": self.connection.storefront_ids[0].id, "sku": sku}
        listing = self.env["amazon.listing"].create({**values, **more})
        if product:
            listing.product_id = product
        return listing

    def decide(self, row, choice="link", product=None):
        """Fill in the wizard as a person does, and press its button."""
        action = row.action_link_and_import()
        wizard = self.env[action["res_model"]].with_user(self.user)
        with Form(wizard.browse(action["res_id"])) as form:
            for place in range(len(form.line_ids)):
                with form.line_ids.edit(place) as line:
                    line.choice = choice
                    if product:
                        line.product_id = product
        wizard.browse(action["res_id"]).action_import()

    # === WHY === #

    def test_the_line_says_which_listing_lacks_its_product(self):
        listing = self.list_sku("CUP")
        mug, cup = self.hold().line_ids
        self.assertEqual(mug.product_id, self.mug)
        self.assertFalse(mug.problem)
        self.assertFalse(cup.product_id)
        self.assertEqual(cup.listing_id, listing)
        self.assertIn("listing has no product", cup.problem)
        self.assertTrue(self.order().has_unknown_products)

    def test_the_line_says_that_no_listing_is_known(self):
        self.assertIn("No listing", self.hold().line_ids[1].problem)

    def test_the_line_names_the_candidates(self):
        first, second = (self._create_product("CUP") for _count in range(2))
        line = self.hold().line_ids[1]
        self.assertEqual(line.candidate_ids, first | second)
        self.assertIn("Several products", line.problem)

    def test_the_line_says_that_its_product_is_archived(self):
        self._create_product("CUP").active = False
        self.assertIn("archived", self.hold().line_ids[1].problem)

    def test_the_line_says_that_amazon_names_nothing(self):
        item = omit(build_item("1002"), "sellerSku", "title")
        self.assertIn("neither SKU nor title", self.hold(item).line_ids.problem)

    def test_an_imported_order_shows_what_it_delivers(self):
        self.import_order()
        self.assertEqual(self.order().line_ids.product_id, self.mug)
        self.assertFalse(self.order().has_unknown_products)

    # === LINK AND IMPORT === #

    def test_link_and_import_is_one_step(self):
        row = self.hold()
        self.decide(row, product=self.cup)
        self.assertEqual(row.state, "imported")
        sale = self.order().sale_order_id
        self.assertEqual(self.refs(sale), ["CUP-IN-ODOO", "MUG"])
        self.assertEqual(sale.state, "sale")
        self.assertTrue(sale.picking_ids)
        self.assert_no_calls()

    def test_the_link_is_kept_for_later_orders(self):
        self.decide(self.hold(), product=self.cup)
        later = self.import_order(order_id=TWO, items=[build_item("1003", sku="CUP")])
        self.assertEqual(self.refs(later), ["CUP-IN-ODOO"])

    def test_the_stores_listing_is_linked(self):
        listing = self.list_sku("CUP")
        self.decide(self.hold(), product=self.cup)
        self.assertEqual(listing.product_id, self.cup)
        count = self.env["amazon.listing"].search_count([("sku", "=", "CUP")])
        self.assertEqual(count, 1)

    def test_a_choice_ends_that_several_could_be_meant(self):
        first, second = (self._create_product("CUP") for _count in range(2))
        row = self.hold()
        self.decide(row, product=second)
        delivered = self.order().sale_order_id.order_line.product_id
        self.assertIn(second, delivered)
        self.assertNotIn(first, delivered)

    def test_listings_that_disagree_agree_afterwards(self):
        canada = self.env["amazon.storefront"].create(
            {
                "connection_id": self.connection.id,
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_ca"
                ).id,
            }
        )
        here = self.list_sku("CUP")
        there = self.list_sku("CUP", storefront_id=canada.id)
        here.sudo().write({"product_id": self.cup.id, "reflected": {}})
        there.sudo().write({"product_id": self.mug.id, "reflected": {}})
        row = self.hold(build_item("1002", sku="CUP"))
        self.decide(row, product=self.cup)
        self.assertEqual(there.product_id, self.cup)
        self.assertEqual(row.state, "imported")

    def test_without_a_product_nothing_is_done(self):
        row = self.hold()
        wizard = self.env["amazon.order.resolve"].with_user(self.user)._create_for(row)
        with self.assertRaisesRegex(UserError, "Choose the product of CUP"):
            wizard.action_import()
        self.assertEqual(row.state, "held")

    def test_without_a_sku_the_title_finds_the_product(self):
        item = omit(build_item("1002", sku="CUP"), "sellerSku")
        self.cup.default_code = False
        row = self.hold(item)
        # Giving a product its reference is a matter of who keeps the products.
        self.user.group_ids += self.env.ref("product.group_product_manager")
        self.decide(row, product=self.cup)
        self.assertEqual(self.cup.default_code, "Invented CUP")
        self.assertEqual(row.state, "imported")

    def test_a_reference_is_not_overwritten(self):
        item = omit(build_item("1002", sku="CUP"), "sellerSku")
        row = self.hold(item)
        with self.assertRaisesRegex(UserError, "internal reference of its own"):
            self.decide(row, product=self.cup)
        self.assertEqual(self.cup.default_code, "CUP-IN-ODOO")

    def test_a_partial_order_gains_its_line_at_once(self):
        self.connection.unknown_product = "partial"
        items = [build_item(), build_item("1002", sku="CUP")]
        sale = self.import_order(items=items)
        row = self.order().with_user(self.user)
        self.assertTrue(row.has_unknown_products)
        self.decide(row, product=self.cup)
        self.assertEqual(self.refs(sale), ["CUP-IN-ODOO", "MUG"])
        self.assertEqual(row.state, "imported")

    def test_an_order_that_lacks_its_address_too_stays_held(self):
        row = self.hold(address=None)
        self.decide(row, product=self.cup)
        self.assertFalse(self.order().line_ids.filtered("problem"))

    def test_the_history_says_what_was_done_by_hand(self):
        row = self.hold()
        self.decide(row, product=self.cup)
        run = self.last_run()
        self.assertEqual((run.reason, run.outcome), ("button", "done"))
        self.assertEqual(run.seen, 1)

    def test_what_is_suggested_is_filled_in_with_the_reason(self):
        self.list_sku("CUP IN ODOO")
        row = self.hold(build_item("1002", sku="CUP IN ODOO"))
        action = row.action_link_and_import()
        wizard = self.env[action["res_model"]].with_user(self.user)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.line_ids.product_id, self.cup)
        self.assertIn("capitals or punctuation", wizard.line_ids.suggestion_reason)
        wizard.action_import()
        self.assertEqual(self.refs(self.order().sale_order_id), ["CUP-IN-ODOO"])

    def test_what_is_not_clear_is_left_to_the_person(self):
        self.list_sku("CUP IN ODOO")
        self._create_product("cup.in.odoo")
        row = self.hold(build_item("1002", sku="CUP IN ODOO"))
        action = row.action_link_and_import()
        line = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        self.assertFalse(line.product_id)
        self.assertIn("Several could be meant", line.suggestion_reason)

    # === CREATE === #

    def test_the_product_is_created_as_amazon_calls_it(self):
        self.user.group_ids += self.env.ref("product.group_product_manager")
        listing = self.list_sku("CUP")
        row = self.hold(
            build_item(), build_item("1002", sku="CUP", price="12.50", quantity=2)
        )
        row.action_create_products()
        product = self.product("CUP")
        self.assertEqual(len(product), 1)
        self.assertEqual(product.name, "Invented CUP")
        self.assertEqual(product.list_price, 12.5)
        self.assertTrue(product.is_storable)
        self.assertEqual(listing.product_id, product)
        self.assertEqual(row.state, "imported")
        self.assert_no_calls()

    def test_who_may_not_create_products_is_told(self):
        row = self.hold()
        with self.assertRaisesRegex(AccessError, "may not create products"):
            row.action_create_products()
        self.assertFalse(self.product("CUP"))
        self.assertEqual(row.state, "held")

    def test_no_second_product_is_created_beside_an_archived_one(self):
        self.user.group_ids += self.env.ref("product.group_product_manager")
        self._create_product("CUP").active = False
        row = self.hold()
        with self.assertRaisesRegex(UserError, "archived"):
            row.action_create_products()
        self.assertEqual(len(self.product("CUP")), 1)

    # === WITHOUT === #

    def test_import_without_leaves_the_line_out(self):
        row = self.hold()
        row.action_import_without()
        self.assertEqual(row.state, "partial")
        self.assertEqual(self.refs(self.order().sale_order_id), ["MUG"])
        self.assertIn("CUP", row.error)
        self.assert_no_calls()

    def test_what_is_left_out_comes_in_once_its_product_is_there(self):
        self.hold().action_import_without()
        self._create_product("CUP")
        self.download()
        self.assertEqual(self.order().state, "imported")
        self.assertEqual(self.refs(self.order().sale_order_id), ["CUP", "MUG"])

    def test_an_ambiguous_line_is_left_out_too(self):
        for _count in range(2):
            self._create_product("CUP")
        row = self.hold()
        self.decide(row, choice="skip")
        self.assertEqual(row.state, "partial")

    def test_an_order_of_nothing_is_refused(self):
        row = self.hold(build_item("1002", sku="CUP"))
        with self.assertRaisesRegex(UserError, "nothing would be left"):
            row.action_import_without()
        self.assertEqual(row.state, "held")

    def test_the_decision_is_for_this_order_only(self):
        self.hold().action_import_without()
        self.import_order(
            order_id=TWO, items=[build_item(), build_item("1002", sku="CUP")]
        )
        self.assertEqual(self.order(TWO).state, "held")

    # === RIGHTS === #

    def test_who_only_reads_orders_decides_nothing(self):
        row = self.hold()
        seller = new_test_user(
            self.env, "amazon_reader", "sales_team.group_sale_salesman"
        )
        for action in ("action_link_and_import", "action_import_without"):
            with self.assertRaises(AccessError):
                getattr(row.with_user(seller), action)()
        self.assertEqual(row.state, "held")

    def test_nobody_marks_an_order_by_rpc(self):
        row = self.hold()
        for name in ("is_partial_wanted", "is_prime", "amount_total"):
            with self.assertRaises(AccessError):
                row.write({name: 1})
        self.assertEqual(row.last_updated, self.order().last_updated)

    def test_an_order_that_amazon_changed_meanwhile_is_imported_as_it_is_now(self):
        row = self.hold()
        self.import_order(
            items=[build_item(quantity=3), build_item("1002", sku="CUP")],
            updated=ago(days=2),
        )
        self.decide(row, product=self.cup)
        sale = self.order().sale_order_id
        mugs = sale.order_line.filtered(lambda line: line.product_id == self.mug)
        self.assertEqual(mugs.product_uom_qty, 3)

    def test_a_sku_on_two_items_is_one_product(self):
        self.user.group_ids += self.env.ref("product.group_product_manager")
        row = self.hold(
            build_item("1001", sku="CUP"), build_item("1002", sku="CUP", price="4.00")
        )
        row.action_create_products()
        products = self.env["product.product"].search([("default_code", "=", "CUP")])
        self.assertEqual(len(products), 1)
        self.assertEqual(self.order().state, "imported")

    def test_one_item_is_created_and_the_other_left_out(self):
        self.user.group_ids += self.env.ref("product.group_product_manager")
        row = self.hold(
            build_item("1001", sku="CUP"), build_item("1002", sku="JUG", price="4.00")
        )
        action = row.action_link_and_import()
        wizard = self.env[action["res_model"]].with_user(self.user)
        with Form(wizard.browse(action["res_id"])) as form:
            for place, choice in enumerate(("create", "skip")):
                with form.line_ids.edit(place) as line:
                    line.choice = choice
        wizard.browse(action["res_id"]).action_import()
        lines = self.order().sale_order_id.order_line
        self.assertEqual(lines.product_id.mapped("default_code"), ["CUP"])
