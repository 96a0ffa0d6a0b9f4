"""How much of the client's stock a store may sell."""

from odoo import models


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === BUSINESS METHODS === #

    def _client_free_quantities(self, products):
        """Return what is free in the warehouse, of the client's stock only.

        :return: ``{product: quantity in the product's unit}``, which may be negative
        """
        self.ensure_one()
        free = dict.fromkeys(products, 0.0)
        # Odoo's quantities know one owner at a time.
        for owner_id in self.env["stock.quant"]._client_owner_ids(
            self.client_id, self.company_id
        ):
            # Who may see the store's numbers need not be a warehouse worker.
            in_warehouse = (
                products.sudo()
                .with_company(self.company_id)
                .with_context(warehouse_id=self.warehouse_id.id, owner_id=owner_id)
            )
            for product in in_warehouse:
                free[product] += product.free_qty
        return {
            product: product.uom_id.round(quantity)
            for product, quantity in free.items()
        }
