"""What a sale order line knows of the Amazon order item that it was made from.

Its price is Amazon's: what Odoo would make of it (pricelist, taxes, quantity) is not
asked. Its invoices, in one or in parts, come to what it comes to.
"""

from decimal import Decimal

from odoo import api, fields, models

from .tax_policy import price_line, round_amount


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    amazon_item_ref = fields.Char(
        string="Amazon Order Item", readonly=True, copy=False, index="btree_not_null"
    )
    amazon_charge = fields.Char(
        readonly=True,
        copy=False,
        help="What Amazon charges with it, if it is no item: SHIPPING, TAX, …",
    )
    amazon_shipped_elsewhere = fields.Float(
        string="Shipped Elsewhere",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units that were shipped without a delivery of Odoo, such as those that "
        "Amazon had as shipped when the order came in.",
    )

    # === COMPUTE METHODS === #

    def _compute_price_unit(self):
        super(SaleOrderLine, self._filter_priced_by_odoo())._compute_price_unit()

    def _compute_discount(self):
        super(SaleOrderLine, self._filter_priced_by_odoo())._compute_discount()

    def _compute_tax_ids(self):
        super(SaleOrderLine, self._filter_priced_by_odoo())._compute_tax_ids()

    @api.depends("amazon_shipped_elsewhere")
    def _compute_qty_delivered(self):
        super()._compute_qty_delivered()
        for line in self.filtered("amazon_shipped_elsewhere"):
            if line.qty_delivered_method == "stock_move":
                line.qty_delivered += line.amazon_shipped_elsewhere

    # === BUSINESS METHODS === #

    def _is_amazon_priced(self):
        """Whether the price of the line came from Amazon."""
        return bool(self.amazon_item_ref or self.amazon_charge)

    def _filter_priced_by_odoo(self):
        return self.filtered(lambda line: not line._is_amazon_priced())

    def _can_be_invoiced_alone(self):
        """Charges go with the first goods: a discount alone would be a credit note."""
        return super()._can_be_invoiced_alone() and not self.amazon_charge

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self._is_amazon_priced() and self.product_uom_qty and values["quantity"]:
            values |= self._prepare_amazon_invoice_vals(values["quantity"])
        return values

    def _prepare_amazon_invoice_vals(self, quantity):
        """Return the values that make the invoice line its part of the line's total.

        Parts are the steps of a running total, so that the last one takes what rounding
        left over.
        """
        invoiced = Decimal(str(self.qty_invoiced))
        until_now = self._get_amazon_amount(invoiced)
        amount = self._get_amazon_amount(invoiced + Decimal(str(quantity))) - until_now
        values = price_line(
            self.product_id, self.tax_ids, self.currency_id, quantity, amount
        )
        account = self._get_amazon_tax_account()
        return values | {"account_id": account.id} if account else values

    def _get_amazon_amount(self, quantity):
        """Return what so many units come to, with taxes, as ``Decimal``."""
        total = Decimal(str(self.price_total))
        ordered = Decimal(str(self.product_uom_qty))
        return round_amount(total * quantity / ordered, self.currency_id)

    def _get_amazon_tax_account(self):
        """Return the account of tax that Amazon charges and does not remit; empty for
        every other line."""
        storefronts = self.order_id.sudo().amazon_order_ids.storefront_id
        if self.amazon_charge != "TAX":
            return self.env["account.account"]
        return storefronts[:1]._get_tax_account()
