"""Families on Amazon are products with variants, as the table in docs/behaviour.md
says: each of its lines names its test here."""

import base64
import io

from PIL import Image

from odoo.fields import Command
from odoo.tests import tagged

from ...spapi.errors import UnavailableError
from ..builders import ago, build_item, build_order
from ..fake_listings import CA, US, build_article, build_listing
from ..listings_common import ListingsCommon

SHIRT = "SHIRT"


class FamiliesCommon(ListingsCommon):
    def setUp(self):
        super().setUp()
        # What Odoo's demo data or former tests have must not be met.
        self.env["product.attribute"].search([]).active = False

    def child(self, sku, **more):
        """Return the document of a shirt; ``more`` as build_listing has it."""
        values = {"color": "Red", "size": "S"}
        return build_listing(sku, **{"parent": SHIRT, "varies": values} | more)

    def parent(self, *children, **more):
        return build_listing(
            more.pop("sku", SHIRT),
            **{"title": "A shirt", "quantity": None, "price": None} | more,
            children=list(children),
        )

    def list_shirts(self, **more):
        """List a family of three; ``more``: what they all have."""
        self.fake.list(
            self.parent("RED-S", "RED-M", "BLUE-S"),
            self.child("RED-S", price="10.00", **more),
            self.child(
                "RED-M", price="12.00", varies={"color": "Red", "size": "M"}, **more
            ),
            self.child(
                "BLUE-S", price="15.50", varies={"color": "Blue", "size": "S"}, **more
            ),
        )

    def change(self, *documents):
        for document in documents:
            document["summaries"][0]["lastUpdatedDate"] = ago(days=20)
        self.fake.list(*documents)
        self.download_products()

    def connect_other_store(self, company):
        """Return a store of another account that lists what is listed now."""
        other = self._create_connection(
            "A9OTHERSELLER", company_id=company.id, download_products=True
        )
        self.amazon_of(other).list(*self.fake.listings.values())
        return other

    def varies(self, product):
        """Return ``{attribute: value}`` of a variant."""
        values = product.product_template_attribute_value_ids
        return {value.attribute_id.name: value.name for value in values}

    def attributes(self, name):
        return self.env["product.attribute"].search([("name", "=ilike", name)])

    def template_of(self, *skus):
        """Return the only template of the products with these references."""
        products = [self.products(sku) for sku in skus]
        for sku, product in zip(skus, products, strict=True):
            self.assertEqual(len(product), 1, sku)
        template = self.env["product.product"].union(*products).product_tmpl_id
        self.assertEqual(len(template), 1)
        return template


