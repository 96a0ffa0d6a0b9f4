"""One poisonous order among many: it alone suffers, and comes in once it is mended."""

from odoo.tests import tagged

from ..builders import ago, build_item, build_order, money
from ..common import AmazonCommon

GOOD = 59
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
