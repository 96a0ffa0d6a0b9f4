"""Who accounts for the tax of an order: Odoo's own taxes, or Amazon's amounts.

A policy says for each ``spapi.orders.parts.Part`` which amount its line has to come to
and which taxes it carries; which policy an order has is said by its storefront, see
``AmazonOrder._get_tax_policy``. :func:`price_line` then finds, with Odoo's own tax
engine, the price that makes a line come to it.
"""

from decimal import ROUND_HALF_UP, Decimal

# What is given voluntarily is no supply.
UNTAXED_KINDS = ("DELIVERY_TIP",)


class OdooTaxes:
    """Lines carry the product's taxes; with tax they come to Amazon's amount.

    :param position: the fiscal position that maps the taxes, or an empty one
    :param collected_position: the one for what Amazon collects the tax of; empty: it
        carries no tax
    """

    def __init__(self, company, position, collected_position):
        self._company = company
        self._position = position
        self._collected_position = collected_position

    def get_amount(self, part):
        """Return the amount that the line has to come to with its taxes."""
        return part.owed

    def get_taxes(self, part, product):
        """Return the ``account.tax`` of a line.

        :param product: the product of the part's item
        """
        taxes = product.taxes_id._filter_taxes_by_company(self._company)
        if part.kind in UNTAXED_KINDS:
            return taxes.browse()
        if not part.remitted:
            return self._position.map_tax(taxes)
        if not self._collected_position:
            return taxes.browse()
        return self._collected_position.map_tax(taxes)

    def get_tax(self, _parts):
        """Return the tax that is a line of its own: none, lines carry theirs."""
        return Decimal(0)


class AmazonAmounts:
    """Lines carry no tax of Odoo; what Amazon does not remit is a line of its own."""

    def get_amount(self, part):
        return part.net

    def get_taxes(self, _part, product):
        return product.taxes_id.browse()

    def get_tax(self, parts):
        return sum((part.tax for part in parts if not part.remitted), Decimal(0))


def round_amounts(amounts, currency):
    """Return the amounts to the currency's digits; what is rounded off the one is added
    to the next, so that their sum is right, too.

    :param amounts: Decimals
    """
    rounded, exact, given = [], Decimal(0), Decimal(0)
    for amount in amounts:
        exact += amount
        until_here = round_amount(exact, currency)
        rounded.append(until_here - given)
        given = until_here
    return rounded


def round_amount(amount, currency):
    """Return a Decimal to the currency's digits."""
    digits = Decimal(1).scaleb(-currency.decimal_places)
    return amount.quantize(digits, ROUND_HALF_UP)


def price_line(product, taxes, currency, quantity, amount):
    """Return the values that make a line, with its taxes, come to an amount.

    The taxes are kept as they were worked out for this line (``extra_tax_data``, as
    Odoo does for down payments): a price without tax could not reach one in six
    amounts, and lines would come to another sum together than alone. Once somebody
    changes price or quantity, Odoo computes the tax of the line as usual.

    :param quantity: float, not zero
    :param amount: Decimal
    """
    total = float(amount)
    if not taxes:
        return {"price_unit": total / quantity, "extra_tax_data": False}
    details = taxes._get_tax_details(
        total / quantity,
        quantity,
        precision_rounding=currency.rounding,
        rounding_method="round_globally",
        product=product,
        special_mode="total_included",
    )
    rows = details["taxes_data"]
    contained = sum(row["tax_amount"] for row in rows if row["tax"].price_include)
    price_unit = (details["total_excluded"] + contained) / quantity
    payable = [row for row in rows if not row["is_reverse_charge"]]
    base = currency.round(
        total - sum(currency.round(row["tax_amount"]) for row in rows)
    )
    return {
        "price_unit": price_unit,
        "extra_tax_data": {
            "currency_id": currency.id,
            "price_unit": price_unit,
            "discount": 0.0,
            "quantity": quantity,
            "rate": 1.0,
            "manual_total_excluded_currency": base,
            "manual_tax_amounts": {
                str(tax.id): {} for tax in taxes._flatten_taxes_and_sort_them()[0]
            }
            | {
                str(row["tax"].id): {
                    "tax_amount_currency": currency.round(row["tax_amount"]),
                    "base_amount_currency": _get_base(row, details, base, currency),
                }
                for row in payable
            },
        },
    }


def _get_base(row, details, base, currency):
    """Return the base of a tax: the line's, unless it is levied on another tax, too."""
    if currency.is_zero(row["base_amount"] - details["total_excluded"]):
        return base
    return currency.round(row["base_amount"])