@tagged("post_install", "-at_install")
class TestFamilyTable(FamiliesCommon):
    """Each test is the line of the table that its docstring begins with."""

    def test_family(self):
        """a family"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.assertEqual(shirt.name, "A shirt")
        self.assertTrue(shirt.is_storable)
        self.assertEqual(shirt.company_id, self.connection.company_id)
        self.assertEqual(
            len(shirt.with_context(active_test=False).product_variant_ids), 3
        )
        for sku, color, size in (
            ("RED-S", "Red", "S"),
            ("RED-M", "Red", "M"),
            ("BLUE-S", "Blue", "S"),
        ):
            self.assertEqual(
                self.varies(self.products(sku)), {"Color": color, "Size": size}
            )
            self.assertEqual(self.listing(sku).product_id, self.products(sku))
        self.assertFalse(self.products(SHIRT))
        self.assertEqual(self.last_run("download_products").warned, 0)

    def test_own_values(self):
        """SKU, barcode, price and picture of each child"""
        pictures = {f"https://images.example/{sku}.png": sku for sku in ("A", "B")}
        colors = {"A": (250, 0, 0), "B": (0, 0, 250)}

        def download(url):
            stream = io.BytesIO()
            Image.new("RGB", (2, 2), colors[pictures[url]]).save(stream, "PNG")
            return stream.getvalue()

        self.patch(self.fake, "download_image", download)
        first, second = pictures
        self.fake.list(
            self.parent("A", "B"),
            self.child("A", price="12.99", barcode="4006381333931", image=first),
            self.child(
                "B",
                varies={"color": "Blue", "size": "S"},
                price="10.00",
                barcode="4006381333948",
                image=second,
            ),
        )
        self.download_products()
        shirt = self.template_of("A", "B")
        a, b = self.products("A"), self.products("B")
        self.assertEqual((a.barcode, b.barcode), ("4006381333931", "4006381333948"))
        self.assertAlmostEqual(a.lst_price, 12.99)
        self.assertAlmostEqual(b.lst_price, 10.00)
        self.assertAlmostEqual(a._price_compute("list_price")[a.id], 12.99)
        self.assertAlmostEqual(shirt.list_price, 10.00)
        for product, color in ((a, colors["A"]), (b, colors["B"])):
            picture = Image.open(io.BytesIO(base64.b64decode(product.image_1920)))
            self.assertEqual(picture.convert("RGB").getpixel((0, 0)), color)

    def test_changed_price(self):
        """a price changes"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.change(
            self.child("RED-M", varies={"color": "Red", "size": "M"}, price="8.00")
        )
        self.assertAlmostEqual(self.products("RED-M").lst_price, 8.00)
        self.assertAlmostEqual(self.products("RED-S").lst_price, 10.00)
        self.assertAlmostEqual(self.products("BLUE-S").lst_price, 15.50)
        self.assertAlmostEqual(shirt.list_price, 8.00)

    def test_reused(self):
        """an attribute or value that is in Odoo, in other capitals or translated"""
        self.env["res.lang"]._activate_lang("de_DE")
        color = self.env["product.attribute"].create(
            {"name": "Hue", "create_variant": "dynamic"}
        )
        color.with_context(lang="de_DE").name = "COLOR"
        red = self.env["product.attribute.value"].create(
            {"name": "red", "attribute_id": color.id}
        )
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.assertIn(color, shirt.attribute_line_ids.attribute_id)
        self.assertFalse(self.attributes("Color"))
        values = self.products("RED-S").product_template_attribute_value_ids
        self.assertIn(red, values.product_attribute_value_id)
        self.assertEqual(len(color.value_ids), 2)

    def test_instant_attributes(self):
        """attributes of that name that make all variants instantly"""
        self.env["product.attribute"].create(
            [{"name": name, "create_variant": "always"} for name in ("Color", "Size")]
        )
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.assertEqual(len(shirt.product_variant_ids), 3)
        self.assertEqual(len(self.attributes("Color")), 1)
        extra = self.env["product.attribute.value"].create(
            {"name": "L", "attribute_id": self.attributes("Size").id}
        )
        line = shirt.attribute_line_ids.filtered(
            lambda line: line.attribute_id == extra.attribute_id
        )
        line.value_ids |= extra
        self.assertEqual(len(shirt.product_variant_ids), 3, "Amazon has no others")

    def test_attribute_without_variants(self):
        """an attribute of that name that makes no variants"""
        never = self.env["product.attribute"].create(
            {"name": "Color", "create_variant": "no_variant"}
        )
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.assertNotIn(never, shirt.attribute_line_ids.attribute_id)
        self.assertEqual(self.varies(self.products("BLUE-S"))["Color"], "Blue")

    def test_several_families(self):
        """several families with the same attributes"""
        self.list_shirts()
        self.fake.list(
            self.parent("T-RED", sku="TROUSERS", title="Trousers"),
            self.child("T-RED", parent="TROUSERS", varies={"color_name": "RED "}),
        )
        self.download_products()
        self.assertEqual(self.template_of("T-RED").name, "Trousers")
        self.assertEqual(len(self.attributes("Color")), 1)
        self.assertEqual(len(self.attributes("Color").value_ids), 2)
        self.assertNotEqual(self.template_of("T-RED"), self.template_of("RED-S"))

    def test_new_child(self):
        """a new child"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        shirt.name = "Mine"
        self.products("RED-M").active = False
        before = self.varies(self.products("RED-S"))
        self.change(
            self.child("BLUE-L", varies={"color": "blue", "size": "L"}, price="9.00")
        )
        self.assertEqual(self.products("BLUE-L").product_tmpl_id, shirt)
        self.assertEqual(
            self.varies(self.products("BLUE-L")), {"Color": "Blue", "Size": "L"}
        )
        self.assertEqual(shirt.name, "Mine")
        self.assertFalse(self.products("RED-M").active, "A person archived it")
        self.assertEqual(self.varies(self.products("RED-S")), before)
        prices = [self.products(sku).lst_price for sku in ("RED-S", "BLUE-L")]
        self.assertEqual([round(price, 2) for price in prices], [10.00, 9.00])

    def test_child_before_parent(self):
        """children before their parent"""
        self.fake.list(
            self.child("RED-S", title="Shirt, red, S"),
            self.child("RED-M", varies={"color": "Red", "size": "M"}),
        )
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M")
        self.assertIn(shirt.name, ("Shirt, red, S", "Invented RED-M"))
        self.change(self.parent("RED-S", "RED-M"))
        self.assertEqual(shirt.name, "A shirt")
        self.assertEqual(self.template_of("RED-S", "RED-M"), shirt)

    def test_child_before_parent_renamed(self):
        """children before their parent, renamed by a person"""
        self.fake.list(self.child("RED-S"))
        self.download_products()
        shirt = self.template_of("RED-S")
        shirt.name = "Mine"
        self.change(self.parent("RED-S"))
        self.assertEqual(shirt.name, "Mine")
        self.change(self.parent("RED-S", title="A better shirt"))
        self.assertEqual(shirt.name, "A better shirt")

    def test_parent_alone(self):
        """a parent without children"""
        count = self.env["product.template"].search_count([])
        self.fake.list(self.parent("GONE"))
        self.download_products()
        self.assertEqual(self.env["product.template"].search_count([]), count)
        self.assertFalse(self.listing(SHIRT).error)

    def test_orphans(self):
        """children whose parent the store does not list"""
        self.fake.list(
            self.child("RED-S", parent="STRANGER", title="Shirt, red"),
            self.child(
                "RED-M", parent="STRANGER", varies={"color": "Red", "size": "M"}
            ),
        )
        self.download_products()
        self.assertEqual(len(self.template_of("RED-S", "RED-M").product_variant_ids), 2)
        self.assertEqual(self.last_run("download_products").warned, 0)

    def test_catalogue_alone(self):
        """offers on articles that belong together in Amazon's catalogue alone"""
        relation = {"type": "VARIATION", "parentAsins": ["B0FAMILY"]}
        family = {"marketplaceId": US, "relationships": [relation]}
        for sku in ("RED", "BLUE"):
            self.fake.list(build_listing(sku))
            article = build_article(f"B0{sku}") | {"relationships": [family]}
            self.fake.articles[f"B0{sku}"] = article
        self.download_products()
        red, blue = self.listing("RED"), self.listing("BLUE")
        self.assertTrue(red.catalog and blue.catalog)
        self.assertNotEqual(red.product_tmpl_id, blue.product_tmpl_id)
        self.assertFalse(red.error or blue.error)

    def test_title(self):
        """the parent's or a child's title changes"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.change(self.child("RED-S", title="Another red one"))
        self.assertEqual(shirt.name, "A shirt")
        self.change(self.parent("RED-S", title="A better shirt"))
        self.assertEqual(shirt.name, "A better shirt")

    def test_missing_value(self):
        """a child without one of the values"""
        self.list_shirts()
        self.fake.list(self.child("ODD", varies={"color": "Red", "size": None}))
        self.download_products()
        self.assertNotEqual(self.template_of("ODD"), self.template_of("RED-S"))
        self.assertIn("its Size", self.listing("ODD").error)
        self.assertIn("ODD", self.lines_of(self.last_run("download_products")))
        self.assertFalse(self.listing(SHIRT).error)
        self.change(self.child("NEW", varies={"color": "Red", "size": "XL"}))
        self.assertEqual(self.template_of("NEW"), self.template_of("RED-S"))

    def test_value_later(self):
        """the missing value comes later"""
        self.test_missing_value()
        odd = self.template_of("ODD")
        self.change(self.child("ODD", varies={"color": "Red", "size": "L"}))
        self.assertEqual(self.template_of("ODD"), odd, "Nothing is merged")
        self.assertIn("not merged", self.listing(SHIRT).error)

    def test_doubled(self):
        """two children with the same values"""
        self.list_shirts()
        self.fake.list(self.child("RED-S-AGAIN", varies={"color": "red", "size": "S"}))
        self.download_products()
        self.assertEqual(self.template_of("RED-S"), self.template_of("RED-M"))
        self.assertNotEqual(self.template_of("RED-S-AGAIN"), self.template_of("RED-S"))
        error = self.listing("RED-S-AGAIN").error
        self.assertIn("Color: red, Size: S", error)
        self.assertIn(self.products("RED-S").display_name, error)
        self.assertFalse(self.listing("RED-S").error)

    def test_changed_value(self):
        """a value changes"""
        self.list_shirts()
        self.download_products()
        shirt, red = self.template_of("RED-S"), self.products("RED-S")
        self.change(self.child("RED-S", varies={"color": "Green", "size": "S"}))
        self.assertEqual(self.products("RED-S"), red)
        self.assertEqual(self.varies(red), {"Color": "Green", "Size": "S"})
        self.assertEqual(len(shirt.product_variant_ids), 3)

    def test_changed_value_by_hand(self):
        """a value that a person changed"""
        self.list_shirts()
        self.download_products()
        red = self.products("RED-S")
        blue = self.products("BLUE-S").product_template_attribute_value_ids
        self.products("BLUE-S").active = False
        red.product_template_attribute_value_ids = [Command.set(blue.ids)]
        self.change(self.child("RED-S", price="11.00"))
        self.assertEqual(self.varies(red)["Color"], "Blue")

    def test_exchanged_values(self):
        """children exchange their values"""
        self.list_shirts()
        self.download_products()
        red, blue = self.products("RED-S"), self.products("BLUE-S")
        self.change(
            self.child("RED-S", varies={"color": "Blue", "size": "S"}),
            self.child("BLUE-S", varies={"color": "Red", "size": "S"}),
        )
        self.assertEqual(self.varies(red)["Color"], "Blue")
        self.assertEqual(self.varies(blue)["Color"], "Red")
        self.assertFalse(self.listing("RED-S").error or self.listing("BLUE-S").error)

    def test_value_taken(self):
        """a value changes to that of another child"""
        self.list_shirts()
        self.download_products()
        self.change(self.child("RED-S", varies={"color": "Blue", "size": "S"}))
        self.assertEqual(self.varies(self.products("RED-S"))["Color"], "Red")
        self.assertIn("Color: Blue, Size: S", self.listing("RED-S").error)
        self.change(
            self.child("BLUE-S", varies={"color": "Pink", "size": "S"}),
        )
        self.listing("RED-S").action_retry()
        self.download_products()
        self.assertEqual(self.varies(self.products("RED-S"))["Color"], "Blue")
        self.assertFalse(self.listing("RED-S").error)

    def list_one_attribute(self):
        self.fake.list(
            self.parent("A", "B"),
            self.child("A", varies={"color": "Red"}),
            self.child("B", varies={"color": "Blue"}),
        )
        self.download_products()
        return self.template_of("A", "B")

    def test_changed_theme(self):
        """another theme, in which each variant has its place"""
        shirt = self.list_one_attribute()
        a, b = self.products("A"), self.products("B")
        self.change(
            self.child("A", varies={"size": "S", "material": "Wool"}),
            self.child("B", varies={"size": "S", "material": "Silk"}),
        )
        self.assertEqual(self.template_of("A", "B"), shirt)
        self.assertEqual((self.products("A"), self.products("B")), (a, b))
        self.assertTrue(a.active and b.active)
        self.assertEqual(self.varies(a), {"Size": "S", "Material": "Wool"})
        self.assertEqual(self.varies(b), {"Size": "S", "Material": "Silk"})
        lines = shirt.attribute_line_ids
        self.assertEqual(lines.attribute_id.mapped("name"), ["Size", "Material"])
        self.assertFalse(self.listing(SHIRT).error)
        # What Odoo itself does with the lines later keeps them, too.
        shirt._create_variant_ids()
        self.assertEqual(shirt.product_variant_ids, a | b)

    def test_changed_theme_of_some(self):
        """another theme, in which a variant has no place"""
        shirt = self.list_one_attribute()
        b = self.products("B")
        self.change(
            self.child("A", varies={"color": "Red", "size": "S"}),
            self.child("B", varies={"color": "Blue", "size": None}),
            self.child("C", varies={"color": "Pink", "size": "S"}),
        )
        self.assertEqual(self.template_of("A", "B"), shirt)
        self.assertTrue(b.active)
        self.assertEqual(self.varies(b), {"Color": "Blue"})
        self.assertNotEqual(self.template_of("C"), shirt)
        self.assertIn("differ by Color, Size", self.listing(SHIRT).error)

    def test_no_theme(self):
        """children of which Amazon does not say how they differ"""
        self.fake.list(
            self.parent("A", "B"),
            build_listing("A", parent=SHIRT),
            build_listing("B", parent=SHIRT),
        )
        self.download_products()
        self.assertNotEqual(self.template_of("A"), self.template_of("B"))
        self.assertIn("does not say by what", self.listing(SHIRT).error)
        self.assertEqual(self.last_run("download_products").warned, 1)

    def test_alike_names(self):
        """two attributes of a theme with the same name"""
        self.fake.list(
            self.child("A", varies={"size": "S", "apparel_size": "Slim"}),
            self.child("B", varies={"size": "S", "apparel_size": "Wide"}),
        )
        self.download_products()
        self.template_of("A", "B")
        self.assertEqual(
            self.varies(self.products("A")), {"Size": "S", "Apparel size": "Slim"}
        )

    def test_left_family(self):
        """a child leaves its family"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M")
        self.change(build_listing("RED-S", price="7.00"))
        self.assertEqual(self.template_of("RED-S", "RED-M"), shirt)
        self.assertTrue(self.products("RED-S").active)
        self.assertAlmostEqual(self.products("RED-S").lst_price, 7.00)
        self.assertAlmostEqual(self.products("RED-M").lst_price, 12.00)

    def test_other_family(self):
        """a child moves to another family"""
        self.list_shirts()
        self.fake.list(
            self.parent("T-RED", sku="TROUSERS", title="Trousers"),
            self.child("T-RED", parent="TROUSERS"),
        )
        self.download_products()
        shirt, trousers = self.template_of("RED-S"), self.template_of("T-RED")
        self.change(
            self.child("RED-S", parent="TROUSERS", varies={"color": "Red", "size": "L"})
        )
        self.assertEqual(self.template_of("RED-S"), shirt)
        self.assertIn("not merged", self.listing("TROUSERS").error)
        self.assertEqual((shirt.name, trousers.name), ("A shirt", "Trousers"))
        # Also where the other family has no product yet.
        self.change(
            self.child("RED-M", parent="CAPS", varies={"color": "Red", "size": "M"}),
            self.child("CAP", parent="CAPS", varies={"color": "Red", "size": "L"}),
        )
        self.assertEqual(self.template_of("RED-M"), shirt)
        self.assertNotEqual(self.template_of("CAP"), shirt)

    def test_removed_child(self):
        """a child is deleted on Amazon"""
        self.list_shirts()
        self.download_products()
        self.listing("RED-S")._mark_removed(self.last_run("download_products"))
        self.change(self.child("NEW", varies={"color": "Red", "size": "XL"}))
        self.assertEqual(self.template_of("NEW"), self.template_of("RED-S"))
        self.assertTrue(self.products("RED-S").active)

    def test_archived_product(self):
        """a new child of an archived product"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S")
        shirt.active = False
        self.change(self.child("NEW", varies={"color": "Red", "size": "XL"}))
        self.assertFalse(shirt.active)
        self.assertTrue(self.template_of("NEW").active)

    def test_existing_single(self):
        """one child with a product of its own"""
        own = self._create_product("RED-S", quantity=5)
        own.list_price = 10
        self.list_shirts()
        self.download_products()
        self.assertEqual(self.products("RED-S"), own)
        self.assertEqual(
            self.template_of("RED-S", "RED-M", "BLUE-S"), own.product_tmpl_id
        )
        self.assertEqual(self.varies(own), {"Color": "Red", "Size": "S"})
        self.assertEqual(own.qty_available, 5)
        self.assertAlmostEqual(own.lst_price, 10)
        self.assertAlmostEqual(self.products("RED-M").lst_price, 12)
        self.assertNotEqual(own.name, "A shirt", "It stays as it is")

    def test_existing_singles(self):
        """children with products of their own"""
        first, second = self._create_product("RED-S"), self._create_product("RED-M")
        self.list_shirts()
        self.fake.list(self.child("RED-L", varies={"color": "Red", "size": "L"}))
        self.download_products()
        self.assertEqual(self.products("RED-S"), first)
        self.assertEqual(self.products("RED-M"), second)
        self.assertFalse(first.product_template_attribute_value_ids)
        new = self.template_of("BLUE-S", "RED-L")
        self.assertNotIn(new, (first | second).product_tmpl_id)
        self.assertIn("not merged", self.listing(SHIRT).error)
        self.assertIn(first.display_name, self.listing(SHIRT).error)
        self.assertEqual(self.last_run("download_products").warned, 1)

    def create_shirt(self, *attributes):
        """Return a product that a person made: Red in S and in M, with the SKUs."""
        values = {name: self.env["product.attribute.value"] for name in attributes}
        for name, words in zip(attributes, (("Red",), ("S", "M")), strict=True):
            values[name] = self.env["product.attribute"].create(
                {
                    "name": name,
                    "value_ids": [Command.create({"name": w}) for w in words],
                }
            )
        template = self.env["product.template"].create(
            {
                "name": "Mine",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": a.id,
                            "value_ids": [Command.set(a.value_ids.ids)],
                        }
                    )
                    for a in values.values()
                ],
            }
        )
        small, medium = template.product_variant_ids
        small.default_code, medium.default_code = "RED-S", "RED-M"
        return template

    def test_existing_variants(self):
        """children linked to variants that a person made, with these attributes"""
        mine = self.create_shirt("color", "SIZE")
        variants = mine.product_variant_ids
        self.list_shirts()
        self.download_products()
        self.assertEqual(self.template_of("RED-S", "RED-M", "BLUE-S"), mine)
        self.assertEqual(mine.product_variant_ids - variants, self.products("BLUE-S"))
        self.assertEqual(self.varies(self.products("BLUE-S"))["color"], "Blue")
        self.assertEqual(mine.name, "Mine")
        self.assertAlmostEqual(self.products("BLUE-S").lst_price, 15.50)

    def test_existing_variants_of_others(self):
        """children linked to variants with other attributes"""
        mine = self.create_shirt("Shade", "Fit")
        variants = mine.product_variant_ids
        self.list_shirts()
        self.download_products()
        self.assertEqual(self.template_of("RED-S", "RED-M"), mine)
        self.assertEqual(mine.product_variant_ids, variants)
        self.assertNotEqual(self.template_of("BLUE-S"), mine)
        self.assertIn("Shade, Fit", self.listing(SHIRT).error)

    def test_storefronts(self):
        """a family in several storefronts"""
        self.open_storefront()
        self.list_shirts()
        self.fake.list(
            self.parent("RED-S", "ROUGE", title="Une chemise", marketplace=CA),
            self.child(
                "RED-S",
                marketplace=CA,
                varies={"color": "Rouge", "size": "P"},
                currency="CAD",
                price="99.00",
            ),
            self.child("ROUGE", marketplace=CA, varies={"color": "Rouge", "size": "G"}),
        )
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S", "ROUGE")
        self.assertEqual(shirt.name, "A shirt")
        self.assertEqual(
            self.varies(self.products("RED-S")), {"Color": "Red", "Size": "S"}
        )
        self.assertAlmostEqual(self.products("RED-S").lst_price, 10)
        self.assertEqual(len(self.listing("RED-S").product_id), 1)

    def test_language(self):
        """the marketplace's language"""
        german = self.env["amazon.marketplace"].search([("language", "=", "de_DE")])
        self.connection.marketplace_id.language = german[:1].language
        self.fake.list(
            self.child("A", varies={"color": "Rot", "size": "S"}, language="de_DE"),
            self.child("B", varies={"color": "Blau", "size": "S"}, language="de_DE"),
        )
        self.download_products()
        self.assertEqual(
            self.varies(self.products("A")), {"Farbe": "Rot", "Größe": "S"}
        )

    def test_second_connection(self):
        """a second store of the company"""
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        other = self.connect_other_store(self.connection.company_id)
        self.amazon_of(other).list(
            self.child("ONLY-THERE", varies={"color": "Red", "size": "XL"})
        )
        self.download_products()
        self.assertEqual(
            self.template_of("RED-S", "RED-M", "BLUE-S", "ONLY-THERE"), shirt
        )
        self.assertEqual(
            self.listing("RED-S", connection=other).product_id, self.products("RED-S")
        )
        self.assertEqual(shirt.name, "A shirt")

    def test_companies(self):
        """a store of another company"""
        self.list_shirts()
        self.download_products()
        company = self.env["res.company"].create({"name": "Other"})
        other = self.connect_other_store(company)
        self.download_products()
        products = self.products("RED-S")
        self.assertEqual(products.company_id, company | self.connection.company_id)
        self.assertEqual(len(products.product_tmpl_id), 2)
        self.assertEqual(len(self.attributes("Color")), 1)
        theirs = self.listing("RED-S", connection=other).product_id
        self.assertEqual(theirs.company_id, company)

    def test_off(self):
        """Download Products is off"""
        self.connection.download_products = False
        self.list_shirts()
        self.connection.action_download_products()
        self.download_products()
        self.assertTrue(self.listing("RED-S"))
        self.assertFalse(self.products("RED-S"))
        self.assertFalse(self.attributes("Color"))

    def test_create_product(self):
        """*Create Product* on children, with Download Products off"""
        self.test_off()
        self.listing("RED-S").action_create_product()
        self.listing("RED-M").action_create_product()
        shirt = self.template_of("RED-S", "RED-M")
        self.assertEqual(len(shirt.product_variant_ids), 2)
        self.assertAlmostEqual(self.products("RED-M").lst_price, 12)


