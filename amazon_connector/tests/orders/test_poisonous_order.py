"""One poisonous order among many: it alone suffers, and comes in once it is mended.

``POISONOUS_AMONG`` in the environment says among how many orders (60).
"""

import os

from odoo.tests import tagged

from ...models.orders.order_window import EMPTY_PAGES
from ...spapi.errors import UnavailableError
from ..builders import NOW, ago, build_item, build_order, money
from ..common import AmazonCommon

GOOD = int(os.environ.get("POISONOUS_AMONG", "60")) - 1
POISONOUS = "111-0000009-0000001"
LONG = "Überlang " * 1111 + "!"


def poison(document, *path, value):
    """Put a value where the path of keys and places leads."""
    for key in path[:-1]:
        document = (
            document.setdefault(key, {}) if isinstance(key, str) else document[key]
        )
    document[path[-1]] = value


ITEM = ("orderItems", 0)
ADDRESS = ("recipient", "deliveryAddress")
HTML = '<script>alert(1)</script><b>Berta</b> & "Co"'

# What is imported with a warning: where, what, and the name the warning says.
CLEANED = (
    ((*ITEM, "product", "title"), "Cup\0 blue", "title"),
    ((*ITEM, "product", "title"), "Cup \ud83c", "title"),
    ((*ITEM, "product", "title"), LONG, "title"),
    (("buyer", "buyerName"), "Ber\0ta", "buyerName"),
    (("buyer", "buyerName"), LONG, "buyerName"),
    ((*ADDRESS, "name"), LONG, "name"),
    ((*ADDRESS, "addressLine1"), "\ud83c" + LONG, "addressLine1"),
    ((*ADDRESS, "companyName"), LONG, "companyName"),
    (("buyer", "buyerEmail"), "\0" + "x" * 10_000, "buyerEmail"),
    (("buyer", "buyerPurchaseOrderNumber"), LONG, "buyerPurchaseOrderNumber"),
    (
        (*ITEM, "fulfillment", "packing", "giftOption"),
        {"giftMessage": "half \ud83c"},
        "giftMessage",
    ),
)

# What is failed, and the name its reason says.
UNREADABLE = (
    ((*ITEM, "quantityOrdered"), 3_000_000_000, "quantityOrdered"),
    ((*ITEM, "quantityOrdered"), -1, "quantityOrdered"),
    ((*ITEM, "quantityOrdered"), "two", "quantityOrdered"),
    ((*ITEM, "product", "sellerSku"), "S" * 1_000_000, "sellerSku"),
    ((*ITEM, "orderItemId"), "1\0", "orderItemId"),
    (("proceeds", "grandTotal"), money("1.299,00"), "grandTotal"),
    (("proceeds", "grandTotal"), money("1e30"), "grandTotal"),
    (("proceeds", "grandTotal"), money("NaN"), "grandTotal"),
    (("proceeds", "grandTotal"), money("9.99", "JPY"), "currencies"),
    (("lastUpdatedTime",), "yesterday", "lastUpdatedTime"),
    (
        ("fulfillment", "shipByWindow", "latestDateTime"),
        "9999-99-99T00:00:00Z",
        "latestDateTime",
    ),
)

# Entries of a page by which no order can be known.
NUMBERLESS = (
    {},
    {"orderId": None},
    {"orderId": ""},
    {"orderId": 1110000009},
    {"orderId": ["111-0000009-0000001"]},
    {"orderId": "111-0000009-0000001\0"},
    {"orderId": "111-0000009-000000\ud83c"},
    {"orderId": "1" * 300},
    None,
    "111-0000009-0000001",
)

# What means nothing to us and does no harm.
HARMLESS = (
    (("fulfillment", "fulfillmentServiceLevel"), "BY_PIGEON"),
    (("programs",), ["UNHEARD_OF", 7, None, {"a": "b"}]),
    (("orderAliases",), "none"),
    (("packages",), {"no": "list"}),
    (("buyer",), None),
    (("tax",), {"taxRegistrations": [{"entityType": "BUYER"}, "x"]}),
    (("buyer", "buyerName"), HTML),
    ((*ADDRESS, "name"), HTML),
    ((*ITEM, "product", "title"), HTML),
    ((*ADDRESS, "addressType"), "MOON_BASE"),
    (("recipient", "deliveryPreference"), [1, 2]),
    (("payment",), []),
    (("somethingNew",), {"deep": [[[[]]]]}),
)


