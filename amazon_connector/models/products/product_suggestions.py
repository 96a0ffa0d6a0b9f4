"""Which product a listing without one could stand for, and why.

Nothing is linked here: a person reads the reason and decides. The reasons, the
strongest first:

1. the SKU is the internal reference, but for capitals and punctuation
2. the barcode is the same, written as EAN, UPC or GTIN
3. another listing of the same ASIN is linked to the product
4. the name of the product resembles the title

The first reason that names one product alone decides. Where all of them name several,
none is suggested; the reason then says which could be meant.
"""

import string
from collections import defaultdict
from dataclasses import dataclass

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...spapi.barcodes import get_number, get_spellings

# What SKUs and references are compared without.
_PUNCTUATION = string.punctuation + string.whitespace + "\xa0–—‐‑·"
_NO_PUNCTUATION = str.maketrans("", "", _PUNCTUATION)
_WORDS_APART = str.maketrans(_PUNCTUATION, " " * len(_PUNCTUATION))
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# A word that more products have in their names says nothing about any of them.
PRODUCTS_PER_TELLING_WORD = 100
# Which part of the shorter text's words the other one has to have, and how many.
SHARED_WORDS_PART = 0.75
SHARED_WORDS = 2
PRODUCTS_NAMED = 3


@dataclass(frozen=True)
class Suggestion:
    """What one listing could stand for.

    :ivar product: one ``product.product``; empty where several could be meant
    :ivar str reason: a sentence
    """

    product: models.BaseModel
    reason: str


