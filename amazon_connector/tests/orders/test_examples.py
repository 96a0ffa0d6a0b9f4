"""The order documents of Amazon's own model go through the download into Odoo."""

import copy
import json
import os
from decimal import Decimal
from pathlib import Path
from unittest import skipUnless

from odoo.tests import tagged

from ..builders import build_item
from ..common import AmazonCommon

REPOSITORY = Path(__file__).resolve().parents[3]
MODELS = Path(
    os.environ.get("SPAPI_MODELS") or REPOSITORY.parent / "shared" / "sp-api-models"
)
MODEL = MODELS / "orders_2026-01-01.json"


def example_documents():
    """Return the orders that the model shows as examples of its two operations."""
    paths = json.loads(MODEL.read_text())["paths"]

    def example(path):
        answer = paths[path]["get"]["responses"]["200"]
        return next(iter(answer["examples"].values()))

    search = example("/orders/2026-01-01/orders")
    get = example("/orders/2026-01-01/orders/{orderId}")
    return [*search["orders"], get["order"]]


# A build server without the models would prove nothing and look well.
NEEDED = MODEL.exists() or bool(os.environ.get("CI"))


def get_collected_tax(document):
    """Return the tax of the items that have an IOSS number: Amazon has collected it."""
    return sum(
        Decimal(row["subtotal"]["amount"])
        for item in document["orderItems"]
        if "internationalShipping" in item["fulfillment"].get("shipping", {})
        for row in item["proceeds"]["breakdowns"]
        if row["type"] == "TAX"
    )


@skipUnless(NEEDED, f"Amazon's models are not at {MODELS}; set SPAPI_MODELS.")
@tagged("post_install", "-at_install")
class TestExamples(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.documents = example_documents()
        self.env["amazon.storefront"].create(
            {
                "connection_id": self.connection.id,
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_uk"
                ).id,
                "active": True,
            }
        )

    def test_as_they_are_they_are_shipped_and_make_no_sale_order(self):
        self.fake.add(*self.documents)
        self.download()
        rows = self.env["amazon.order"].search([])
        self.assertEqual(len(rows), len(self.documents))
        self.assertEqual(set(rows.mapped("status")), {"shipped"})
        self.assertEqual(set(rows.mapped("state")), {"ignored"})

    def test_while_unshipped_they_become_sale_orders_with_amazons_total(self):
        for document in copy.deepcopy(self.documents):
            document["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
            for item in document["orderItems"]:
                item["fulfillment"]["quantityFulfilled"] = 0
                self._create_product(item["product"]["sellerSku"])
            self.fake.add(document)
        self.download()
        for document in self.documents:
            row = self.order(document["orderId"])
            self.assertEqual(row.state, "imported", row.error)
            sale = row.sale_order_id
            total = document["proceeds"]["grandTotal"]
            owed = Decimal(total["amount"]) - get_collected_tax(document)
            self.assertEqual(f"{sale.amount_total:.2f}", f"{owed:.2f}")
            self.assertEqual(sale.currency_id.name, total["currencyCode"])
            address = document["recipient"]["deliveryAddress"]
            self.assertEqual(sale.partner_shipping_id.street, address["addressLine1"])
            self.assertEqual(
                sale.partner_shipping_id.country_id.code, address["countryCode"]
            )
            self.assertEqual(
                sale.order_line.filtered("amazon_item_ref").mapped("amazon_item_ref"),
                [item["orderItemId"] for item in document["orderItems"]],
            )

    def test_blocks_that_amazon_leaves_out_do_no_harm(self):
        bare = self.documents[0]
        for name in ("buyer", "programs", "packages", "associatedOrders"):
            bare.pop(name, None)
        bare["orderItems"] = [build_item()]
        bare["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
        self.fake.add(bare)
        self.download()
        self.assertEqual(self.order(bare["orderId"]).state, "imported")
