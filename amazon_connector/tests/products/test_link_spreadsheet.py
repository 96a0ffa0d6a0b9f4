"""Links as a spreadsheet: out with the suggestions, in with a word on each row."""

import base64
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon

CANADA = "Amazon.ca (Canada)"


class SpreadsheetCommon(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.connection.download_products = False
        self.wizard = self.open_wizard()

    def open_wizard(self, user=None):
        wizards = self.env["amazon.listing.spreadsheet"]
        if user:
            wizards = wizards.with_user(user)
        return wizards.create({"connection_id": self.connection.id})

    def fetch(self, *documents):
        self.fake.list(*documents)
        self.connection.action_download_products()
        self.download_products()

    def create_product(self, reference, **values):
        return self.env["product.product"].create(
            {"name": reference, "default_code": reference, "type": "consu", **values}
        )

    def download_sheet(self, which="not_linked"):
        """Return the rows of the spreadsheet, as {heading: text}."""
        self.wizard.which = which
        action = self.wizard.action_download()
        self.assertIn(f"/{self.wizard.id}/content/", action["url"])
        content = base64.b64decode(self.wizard.content)
        book = openpyxl.load_workbook(io.BytesIO(content))
        heads, *rows = book.worksheets[0].iter_rows(values_only=True)
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def upload(self, *rows, wizard=None):
        """Upload a spreadsheet with these rows of cells, the headings among them."""
        book = openpyxl.Workbook()
        for cells in rows:
            book.active.append(cells)
        target = io.BytesIO()
        book.save(target)
        return self.upload_bytes(target.getvalue(), wizard)

    def upload_bytes(self, content, wizard=None):
        wizard = wizard or self.wizard
        wizard.file = base64.b64encode(content)
        return wizard.action_upload()

    def problems(self):
        """Return ``{row: why it could not be linked}``."""
        return {line.number: line.reason for line in self.wizard.problem_ids}


@tagged("post_install", "-at_install")
class TestOut(SpreadsheetCommon):
    def test_a_row_for_each_listing_that_is_not_linked(self):
        self._create_product("bowl_1")
        self.fetch(
            build_listing("MUG"),
            build_listing("BOWL-1", title="A bowl", asin="B0BOWL"),
            build_listing("FAMILY", children=["MUG"]),
        )
        (row,) = self.download_sheet()
        reason = row.pop("Why")
        self.assertIn("capitals or punctuation", reason)
        self.assertEqual(
            row,
            {
                "SKU": "BOWL-1",
                "Storefront": self.connection.marketplace_id.name,
                "ASIN": "B0BOWL",
                "Title": "A bowl",
                "Internal Reference": "bowl_1",
                "Units per Listing": "1",
                "Product": "[bowl_1] Example bowl_1",
            },
        )

    def test_all_of_them_with_the_products_they_have(self):
        self.fetch(build_listing("MUG"), build_listing("BOWL"))
        rows = {row["SKU"]: row for row in self.download_sheet("all")}
        self.assertEqual(rows["MUG"]["Internal Reference"], "MUG")
        self.assertEqual(rows["MUG"]["Why"], "Linked.")
        self.assertFalse(rows["BOWL"]["Internal Reference"])

    def test_no_program_takes_a_title_for_a_formula_or_a_sku_for_a_number(self):
        self.fetch(build_listing("00012", title="=1+1"))
        (row,) = self.download_sheet()
        self.assertEqual((row["SKU"], row["Title"]), ("00012", "=1+1"))

    def test_a_suggestion_without_reference_is_named(self):
        lamp = self.env["product.product"].create(
            {"name": "Lamp", "type": "consu", "barcode": "4006381333931"}
        )
        self.fetch(build_listing("LAMP", barcode=lamp.barcode))
        (row,) = self.download_sheet()
        self.assertFalse(row["Internal Reference"])
        self.assertEqual(row["Product"], "Lamp")
        self.assertIn("no internal reference", row["Why"])

    def test_what_came_out_links_as_suggested_when_it_comes_in_unchanged(self):
        product = self._create_product("bowl_1")
        self.fetch(build_listing("BOWL-1"))
        self.download_sheet()
        self.upload_bytes(base64.b64decode(self.wizard.content))
        self.assertEqual(self.listing("BOWL-1").product_id, product)
        self.assertEqual(self.wizard.linked_count, 1)


@tagged("post_install", "-at_install")
class TestIn(SpreadsheetCommon):
    def prepare(self):
        super().prepare()
        self.open_storefront()
        self.fetch(
            build_listing("A-1"),
            build_listing("A-1", marketplace=CA),
            build_listing("A-2"),
            build_listing("FAMILY", children=["A-1"]),
        )
        self.bowl = self._create_product("BOWL")

    def test_sku_and_reference_suffice_in_any_order(self):
        self.upload(["Internal Reference", "Note", "SKU"], ["BOWL", "old", "A-1"])
        self.assertEqual(self.listing("A-1").product_id, self.bowl)
        self.assertEqual(len(self.listing("A-1")), 2)
        self.assertFalse(self.problems())

    def test_a_storefront_of_its_own(self):
        self.upload(
            ["SKU", "Storefront", "Internal Reference"],
            ["A-1", CANADA, "BOWL"],
            ["A-1", self.connection.marketplace_id.name, "MUG"],
        )
        products = {
            row.storefront_id.marketplace_id.name: row.product_id
            for row in self.listing("A-1")
        }
        self.assertEqual(products[CANADA], self.bowl)
        self.assertEqual(products[self.connection.marketplace_id.name], self.mug)

    def test_each_row_that_cannot_be_linked_says_why_and_stops_no_other(self):
        self._create_product("TWIN")
        self._create_product("TWIN")
        self._create_product("OLD").active = False
        self.create_product("REPAIR", type="service")
        self.upload(
            ["SKU", "Storefront", "Internal Reference"],
            ["UNKNOWN", None, "BOWL"],
            ["A-2", CANADA, "BOWL"],
            ["A-2", None, "NOBODY"],
            ["A-2", None, "TWIN"],
            ["A-2", None, "OLD"],
            ["A-2", None, "REPAIR"],
            ["FAMILY", None, "BOWL"],
            [None, None, "BOWL"],
            ["A-1", None, "BOWL"],
            ["A-1", None, "MUG"],
        )
        self.assertEqual(self.listing("A-1").product_id, self.bowl)
        self.assertFalse(self.listing("A-2").product_id)
        problems = self.problems()
        for row, words in {
            2: "no listing of this SKU",
            3: f"not listed in {CANADA}",
            4: "No product has the internal reference NOBODY",
            5: "Several products",
            6: "archived",
            7: "no goods",
            8: "holds variants together",
            9: "SKU is missing",
            11: "Row 10 names another product",
        }.items():
            self.assertIn(words, problems.pop(row))
        self.assertFalse(problems)

    def test_blank_rows_and_references_link_nothing(self):
        self.upload(
            ["SKU", "Internal Reference"], ["A-1", None], [None, None], ["A-2", "BOWL"]
        )
        self.assertFalse(self.listing("A-1").product_id)
        self.assertEqual(self.listing("A-2").product_id, self.bowl)
        self.assertEqual((self.wizard.linked_count, self.wizard.blank_count), (1, 1))

    def test_uploaded_again_nothing_is_changed(self):
        rows = (["SKU", "Internal Reference"], ["A-2", "BOWL"])
        self.upload(*rows)
        before = self.listing("A-2").write_date
        self.upload(*rows)
        self.assertEqual(
            (self.wizard.linked_count, self.wizard.unchanged_count), (0, 1)
        )
        self.assertEqual(self.listing("A-2").write_date, before)

    def test_what_a_program_made_a_number_of_is_found(self):
        self._create_product("4711")
        self.fetch(build_listing("815"))
        self.upload(["SKU", "Internal Reference"], [815, 4711.0])
        self.assertEqual(self.listing("815").product_id.default_code, "4711")

    def test_another_product_is_linked_instead(self):
        self.listing("A-2").product_id = self.mug
        self.upload(["SKU", "Internal Reference"], ["A-2", "BOWL"])
        self.assertEqual(self.listing("A-2").product_id, self.bowl)

    def test_a_file_that_is_no_spreadsheet_is_refused(self):
        for content in (b"", b"SKU;Internal Reference", b"PK\x03\x04 broken"):
            with self.subTest(content), self.assertRaises(UserError):
                self.upload_bytes(content)

    def test_a_spreadsheet_without_the_columns_says_which_are_needed(self):
        for rows in ((), (["SKU", "Reference"], ["A-1", "BOWL"])):
            with self.assertRaisesRegex(UserError, "SKU and Internal Reference"):
                self.upload(*rows)

    def test_the_result_is_shown_in_the_dialog(self):
        action = self.upload(["SKU", "Internal Reference"], ["A-1", "NOBODY"])
        self.assertEqual((action["res_id"], action["target"]), (self.wizard.id, "new"))
        form = Form(self.wizard)
        self.assertEqual(len(form.problem_ids), 1)

    def test_another_company_s_products_are_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.create_product("THEIRS", company_id=other.id)
        self.upload(["SKU", "Internal Reference"], ["A-2", "THEIRS"])
        self.assertIn("No product has", self.problems()[2])

    def test_a_user_of_the_connector_suffices(self):
        user = new_test_user(
            self.env, "linker", groups="amazon_connector.amazon_connector_group_user"
        )
        wizard = self.open_wizard(user)
        self.upload(["SKU", "Internal Reference"], ["A-2", "BOWL"], wizard=wizard)
        self.assertEqual(self.listing("A-2").product_id, self.bowl)