@tagged("post_install", "-at_install")
class TestFamilyBatches(FamiliesCommon):
    def place(self, key, count):
        """Return the SQL statements that so many new children of one family cost."""
        self.connection.download_products = False
        skus = [f"{key}-{number}" for number in range(count)]
        self.fake.list(
            self.parent(*skus, sku=key),
            *(
                self.child(sku, parent=key, varies={"color": sku, "size": "S"})
                for sku in skus
            ),
        )
        self.connection.action_download_products()
        self.download_products()
        self.connection.download_products = True
        run = self.last_run("download_products")
        listings = self.connection.listing_ids.filtered(
            lambda row: key in (row.sku, row.parent_sku)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        listings._process_batch(run)
        self.env.flush_all()
        self.template_of(*skus)
        return self.cr.sql_log_count - before

    def create_alone(self, key, count):
        """Return what Odoo takes to create so many products by themselves."""
        before = self.cr.sql_log_count
        self.env["product.product"].create(
            [
                {"name": key, "default_code": f"{key}-{number}", "is_storable": True}
                for number in range(count)
            ]
        )
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_statements_do_not_grow_with_the_children(self):
        self.place("FIRST", 2)
        self.create_alone("ALONE", 2)
        odoo = self.create_alone("ALONE-MANY", 18) - self.create_alone("ALONE-FEW", 3)
        ours = self.place("MANY", 18) - self.place("FEW", 3)
        self.assertLess(ours, odoo + 10)

    def test_a_pack_is_no_variant_of_what_is_in_it(self):
        self.connection.download_products = False
        self.list_shirts()
        self.connection.action_download_products()
        self.download_products()
        self.listing("RED-M").units_per_listing = 6
        for sku in ("RED-S", "RED-M", "BLUE-S"):
            self.listing(sku).action_create_product()
        pack = self.products("RED-M")
        self.assertAlmostEqual(pack.lst_price, 2)
        self.assertEqual(pack.product_variant_count, 1)
        self.template_of("RED-S", "BLUE-S")

    def test_a_second_import_writes_nothing(self):
        self.list_shirts()
        self.download_products()
        shirt = self.template_of("RED-S", "RED-M", "BLUE-S")
        self.env.cr.execute("UPDATE product_template SET write_date = '2020-01-01'")
        self.env.cr.execute("UPDATE product_product SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        written = shirt.write_date
        self.change(self.child("RED-S", price="10.00", quantity=3))
        self.assertEqual(shirt.write_date, written)
        self.assertEqual(set(shirt.product_variant_ids.mapped("write_date")), {written})
        self.download_products()
        self.assertEqual(self.last_run("download_products").outcome, "nothing")
        self.assertEqual(shirt.write_date, written)

    def test_a_family_that_comes_in_several_pages_is_one_product(self):
        self.fake.listings_page_size = 2
        self.list_shirts()
        self.download_products()
        self.assertEqual(self.template_of("RED-S", "RED-M", "BLUE-S").name, "A shirt")

    def test_a_run_that_is_cut_off_leaves_no_family_behind(self):
        self.fake.listings_page_size = 2
        self.list_shirts()
        self.fake.errors = [None, UnavailableError("Gone.")]
        self.download_products()
        self.assertFalse(self.products("RED-S"), "Its brothers may still come")
        self.put_off_is_over("download_products")
        self.download_products()
        self.template_of("RED-S", "RED-M", "BLUE-S")

    def test_what_a_person_archived_stays_so_in_another_theme(self):
        self.list_shirts()
        self.download_products()
        red = self.products("RED-M")
        red.active = False
        self.change(
            self.child("RED-S", varies={"material": "Wool"}),
            self.child("RED-M", varies={"material": "Silk"}),
            self.child("BLUE-S", varies={"material": "Linen"}),
        )
        self.assertEqual(self.varies(red), {"Material": "Silk"})
        self.assertFalse(red.active)
        self.assertTrue(self.products("RED-S").active)

    def test_what_stock_and_orders_use_is_never_lost(self):
        self.list_shirts()
        self.download_products()
        red = self.products("RED-S")
        warehouse = self.connection.warehouse_id
        self.env["stock.quant"]._update_available_quantity(
            red, warehouse.lot_stock_id, 3
        )
        self.fake.add(build_order(items=[build_item(sku="RED-S")]))
        self.download()
        line = self.order().sale_order_id.order_line.filtered("product_id")[:1]
        self.assertEqual(line.product_id, red)
        self.change(
            self.parent("RED-S", "RED-M", "BLUE-S", title="Another"),
            self.child("RED-S", varies={"material": "Wool", "size": "S"}),
            self.child("RED-M", varies={"material": "Wool", "size": "M"}),
            self.child("BLUE-S", varies={"material": "Silk", "size": "S"}),
        )
        self.assertTrue(red.exists() and red.active)
        self.assertEqual(line.product_id, red)
        self.assertEqual(red.qty_available, 3)
        self.assertEqual(self.varies(red), {"Size": "S", "Material": "Wool"})
