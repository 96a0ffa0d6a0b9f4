"""What the tests of unknown products share."""

from .builders import ago
from .common import AmazonCommon

ORDER = "111-0000001-0000001"
SECOND = "111-0000001-0000002"
LATER = ago(days=2)


def omit(item, *names):
    """Take away what Amazon says of an item's product: sellerSku, title, …"""
    for name in names:
        item["product"].pop(name)
    return item


class UnknownProductsCommon(AmazonCommon):
    choice = "hold"

    def setUp(self):
        super().setUp()
        self.connection.unknown_product = self.choice

    def product(self, reference):
        return (
            self.env["product.product"]
            .with_context(active_test=False)
            .search([("default_code", "=", reference)])
        )

    def refs(self, sale):
        """The items that the sale order has lines of."""
        return sorted(
            sale.order_line.filtered("amazon_item_ref").mapped(
                "product_id.default_code"
            )
        )

    def adjustments(self, sale):
        product = self.env.ref("amazon_connector.product_adjustment")
        return sale.order_line.filtered(lambda line: line.product_id == product)
