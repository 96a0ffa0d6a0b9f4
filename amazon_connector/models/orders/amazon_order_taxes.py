"""How the tax of an order is accounted for: the storefront's policy; what to say."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from .tax_policy import AmazonAmounts, OdooTaxes


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - TAXES === #

    def _uses_odoo_taxes(self):
        return self.storefront_id.tax_policy == "odoo"

    def _get_tax_policy(self, position):
        """Return what says the amounts and taxes of the lines.

        :param position: the buyer's ``account.fiscal.position``, may be empty
        """
        company = self.connection_id.company_id
        if not self._uses_odoo_taxes():
            return AmazonAmounts()
        return OdooTaxes(company, position, self.storefront_id.facilitator_position_id)

    def _get_fiscal_position(self, order, contact, delivery):
        """Return the fiscal position of the sale order.

        Where Amazon collects the tax of all items it is the storefront's, else the one
        that Odoo finds for the buyer: by country, or by VAT number.

        :param contact: the customer, ``res.partner``
        :param delivery: where the goods go, ``res.partner``
        """
        storefront = self.storefront_id
        is_collected = order.items and all(
            item.tax_collected_by_amazon for item in order.items
        )
        if is_collected and self._uses_odoo_taxes():
            if storefront.facilitator_position_id:
                return storefront.facilitator_position_id
        return (
            self.env["account.fiscal.position"]
            .with_company(self.connection_id.company_id)
            ._get_fiscal_position(contact, delivery)
        )

    def _find_currency(self, order):
        """Return the order's ``res.currency``, switched on if it was not.

        :raise UserError: when Odoo does not know it
        """
        usual = self.storefront_id.currency_id
        # Amazon names no currency where there is nothing to pay.
        name = order.currency or usual.name
        if name and name == usual.name and usual.active:
            return usual
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        currency = currencies.search([("name", "=", name)])
        if not currency:
            raise UserError(
                self.env._(
                    "Odoo does not know the currency %s of the order. Create it under "
                    "Accounting, Configuration, Currencies; the order then comes in by "
                    "itself.",
                    name or "?",
                )
            )
        if not currency.active:
            currency.active = True
        return currency

    # === BUSINESS METHODS - WHAT TO SAY OF TAXES === #

    def _warn_of_taxes(self, order, sale, run):
        """Say in the history what a bookkeeper has to know of the order's taxes."""
        if self._uses_odoo_taxes():
            self._warn_of_collected_tax(order, run)
            self._warn_of_other_tax(order, sale, run)
        elif AmazonAmounts().get_tax(order.parts):
            self._warn_of_missing_tax_account(run)

    def _warn_of_collected_tax(self, order, run):
        collected = [part for part in order.parts if part.remitted]
        if not collected:
            return
        storefront = self.storefront_id
        if not storefront.facilitator_position_id:
            storefront._warn_once(
                self.env._(
                    "Amazon collects the tax of orders of %s itself; their lines carry "
                    "no tax. Choose a fiscal position under Amazon collects the tax on "
                    "the storefront, so that they get the right tax and accounts.",
                    storefront.marketplace_id.name,
                ),
                run,
            )
        is_paid = sum(part.net for part in collected)
        if is_paid and not any(part.tax for part in collected):
            run._warn(
                self.env._(
                    "Amazon collects the tax of order %s and does not say how much it "
                    "is; the sale order holds the whole amount. Compare it with "
                    "Amazon's settlement, and correct the price if Amazon pays less.",
                    self.amazon_order_id,
                ),
                self,
            )

    def _warn_of_other_tax(self, order, sale, run):
        """Say it when Odoo's taxes come to something else than Amazon's."""
        parts = [part for part in order.parts if not part.remitted]
        named = sum((part.tax for part in parts), Decimal(0))
        if not named or self._get_missing_lines():
            return
        lines = sale.order_line.filtered(lambda line: line._is_amazon_priced())
        computed = sum(lines.mapped("price_tax"))
        # Each part is rounded by itself, by Amazon and by Odoo.
        tolerance = sale.currency_id.rounding * max(1, len(parts))
        if abs(float(named) - computed) <= tolerance + 1e-6:
            return
        run._warn(
            self.env._(
                "Amazon names %(named)s of tax for order %(ref)s, Odoo's taxes come to "
                "%(computed)s. Check the taxes of its products, and the fiscal "
                "position for the country that it is delivered to.",
                named=sale.currency_id.format(float(named)),
                ref=self.amazon_order_id,
                computed=sale.currency_id.format(computed),
            ),
            self,
        )

    def _warn_of_missing_tax_account(self, run):
        storefront = self.storefront_id
        if storefront._get_tax_account():
            return
        run._warn(
            self.env._(
                "Order %(ref)s holds tax that Amazon does not pay for you, and no "
                "account is set for it: an invoice would book it as revenue. Choose "
                "the Account for tax on the storefront of %(market)s before you "
                "invoice it.",
                ref=self.amazon_order_id,
                market=storefront.marketplace_id.name,
            ),
            self,
        )