class ProductSuggestions:
    """Suggests products for many listings, with a few queries for all of one company.

    Only goods that the user may see are suggested, of the company of the connection,
    of one that it is a branch of, or shared by all companies.

    :param listings: ``amazon.listing``; only those without product get suggestions
    """

    def __init__(self, listings):
        self.env = listings.env
        self.listings = listings.filtered(lambda row: row._is_product_missing())

    def find(self) -> dict:
        """Return ``{listing: Suggestion}``; a listing without any has no entry."""
        suggestions = {}
        for company, rows in self.listings.grouped("company_id").items():
            suggestions |= self._find_for(company, rows)
        return suggestions

    def _find_for(self, company, rows):
        # The parents are none of the branch's allowed companies.
        companies = (False, *company.sudo().parent_ids.ids)
        goods = Domain("type", "=", "consu") & Domain("company_id", "in", companies)
        found, doubtful = {}, {}
        for find in (
            self._find_by_reference,
            self._find_by_barcode,
            self._find_by_asin,
            self._find_by_title,
        ):
            left = rows.filtered(lambda row: row not in found)
            for listing, (products, reason) in find(left, goods).items():
                if len(products) == 1:
                    found[listing] = Suggestion(products, reason)
                elif products:
                    doubtful.setdefault(listing, products)
        for listing in doubtful.keys() - found.keys():
            products = doubtful[listing]
            reason = self._explain_doubt(products)
            found[listing] = Suggestion(products.browse(), reason)
        return found

    def _explain_doubt(self, products):
        names = products[:PRODUCTS_NAMED].mapped("display_name")
        if more := len(products) - len(names):
            names.append(self.env._("%s more", more))
        return self.env._("Several could be meant: %s.", ", ".join(names))

    # === BY REFERENCE === #

    def _find_by_reference(self, rows, goods):
        """Return ``{listing: (products, reason)}`` by SKU and internal reference."""
        keys = {row: _squeeze(row.sku) for row in rows}
        products = self.env["product.product"].search(
            goods & _is_squeezed_into(set(keys.values()) - {""})
        )
        by_key = products.grouped(lambda product: _squeeze(product.default_code))
        found = {}
        for row, key in keys.items():
            if not (alike := by_key.get(key)):
                continue
            sku = row.sku.strip()
            same = alike.filtered(lambda p, sku=sku: p.default_code.strip() == sku)
            found[row] = (same or alike, self._explain_reference(same))
        return found

    def _explain_reference(self, same):
        if same:
            return self.env._("Its internal reference is the SKU.")
        return self.env._(
            "Its internal reference is the SKU but for capitals or punctuation."
        )

    # === BY BARCODE === #

    def _find_by_barcode(self, rows, goods):
        """Return ``{listing: (products, reason)}`` by barcode, whatever its length."""
        numbers = {row: get_number(row._get_barcode()) for row in rows}
        codes = {
            spelling
            for row, number in numbers.items()
            if number
            for spelling in get_spellings(row._get_barcode())
        }
        products = self.env["product.product"].search(
            goods & Domain("barcode", "in", list(codes))
        )
        by_number = products.grouped(lambda product: get_number(product.barcode))
        return {
            row: (by_number[number], self.env._("It has the same barcode."))
            for row, number in numbers.items()
            if number and number in by_number
        }

    # === BY ASIN === #

    def _find_by_asin(self, rows, goods):
        """Return ``{listing: (products, reason)}`` as the ASIN is linked elsewhere."""
        asins = {row.asin for row in rows if row.asin}
        linked = self.env["amazon.listing"].search(
            Domain("asin", "in", list(asins))
            & Domain("company_id", "in", rows.company_id.ids)
            & Domain("product_id", "!=", False)
        )
        allowed = linked.product_id.filtered_domain(goods & Domain("active", "=", True))
        by_asin = linked.filtered(lambda row: row.product_id in allowed).grouped("asin")
        found = {}
        for row in rows:
            if others := by_asin.get(row.asin):
                reason = self.env._(
                    "%(sku)s has the same ASIN, %(asin)s, and is linked to it.",
                    sku=others[0].sku,
                    asin=row.asin,
                )
                found[row] = (others.product_id, reason)
        return found

    # === BY TITLE === #

    def _find_by_title(self, rows, goods):
        """Return ``{listing: (products, reason)}`` by the words of title and name."""
        titles = {row: _words_of(row.title) for row in rows if row.title}
        telling = self._find_telling_words(
            set().union(*titles.values()), rows.company_id
        )
        candidates = self.env["product.product"].search(
            goods
            & Domain("product_tmpl_id", "in", list(set().union(*telling.values())))
        )
        linked = self._get_linked(candidates, rows.connection_id)
        names = self._get_words(candidates)
        by_template = candidates.grouped(lambda product: product.product_tmpl_id.id)
        found = {}
        for row, title in titles.items():
            ids = set().union(*(telling.get(word, ()) for word in title))
            near = candidates.browse().union(
                *(by_template[id_] for id_ in ids if id_ in by_template)
            )
            # What stands for another SKU of the store has its listing.
            near -= linked[row.connection_id]
            products, shared = self._get_nearest(title, near, names)
            if products:
                words = dict.fromkeys(_split(row.title))
                reason = self.env._(
                    "Its name resembles the title: %s.",
                    ", ".join(word for word in words if word in shared),
                )
                found[row] = (products, reason)
        return found

    def _find_telling_words(self, words, company):
        """Return ``{word: ids of the product.template with it in a name}``.

        One query looks through the names of all goods, in each language.
        """
        if not words:
            return {}
        companies = tuple(company.sudo().parent_ids.ids)
        self.env["product.template"].flush_model(
            ["name", "type", "active", "company_id"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT word, ARRAY_AGG(DISTINCT id)
                  FROM (SELECT template.id,
                               UNNEST(STRING_TO_ARRAY(TRANSLATE(
                                   LOWER(name.value COLLATE "C"), %(signs)s, %(blanks)s
                               ), ' ')) AS word
                          FROM product_template template,
                               JSONB_EACH_TEXT(template.name) name
                         WHERE template.active
                           AND template.type = 'consu'
                           AND (template.company_id IS NULL
                                OR template.company_id IN %(companies)s)) words
                 WHERE word IN %(words)s
              GROUP BY word
                HAVING COUNT(DISTINCT id) <= %(limit)s
                """,
                signs=_PUNCTUATION,
                blanks=" " * len(_PUNCTUATION),
                companies=companies,
                words=tuple(words),
                limit=PRODUCTS_PER_TELLING_WORD,
            )
        )
        return {word: set(ids) for word, ids in rows}

    def _get_linked(self, products, connections):
        """Return ``{connection: the products that its listings are linked to}``."""
        groups = self.env["amazon.listing"]._read_group(
            [
                ("connection_id", "in", connections.ids),
                ("product_id", "in", products.ids),
            ],
            ["connection_id"],
            ["product_id:recordset"],
        )
        linked = defaultdict(products.browse)
        linked.update(groups)
        return linked

    def _get_words(self, products):
        """Return ``{product: [words of its name]}``, a set for each language."""
        templates = products.product_tmpl_id
        names = defaultdict(list)
        if templates:
            query = "SELECT id, name FROM product_template WHERE id IN %s"
            for id_, name in self.env.execute_query(SQL(query, tuple(templates.ids))):
                names[id_] = list(map(_words_of, name.values()))
        words = {}
        for product in products:
            values = product.product_template_attribute_value_ids
            own = _words_of(" ".join(values.mapped("name")))
            words[product] = [name | own for name in names[product.product_tmpl_id.id]]
        return words

    def _get_nearest(self, title, products, names):
        """Return the products that share most with a title, and the shared words."""
        nearest, shared, best = products.browse(), set(), (0, 0)
        for product in products:
            for name in names[product]:
                common = title & name
                part = len(common) / min(len(title), len(name))
                score = (part, len(common))
                if len(common) < SHARED_WORDS or part < SHARED_WORDS_PART:
                    continue
                if score > best:
                    nearest, shared, best = product, common, score
                elif score == best:
                    nearest |= product
        return nearest, shared


def _split(text):
    """Return the words of a text; only ASCII is lower-cased, as PostgreSQL does it."""
    return (text or "").translate(_ASCII_LOWER).translate(_WORDS_APART).split(" ")


def _words_of(text):
    return {word for word in _split(text) if word}


def _squeeze(text):
    """Return a SKU or reference without capitals and punctuation."""
    return (text or "").translate(_ASCII_LOWER).translate(_NO_PUNCTUATION)


def _is_squeezed_into(keys):
    """Return the domain of products whose squeezed reference is one of the keys."""

    def to_sql(model, alias, query):
        column = model._field_to_sql(alias, "default_code", query)
        lower = SQL('LOWER(%s COLLATE "C")', column)
        return SQL("TRANSLATE(%s, %s, '') IN %s", lower, _PUNCTUATION, tuple(keys))

    return Domain.custom(to_sql=to_sql) if keys else Domain.FALSE
