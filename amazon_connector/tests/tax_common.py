"""A company in Germany with accounts, taxes and fiscal positions of its own."""

from odoo.fields import Command

from .builders import build_order
from .common import AmazonCommon


class TaxCommon(AmazonCommon):
    """The connection sells on Amazon.de; prices are in euro.

    Taxes: 19 % and 7 % (on top of the price), the positions France (20 %), EU business
    (0 %) and Amazon collects (0 %). No localisation is needed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.company = cls.env["res.company"].create(
            {
                "name": "Example Handel GmbH",
                "currency_id": euro.id,
                "country_id": cls.env.ref("base.de").id,
                "vat": "DE123456788",
            }
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={"allowed_company_ids": [cls.company.id]})
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.company.currency_id = euro
        cls.company.account_fiscal_country_id = cls.env.ref("base.de")
        cls._create_taxes()
        cls.mug.active = False
        cls.germany = cls._connect("A1TAXES", "de")
        cls.connection = cls.germany
        cls.mug = cls._create_product("MUG")
        cls.book = cls._create_product("BOOK")
        (cls.mug | cls.book).invoice_policy = "order"
        cls.mug.taxes_id = cls.tax19
        cls.book.taxes_id = cls.tax7

    @classmethod
    def _create_taxes(cls):
        cls.env["account.tax"].search([]).active = False
        cls.env["account.fiscal.position"].search([]).active = False
        cls.tax_group = cls.env["account.tax.group"].create(
            {
                "name": "Example Taxes",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.de").id,
            }
        )
        cls.tax_account = cls._create_account("Tax Payable", "EX2100")
        cls.tax19 = cls._create_tax("Domestic", 19)
        cls.tax7 = cls._create_tax("Domestic", 7)
        cls.company.account_sale_tax_id = cls.tax19
        cls.france = cls._create_position(
            "France", auto_apply=True, country="fr", sequence=2
        )
        cls.tax20 = cls._create_tax(
            "France", 20, position=cls.france, originals=cls.tax19 | cls.tax7
        )
        cls.business = cls._create_position(
            "EU business", auto_apply=True, vat_required=True, country="fr", sequence=1
        )
        cls.reverse = cls._create_tax(
            "Reverse charge", 0, position=cls.business, originals=cls.tax19 | cls.tax7
        )
        cls.collected = cls._create_position("Amazon collects")
        cls.to_amazon = cls._create_tax(
            "To Amazon", 0, position=cls.collected, originals=cls.tax19 | cls.tax7
        )

    @classmethod
    def _create_account(cls, name, code, kind="liability_current"):
        return cls.env["account.account"].create(
            {"name": name, "code": code, "account_type": kind}
        )

    @classmethod
    def _create_position(cls, name, country=None, **values):
        if country:
            values["country_id"] = cls.env.ref(f"base.{country}").id
        return cls.env["account.fiscal.position"].create(
            {"name": f"Example {name}", "company_id": cls.company.id, **values}
        )

    @classmethod
    def _create_tax(cls, name, rate, position=None, originals=None, **values):
        """Return a sales tax whose base and amount carry a tag (grid) of their own."""
        name = f"{name} {rate} %"
        tags = {
            kind: cls.env["account.account.tag"].create(
                {"name": f"{name} {kind}", "applicability": "taxes"}
            )
            for kind in ("base", "tax")
        }
        lines = [
            Command.create(
                {
                    "repartition_type": kind,
                    "document_type": document,
                    "tag_ids": [Command.set(tag.ids)],
                    "account_id": cls.tax_account.id if kind == "tax" else False,
                }
            )
            for document in ("invoice", "refund")
            for kind, tag in tags.items()
        ]
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": rate,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.de").id,
                "tax_group_id": cls.tax_group.id,
                "repartition_line_ids": lines,
                "price_include_override": "tax_excluded",
                "fiscal_position_ids": [Command.set(position.ids if position else [])],
                "original_tax_ids": [Command.set(originals.ids if originals else [])],
                **values,
            }
        )

    @classmethod
    def _connect(cls, seller, country):
        market = cls.env.ref(f"amazon_connector.amazon_marketplace_{country}")
        market.currency_id.active = True
        connection = cls._create_connection(
            seller, company_id=cls.company.id, marketplace_id=market.id
        )
        return connection.with_env(cls.env)

    # === HELPERS === #

    @property
    def storefront(self):
        return self.connection.storefront_ids

    def import_from(self, country, *items, currency="EUR", buyer="Berta", **more):
        """Have one order delivered to a country; return its sale order."""
        market = self.storefront.marketplace_id.amazon_marketplace_id
        place = {"countryCode": country.upper(), "stateOrRegion": ""}
        return self.import_order(
            items=list(items),
            currency=currency,
            marketplace=market,
            address=place,
            buyer=buyer,
            **more,
        )

    def import_all(self, **orders):
        """Have orders delivered in Germany in one download; return their sale orders.

        :param orders: order number to the list of its items
        """
        market = self.storefront.marketplace_id.amazon_marketplace_id
        for number, items in orders.items():
            document = build_order(
                number,
                items,
                currency="EUR",
                marketplace=market,
                address={"countryCode": "DE", "stateOrRegion": ""},
            )
            self.fake.add(document)
        self.download()
        return [self.order(number).sale_order_id for number in orders]

    def invoice(self, sale):
        """Return the posted invoice of all that can be invoiced now."""
        invoice = sale._create_invoices()
        invoice.action_post()
        return invoice

    def postings(self, invoice):
        """Return ``{account name or tax: (balance, grids)}`` but the receivable's."""
        lines = invoice.line_ids.filtered(
            lambda line: line.display_type != "payment_term"
        )
        found = {}
        for line in lines:
            key = (
                line.account_id.name if not line.tax_line_id else line.tax_line_id.name
            )
            balance, grids = found.get(key, (0.0, set()))
            grids = grids | set(line.tax_tag_ids.mapped("name"))
            found[key] = (round(balance + line.balance, 2), grids)
        return found

    def messages(self):
        return "\n".join(self.last_run().line_ids.mapped("message"))

    def adjustments(self, sale):
        return sale.order_line.filtered(lambda line: line.amazon_charge == "ADJUSTMENT")