@tagged("post_install", "-at_install")
class TestPoisonousOrder(AmazonCommon):
    def build(self, path, value, number=POISONOUS, **more):
        document = build_order(order_id=number, buyer="Otto Muster", **more)
        poison(document, *path, value=value)
        return document

    def test_it_alone_is_failed_and_the_others_come_in_with_the_same_run(self):
        path, value, name = UNREADABLE[0]
        for number in range(GOOD):
            if number == GOOD // 2:
                self.fake.add(self.build(path, value))
            self.fake.add(build_order(order_id=f"111-0000001-{number:07}"))
        self.download()
        rows = self.env["amazon.order"].search([])
        good = rows - self.order(POISONOUS)
        self.assertEqual(len(good), GOOD)
        self.assertEqual(set(good.mapped("state")), {"imported"})
        self.assertEqual(self.order(POISONOUS).state, "failed")
        self.assertIn(name, self.order(POISONOUS).error)
        runs = self.env["amazon.history"].search([("kind", "=", "download_orders")])
        self.assertEqual(len(runs), 1)
        self.fake.add(build_order(order_id=POISONOUS, updated=ago(days=2)))
        self.download()
        self.assertEqual(self.order(POISONOUS).state, "imported")

    def add_numberless(self):
        """Have them on two pages, among good orders."""
        for place, entry in enumerate(NUMBERLESS):
            if isinstance(entry, dict):
                entry = {**build_order(), "orderId": None, **entry}
            self.fake.documents[f"numberless {place}"] = entry
            self.fake.add(build_order(order_id=f"111-0000001-{place:07}"))
        self.fake.page_size = len(NUMBERLESS)

    def warnings(self, kind="download_orders"):
        lines = self.last_run(kind).line_ids
        return lines.filtered(lambda line: line.level == "warning")

    def test_an_entry_without_number_is_set_aside_and_told_once(self):
        self.add_numberless()
        self.download()
        rows = self.env["amazon.order"].search([])
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        self.assertEqual(len(rows), len(NUMBERLESS))
        warning = self.warnings()
        self.assertEqual(len(warning), 1)
        self.assertIn(f"{len(NUMBERLESS)} orders without a number", warning.message)
        self.assertEqual(self.last_run().seen, 2 * len(NUMBERLESS))
        self.assertEqual(self.last_run().outcome, "warning")

    def test_the_cursor_goes_on_past_an_entry_without_number(self):
        self.add_numberless()
        self.download()
        self.assertEqual(self.connection.orders_synced_until, NOW.replace(tzinfo=None))
        self.fake.documents = {"numberless": {}}
        self.download()
        self.assertEqual(len(self.warnings()), 1)
        self.fake.documents = {}
        self.download()
        self.assertFalse(self.warnings())

    def test_pages_of_nothing_else_are_passed_over(self):
        self.fake.page_size = 1
        for place in range(EMPTY_PAGES + 2):
            self.fake.documents[f"numberless {place}"] = {}
        self.fake.add(build_order())
        self.download()
        self.assertEqual(self.order().state, "imported")
        self.assertIn(f"{EMPTY_PAGES + 2} orders without", self.warnings().message)

    def test_what_a_run_that_broke_off_set_aside_is_told_by_the_next(self):
        self.add_numberless()
        self.fake.errors = [None, UnavailableError("Down.", operation="searchOrders")]
        self.download()
        self.assertFalse(self.warnings())
        self.put_off_is_over()
        self.download()
        self.assertIn(f"{len(NUMBERLESS)} orders without", self.warnings().message)

    def test_the_nightly_check_goes_past_it(self):
        self.connection.state = "completed"
        self.connection.orders_synced_until = NOW.replace(tzinfo=None)
        self.add_numberless()
        self.run_job("sweep_orders")
        self.assertEqual(self.env["amazon.order"].search_count([]), len(NUMBERLESS))
        self.assertIn("without a number", self.warnings("sweep_orders")[0].message)

    def test_what_cannot_be_read_is_failed_and_the_field_named(self):
        names = {}
        for place, (path, value, name) in enumerate(UNREADABLE):
            number = f"111-0000009-{place:07}"
            names[number] = name
            self.fake.add(self.build(path, value, number))
        self.fake.add(build_order())
        self.download()
        self.assertEqual(self.order().state, "imported")
        for number, name in names.items():
            row = self.order(number)
            self.assertEqual(row.state, "failed", name)
            self.assertIn(name, row.error)
            self.assertFalse(row.sale_order_id)

    def test_what_can_be_cleaned_comes_in_with_a_warning_that_names_the_field(self):
        names = {}
        for place, (path, value, name) in enumerate(CLEANED):
            number = f"111-0000009-{place:07}"
            names[number] = name
            self.fake.add(self.build(path, value, number))
        self.fake.add(build_order())
        self.download()
        warnings = self.last_run().line_ids
        for number, name in names.items():
            row = self.order(number)
            self.assertEqual(row.state, "imported", f"{name}: {row.error}")
            told = warnings.filtered(lambda line, row=row: line.res_id == row.id)
            self.assertIn(name, " ".join(told.mapped("message")))
        self.assertEqual(self.order().state, "imported")

    def test_what_means_nothing_does_no_harm(self):
        for place, (path, value) in enumerate(HARMLESS):
            self.fake.add(self.build(path, value, f"111-0000009-{place:07}"))
        self.download()
        rows = self.env["amazon.order"].search([])
        self.assertEqual(len(rows), len(HARMLESS))
        for row in rows:
            self.assertEqual(row.state, "imported", row.error)
            self.assertEqual(row.sale_order_id.state, "sale")

    def test_html_stays_text(self):
        self.fake.add(self.build((*ADDRESS, "name"), HTML))
        document = self.fake.documents[POISONOUS]
        document["orderItems"] = [build_item(message=HTML)]
        document["tax"] = {
            "taxRegistrations": [
                {
                    "entityType": "BUYER",
                    "taxRegistrationType": "VAT",
                    "taxRegistrationNumber": "1",
                    "legalName": HTML,
                    "taxRegistrationAttributes": [{"key": "TAX_OFFICE", "value": HTML}],
                }
            ]
        }
        self.download()
        sale = self.order(POISONOUS).sale_order_id
        self.assertEqual(sale.partner_shipping_id.name, HTML)
        self.assertNotIn("<script", sale.partner_id.commercial_partner_id.comment or "")
        self.assertNotIn("<b>", " ".join(sale.message_ids.mapped("body")))

    def test_missing_blocks_make_an_order_all_the_same(self):
        bare = build_order(order_id=POISONOUS)
        for name in ("buyer", "recipient", "proceeds", "lastUpdatedTime"):
            del bare[name]
        for name in ("proceeds", "fulfillment"):
            del bare["orderItems"][0][name]
        self.fake.add(bare, build_order())
        self.download()
        self.assertEqual(self.order(POISONOUS).state, "imported")
        self.assertTrue(self.order(POISONOUS).is_address_missing)
        self.assertEqual(self.order().state, "imported")
