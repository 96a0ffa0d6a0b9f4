"""What a sale order line knows of the Amazon order item that it was made from.

Its price is Amazon's: what Odoo would make of it (pricelist, taxes, quantity) is not
asked. Its invoices, in one or in parts, come to what it comes to. Units that left
without Odoo count as delivered.
"""

from decimal import Decimal

from odoo import api, fields, models

from ..products.units_per_listing import is_whole, to_amazon, to_odoo
from .delivery_stage import DeliveryStage
from .tax_policy import price_line, round_amount


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    amazon_item_ref = fields.Char(
        string="Amazon Order Item", readonly=True, copy=False, index="btree_not_null"
    )
    amazon_units_per_item = fields.Integer(
        string="Units per Item on Amazon",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many units of the product one of the item is: 6 of a pack of 6. As "
        "the listing said when the order came in; 0 stands for 1.",
    )
    amazon_charge = fields.Char(
        readonly=True,
        copy=False,
        help="What Amazon charges with it, if it is no item: SHIPPING, TAX, …",
    )
    amazon_qty_shipped_elsewhere = fields.Float(
        string="Shipped outside of Odoo",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units that Amazon counts as shipped and Odoo did not ship. They count as "
        "delivered, and are not delivered again.",
    )

    # === COMPUTE METHODS === #

    def _compute_price_unit(self):
        lines = self._filter_priced_by_odoo()
        return super(SaleOrderLine, lines)._compute_price_unit()

    def _compute_discount(self):
        lines = self._filter_priced_by_odoo()
        return super(SaleOrderLine, lines)._compute_discount()

    def _compute_tax_ids(self):
        lines = self._filter_priced_by_odoo()
        return super(SaleOrderLine, lines)._compute_tax_ids()

    @api.depends("amazon_qty_shipped_elsewhere")
    def _compute_qty_delivered(self):
        """Override of `sale_stock` to follow what left without a delivery."""
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        """Override of `sale_stock` to count what left without a delivery."""
        quantities = super()._prepare_qty_delivered()
        for line in self.filtered("amazon_qty_shipped_elsewhere"):
            quantities[line] = (
                quantities.get(line, 0) + line.amazon_qty_shipped_elsewhere
            )
        return quantities

    # === BUSINESS METHODS - PRICE === #

    def _is_amazon_priced(self):
        """Whether the price of the line came from Amazon."""
        return bool(self.amazon_item_ref or self.amazon_charge)

    def _filter_priced_by_odoo(self):
        return self.filtered(lambda line: not line._is_amazon_priced())

    # === BUSINESS METHODS - WHAT AMAZON COUNTS === #

    def _get_units_per_item(self):
        return self.amazon_units_per_item or 1

    def _get_amazon_units(self, quantity):
        """Return how many of Amazon's item a quantity of the line is.

        :param quantity: in the unit of the line
        :return: may be a fraction: 0.5 for 3 of a pack of 6
        """
        return to_amazon(quantity, self._get_units_per_item())

    def _get_odoo_quantity(self, units):
        """Return how much of the line so many of Amazon's item are.

        :return: in the unit of the line
        """
        return to_odoo(units, self._get_units_per_item())

    def _describe_amazon_quantity(self, quantity, reference):
        """Return what a quantity is called, as ``2 x MUG-6``; of a part of a pack what
        is in it, as ``3 x MUG``.

        :param quantity: in the unit of the line
        :param str reference: what Amazon calls the item
        """
        units = self._get_amazon_units(quantity)
        if self._get_units_per_item() == 1 or is_whole(units):
            return f"{units:g} x {reference}"
        return f"{quantity:g} x {self.product_id.default_code or self.product_id.name}"

    # === BUSINESS METHODS - QUANTITIES === #

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override of `sale_stock`: what left elsewhere needs no delivery.

        It is taken off before Odoo takes a kit apart.
        """
        elsewhere = self.amazon_qty_shipped_elsewhere
        if elsewhere and not self.move_ids:
            return elsewhere
        return super()._get_qty_procurement(previous_product_uom_qty) + elsewhere

    def _get_units_shipped_by_odoo(self):
        return self.qty_delivered - self.amazon_qty_shipped_elsewhere

    def _get_units_begun_by_odoo(self):
        """Return of how many units something left.

        As many as left; who knows bills of materials counts incomplete kits, too.
        """
        return self._get_units_shipped_by_odoo()

    def _get_quantity_to_deliver(self, moves, units, share):
        """Return what open moves of one product still have to bring, in their unit.

        :param units: how many units of the line are still to be delivered
        :param share: what part that is of all that is open; a component follows in
            proportion unless somebody knows bills of materials
        """
        return sum(moves.mapped("product_uom_qty")) * share

    def _get_open_units(self):
        """Return what is still to be delivered, in the unit of the line."""
        return max(self.product_uom_qty - self.qty_delivered, 0)

    def _set_amazon_quantity(self, units):
        """Follow the quantity that Amazon wants, never below what left.

        More is procured by Odoo; less is taken out of the open moves.

        :param units: as Amazon counts them
        """
        quantity = max(self._get_odoo_quantity(units), self.qty_delivered)
        if quantity == self.product_uom_qty:
            return
        is_less = quantity < self.product_uom_qty
        before = self._get_open_units()
        self.with_context(skip_procurement=is_less).product_uom_qty = quantity
        if is_less:
            stage = DeliveryStage(self.order_id)
            stage.limit_line(self, self._get_open_units(), before)

    # === BUSINESS METHODS - INVOICE === #

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
        # The total has a discount that a person gave in it already.
        values["discount"] = 0.0
        if account := self._get_amazon_tax_account():
            values["account_id"] = account.id
        return values

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
