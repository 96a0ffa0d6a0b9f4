"""Which product a SKU means: the one rule for listings, orders and quantities."""

from types import SimpleNamespace

from odoo.tests import tagged

from ...models.products.product_resolver import ProductResolver, reference_of
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestProductResolver(ListingsCommon):
    def match(self, reference, connection=None):
        resolver = ProductResolver(connection or self.connection)
        return resolver.resolve([reference])[reference.strip()]

    def list_sku(self, sku, product=None, storefront=None):
        storefront = storefront or self.connection.storefront_ids[0]
        return self.env["amazon.listing"].create(
            {
                "storefront_id": storefront.id,
                "sku": sku,
                "product_id": product and product.id,
                "reflected": {},
            }
        )

    def test_the_product_with_the_internal_reference(self):
        self.assertEqual(self.match("MUG").product, self.mug)

    def test_a_linked_listing_comes_first(self):
        bowl = self._create_product("BOWL")
        self.list_sku("MUG", bowl)
        self.assertEqual(self.match("MUG").product, bowl)

    def test_a_listing_without_product_decides_nothing(self):
        self.list_sku("MUG")
        self.assertEqual(self.match("MUG").product, self.mug)

    def test_one_storefront_links_the_sku_for_all(self):
        bowl = self._create_product("BOWL")
        canada = self.open_storefront(active=False)
        self.list_sku("MUG")
        self.list_sku("MUG", bowl, canada)
        self.assertEqual(self.match("MUG").product, bowl)

    def test_another_store_s_listing_says_nothing(self):
        other = self._create_connection("A2OTHERSELLER")
        self.list_sku("MUG", self._create_product("BOWL"), other.storefront_ids)
        self.assertEqual(self.match("MUG").product, self.mug)

    def test_of_several_none_is_guessed(self):
        self._create_product("MUG")
        match = self.match("MUG")
        self.assertFalse(match.product)
        self.assertTrue(match.is_ambiguous)
        self.assertEqual(len(match.candidates), 2)

    def test_an_archived_product_is_known_but_not_used(self):
        self.mug.active = False
        match = self.match("MUG")
        self.assertFalse(match.product)
        self.assertFalse(match.is_ambiguous)
        self.assertEqual(match.candidates, self.mug)

    def test_an_archived_one_beside_it_is_in_nobody_s_way(self):
        self._create_product("MUG").active = False
        self.assertEqual(self.match("MUG").product, self.mug)

    def test_products_of_the_company_and_of_all_companies(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        other = self._create_connection("A2OTHERSELLER", company_id=company.id)
        self.assertEqual(self.match("MUG", other).product, self.mug)
        self.mug.company_id = self.env.company
        self.assertFalse(self.match("MUG", other).candidates)

    def test_blanks_around_a_sku_mean_the_same_sku(self):
        self._create_product(" LAMP ")
        for reference in ("LAMP", "LAMP ", "  LAMP"):
            self.assertEqual(self.match(reference).product.default_code, " LAMP ")
        bowl = self._create_product("BOWL")
        self.list_sku("MUG ", bowl)
        self.assertEqual(self.match(" MUG").product, bowl)

    def test_many_at_once_each_with_an_answer(self):
        found = ProductResolver(self.connection).resolve(["MUG", "NONE", "", "MUG "])
        self.assertEqual(set(found), {"MUG", "NONE"})
        self.assertFalse(found["NONE"].candidates)
        self.assertEqual(ProductResolver(self.connection).resolve([""]), {})

    def test_the_references_of_a_product(self):
        self.list_sku("CUP ", self.mug)
        self.mug.default_code = " MUG"
        resolver = ProductResolver(self.connection)
        self.assertEqual(resolver.get_references(self.mug), {"CUP", "MUG"})

    def test_a_reference_is_the_sku_else_the_title(self):
        for sku, title, reference in (
            (" MUG ", "Mug", "MUG"),
            ("", " Mug ", "Mug"),
            (" ", False, ""),
        ):
            item = SimpleNamespace(sku=sku, title=title)
            self.assertEqual(reference_of(item), reference)
