"""How many units of its product a listing is: said once for a SKU, or for one place."""

from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..fake_listings import CA, build_listing
from ..listings_common import ListingsCommon
from .test_link_spreadsheet import CANADA, SpreadsheetCommon


class PackListingsCommon(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.canada = self.open_storefront()
        self.fake.list(
            build_listing("MUG"),
            build_listing("MUG", marketplace=CA, price="14.00", currency="CAD"),
        )
        self.download_products()
        self.here = self.listing(
            storefront=self.connection.storefront_ids - self.canada
        )
        self.there = self.listing(storefront=self.canada)

    def units(self):
        return (self.here.units_per_listing, self.there.units_per_listing)


@tagged("post_install", "-at_install")
class TestUnitsPerListing(PackListingsCommon):
    def test_it_is_one_unit_until_somebody_says_otherwise(self):
        self.assertEqual(self.units(), (1, 1))

    def test_it_counts_in_all_storefronts_of_the_sku(self):
        self.here.units_per_listing = 6
        self.assertEqual(self.units(), (6, 6))
        self.there.units_per_listing = 1
        self.assertEqual(self.units(), (1, 1))

    def test_a_storefront_may_have_its_own(self):
        self.there.write({"units_per_listing": 4, "has_own_units": True})
        self.assertEqual(self.units(), (1, 4))
        self.here.units_per_listing = 6
        self.assertEqual(self.units(), (6, 4))
        self.there.has_own_units = False
        self.assertEqual(self.units(), (6, 6))

    def test_many_at_once(self):
        self.fake.list(build_listing("BOWL"))
        self.download_products()
        (self.here | self.listing("BOWL")).units_per_listing = 6
        self.assertEqual(
            (*self.units(), self.listing("BOWL").units_per_listing), (6,) * 3
        )

    def test_a_storefront_that_comes_later_takes_it(self):
        self.there.unlink()
        self.here.units_per_listing = 6
        self.fake.list(build_listing("MUG", marketplace=CA, currency="CAD"))
        self.download_products()
        self.there = self.listing(storefront=self.canada)
        self.assertEqual(self.units(), (6, 6))

    def test_another_store_says_its_own(self):
        other = self._create_connection("A2EXAMPLEOTHER", download_products=False)
        listing = self.env["amazon.listing"].create(
            {"storefront_id": other.storefront_ids.id, "sku": "MUG"}
        )
        self.here.units_per_listing = 6
        self.assertEqual(listing.units_per_listing, 1)

    @mute_logger("odoo.sql_db")
    def test_none_and_less_are_refused(self):
        for units in (0, -6):
            with (
                self.subTest(units=units),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.here.units_per_listing = units
                self.here.flush_recordset()

    def test_who_works_with_listings_says_it_on_the_form(self):
        user = new_test_user(
            self.env, "packer", "amazon_connector.amazon_connector_group_user"
        )
        with Form(self.here.with_user(user)) as form:
            form.units_per_listing = 6
        self.assertEqual(self.units(), (6, 6))

    def test_it_is_edited_on_the_tab_of_product_and_variant(self):
        for record, units in ((self.mug, 6), (self.mug.product_tmpl_id, 4)):
            with self.subTest(model=record._name):
                (row,) = record.amazon_sku_ids
                edited = Command.update(row.id, {"units_per_listing": units})
                record.write({"amazon_sku_ids": [edited]})
                self.assertEqual(self.units(), (units, units))

    def test_a_later_download_leaves_it(self):
        self.here.units_per_listing = 6
        self.fake.list(build_listing("MUG", title="Six mugs"))
        self.download_products()
        self.assertEqual(self.units(), (6, 6))


@tagged("post_install", "-at_install")
class TestPackAndProduct(PackListingsCommon):
    def test_a_product_does_not_follow_a_pack(self):
        self.here.units_per_listing = 6
        before = self.mug.read(["name", "list_price", "barcode"])
        self.fake.list(
            build_listing(
                "MUG", title="Six mugs", price="55.00", barcode="4006381333931"
            )
        )
        self.download_products()
        self.assertEqual(self.here.title, "Six mugs")
        self.assertEqual(self.mug.read(["name", "list_price", "barcode"]), before)

    def test_a_product_made_of_a_pack_is_one_unit_of_it(self):
        self.connection.download_products = False
        self.fake.list(build_listing("BOWL-4", price="20.00", barcode="4006381333931"))
        self.connection.action_download_products()
        self.download_products()
        listing = self.listing("BOWL-4")
        listing.units_per_listing = 4
        listing.action_create_product()
        self.assertEqual(listing.product_id.list_price, 5)
        self.assertFalse(listing.product_id.barcode)


@tagged("post_install", "-at_install")
class TestPackSpreadsheet(SpreadsheetCommon):
    HEADS = ["SKU", "Storefront", "Internal Reference", "Units per Listing"]

    def prepare(self):
        super().prepare()
        self.canada = self.open_storefront()
        self.fetch(
            build_listing("MUG"),
            build_listing("MUG", marketplace=CA, currency="CAD"),
            build_listing("BOWL"),
        )
        self.here = self.listing(
            storefront=self.connection.storefront_ids - self.canada
        )
        self.there = self.listing(storefront=self.canada)

    def units(self):
        return (self.here.units_per_listing, self.there.units_per_listing)

    def test_it_is_written(self):
        self.here.units_per_listing = 6
        rows = self.download_sheet("all")
        units = {(row["SKU"], row["Units per Listing"]) for row in rows}
        self.assertEqual(units, {("MUG", "6"), ("BOWL", "1")})

    def test_one_changed_row_counts_for_the_sku(self):
        us = self.connection.marketplace_id.name
        self.upload(self.HEADS, ["MUG", us, "MUG", "6"], ["MUG", CANADA, "MUG", "1"])
        self.assertEqual(self.units(), (6, 6))
        self.assertEqual(self.wizard.units_count, 1)
        self.assertFalse(self.problems())

    def test_without_reference_it_is_taken_all_the_same(self):
        self.upload(["SKU", "Units per Listing"], ["MUG", 6], ["BOWL", 4.0])
        self.assertEqual(self.units(), (6, 6))
        self.assertEqual(self.listing("BOWL").units_per_listing, 4)
        self.assertFalse(self.listing("BOWL").product_id)

    def test_a_storefront_with_its_own_is_meant_by_name_only(self):
        self.there.write({"units_per_listing": 4, "has_own_units": True})
        self.upload(["SKU", "Units per Listing"], ["MUG", "6"])
        self.assertEqual(self.units(), (6, 4))
        self.upload(self.HEADS, ["MUG", CANADA, "", "5"])
        self.assertEqual(self.units(), (6, 5))

    def test_rows_that_contradict_each_other(self):
        us = self.connection.marketplace_id.name
        self.upload(self.HEADS, ["MUG", us, "", "6"], ["MUG", CANADA, "", "4"])
        self.assertEqual(self.units(), (6, 6))
        self.assertIn("Row 2 says another number", self.problems()[3])

    def test_what_is_no_number_costs_its_row(self):
        wrong = ["0", "-6", "six", "1.5", "99999999999", "1000001"]
        rows = [["MUG", "", "MUG", text] for text in wrong]
        self.upload(self.HEADS, *rows, ["BOWL", "", "", "4"])
        self.assertEqual(self.units(), (1, 1))
        self.assertEqual(self.here.product_id, self.mug)
        self.assertEqual(self.listing("BOWL").units_per_listing, 4)
        self.assertEqual(set(self.problems()), set(range(2, 8)))
        self.assertIn("whole number from 1 on, not six", self.problems()[4])
