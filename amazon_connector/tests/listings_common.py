"""What the tests of listings share."""

from odoo.fields import Command

from ..models.products import amazon_job_type_download_products
from .common import AmazonCommon
from .fake_listings import CA


class ListingsCommon(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.download_products = True
        assert cls.connection.company_id.currency_id.name == "USD"

    def _patch_seams(self):
        super()._patch_seams()
        # Each step of the progress is shown, whatever the clock says.
        self.patch(amazon_job_type_download_products, "SECONDS_BETWEEN_SHARES", 0)

    def download_products(self):
        self.run_job("download_products")

    def listing(self, sku="MUG", connection=None, storefront=None):
        found = self.env["amazon.listing"].search(
            [
                ("sku", "=", sku),
                ("connection_id", "=", (connection or self.connection).id),
            ]
        )
        if storefront:
            found = found.filtered(lambda row: row.storefront_id == storefront)
        return found

    def products(self, reference):
        return (
            self.env["product.product"]
            .with_context(active_test=False)
            .search([("default_code", "=", reference)])
        )

    def open_storefront(self, active=True):
        """Let the account sell in Canada, too; return the storefront."""
        return self.env["amazon.storefront"].create(
            {
                "connection_id": self.connection.id,
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_ca"
                ).id,
                "active": active,
            }
        )

    def create_variants(self, *references):
        """Return the variants of one template, with these internal references."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Invented size",
                "value_ids": [Command.create({"name": ref}) for ref in references],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": attribute.value_ids.ids}
        template = self.env["product.template"].create(
            {"name": "Family", "attribute_line_ids": [Command.create(line)]}
        )
        for variant, reference in zip(
            template.product_variant_ids, references, strict=True
        ):
            variant.default_code = reference
        return template.product_variant_ids

    def lines_of(self, run):
        return " ".join(run.line_ids.mapped("message"))


__all__ = ["CA", "ListingsCommon"]
