"""The one rule by which a SKU of Amazon leads to a product of Odoo.

A *reference* is what Amazon calls an item by: its SKU, or its title where Amazon sends
no SKU. Blanks around it mean nothing, capitals do. It means

1. the product that the connection's listings of this SKU are linked to, in whichever
   storefront, else
2. the product that has it as internal reference, in the connection's company, in one
   that it is a branch of, or shared by all companies.

Where several active products could be meant, none is guessed. An archived product is
not used, but it is known: nobody creates a second one with its reference.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...spapi.json_fields import IDENTIFIER_CHARACTERS

# What Python's ``strip`` takes for blanks; PostgreSQL knows the first one only.
BLANKS = (
    " "
    + "".join(chr(code) for code in range(0x21, 0x3001) if chr(code).isspace())
    + "\t\n\v\f\r\x1c\x1d\x1e\x1f"
)


def reference_of(item):
    """Return the reference of an item, ``""`` where Amazon names neither.

    Of a long title it is the beginning, as much as an index of PostgreSQL can hold.

    :param item: whatever has ``sku`` and ``title``: ``amazon.order.line``,
        ``amazon.listing`` or ``spapi.orders.OrderItem``
    """
    title = (item.title or "").strip()[:IDENTIFIER_CHARACTERS]
    return (item.sku or "").strip() or title.strip()


@dataclass(frozen=True)
class ProductMatch:
    """What one reference may mean.

    :ivar candidates: ``product.product``, the archived ones among them
    """

    candidates: models.BaseModel

    @property
    def usable(self):
        """The candidates that are active."""
        return self.candidates.filtered("active")

    @property
    def product(self):
        """The one ``product.product`` that is meant; empty for none and for several."""
        usable = self.usable
        return usable if len(usable) == 1 else usable.browse()

    @property
    def is_ambiguous(self):
        return len(self.usable) > 1


class ProductResolver:
    """Finds the products that the references of one connection mean.

    Nothing is remembered between two calls.

    :param connection: one ``amazon.connection``; what is found comes in its environment
        (``connection.sudo()`` finds what the user may not read)
    """

    def __init__(self, connection):
        connection.ensure_one()
        self.connection = connection
        self.env = connection.env

    def resolve(
        self, references: Iterable[str], listings: models.BaseModel | None = None
    ) -> dict[str, ProductMatch]:
        """Return what each reference means, with two queries for all of them.

        :param references: as :func:`reference_of` returns them; empty ones are left out
        :param listings: all that the connection has of these references, if they are
            known
        :return: an entry for every reference, also where no product is found
        """
        wanted = {reference.strip() for reference in references} - {""}
        if not wanted:
            return {}
        none = self.env["product.product"]
        if listings is None:
            listings = self._find_listings(wanted)
        linked = listings.filtered("product_id").grouped(reference_of)
        found = self.find_by_internal_reference(wanted)
        found |= {reference: rows.product_id for reference, rows in linked.items()}
        return {ref: ProductMatch(found.get(ref, none)) for ref in wanted}

    def get_references(self, products) -> set[str]:
        """Return all references that may mean one of these products.

        May: :meth:`resolve` decides, since a listing can be linked to another product.

        :param products: ``product.product``
        """
        listings = self.env["amazon.listing"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("product_id", "in", products.ids),
            ]
        )
        codes = [*listings.mapped("sku"), *products.mapped("default_code")]
        return {code.strip() for code in codes if code} - {""}

    def _find_listings(self, references):
        """Return the connection's listings of these references that are linked."""
        return self.env["amazon.listing"].search(
            Domain("connection_id", "=", self.connection.id)
            & Domain("product_id", "!=", False)
            & is_one_of("sku", references)
        )

    def find_by_internal_reference(self, references):
        """Return ``{reference: products}`` of the company, its parents, and of all.

        :param references: without blanks around them; the archived products are found,
            too
        """
        if not references:
            return {}
        # The parents are none of the branch's allowed companies.
        company = self.connection.company_id.sudo()
        products = (
            self.env["product.product"]
            .with_context(active_test=False)
            .search(
                Domain("company_id", "in", (False, *company.parent_ids.ids))
                & is_one_of("default_code", references)
            )
        )
        return products.with_env(self.env).grouped(
            lambda product: product.default_code.strip()
        )


def is_one_of(field_name, references):
    """Return the domain of records whose field is a reference, but for blanks.

    :param references: without blanks around them, one at least
    """

    def to_sql(model, alias, query):
        column = model._field_to_sql(alias, field_name, query)
        return SQL("BTRIM(%s, %s) IN %s", column, BLANKS, tuple(references))

    return Domain.custom(to_sql=to_sql)


def get_index_definition(*columns):
    """Return the definition of the index that :func:`is_one_of` uses.

    :param columns: names; the last one is that of the reference
    """
    *others, reference = columns
    trimmed = f"BTRIM({reference}, '{BLANKS}')"
    return f"({', '.join([*others, trimmed])})"
