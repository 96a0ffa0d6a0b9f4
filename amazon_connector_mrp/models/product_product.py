"""Kits among the products: what they are made of decides what is offered of them."""

from odoo import api, models
from odoo.fields import Domain

from .kit_components import KitComponents, find_kit_boms
from .kit_sql import select_kits_of, select_kits_without_stock, select_related


class ProductProduct(models.Model):
    _inherit = "product.product"

    # === BUSINESS METHODS - KITS === #

    @api.model
    def _get_amazon_stock_domain(self, company):
        """Override to add kits, whatever their type, if a component is in stock.

        A kit whose bill of materials has nothing that counts is among them: none of it
        is offered.
        """
        stocked = super()._get_amazon_stock_domain(company)
        without_stock = select_kits_without_stock(self.env, company)
        return (stocked | self._get_amazon_kit_domain(company)) & ~Domain(
            "id", "any!", without_stock
        )

    @api.model
    def _get_amazon_kit_domain(self, company):
        """The products with an active bill of materials as a kit.

        :param company: the ``res.company`` that sells
        """
        boms = (
            Domain("type", "=", "phantom")
            & Domain("active", "=", True)
            & Domain("company_id", "in", (False, company.id))
        )
        kits = self.env["mrp.bom"].sudo()
        of_templates = kits._search(boms & Domain("product_id", "=", False))
        of_variants = kits._search(boms & Domain("product_id", "!=", False))
        return Domain(
            "product_tmpl_id", "any!", of_templates.subselect("product_tmpl_id")
        ) | Domain("id", "any!", of_variants.subselect("product_id"))

    def _get_amazon_no_stock_reason(self, company):
        """Override to speak of the components."""
        reason = super()._get_amazon_no_stock_reason(company)
        if reason and find_kit_boms(self, company):
            return self.env._(
                "The product is a kit, and none of its components is storable, so it "
                "has no stock."
            )
        return reason

    def _get_amazon_kit_needs(self, company):
        """Override to take kits apart; what is not storable limits no kit."""
        boms = find_kit_boms(self, company)
        if not boms:
            return super()._get_amazon_kit_needs(company)
        components = KitComponents(boms, company)
        # Who sees what is offered may not read bills of materials.
        return {
            kit.with_env(self.env): {
                component.with_env(self.env): need
                for component, need in components.get(kit).items()
                if component.is_storable
            }
            for kit in boms
        }

    def _get_amazon_kits(self):
        """Override to find the kits, those of kits and archived ones, too."""
        products = self.sudo().with_context(active_test=False)
        kits = products.search(Domain("id", "any!", select_kits_of(self)))
        return super()._get_amazon_kits() | kits.with_env(self.env)

    def _get_amazon_related_domain(self):
        """Override to add components, and all kits that are made of them."""
        if not self:
            return super()._get_amazon_related_domain()
        return Domain("id", "any!", select_related(self))
