"""Which product each SKU stands for, as a spreadsheet: written, filled in, read.

What is filled in is an internal reference, or how many units of it one of the SKU is. A
spreadsheet that somebody made by himself will do, too: the headings of SKU and one of
these suffice, in any order.
"""

import io
from collections import defaultdict
from dataclasses import dataclass, field
from zipfile import BadZipFile, ZipFile

import openpyxl
import xlsxwriter

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools import describe_failure, process_in_batches
from .product_resolver import ProductResolver, is_one_of, reference_of

ROWS_LIMIT = 20_000
COLUMNS_LIMIT = 100
# A small file may unpack to more than the server has room for.
UNPACKED_BYTES_LIMIT = 200 * 1024 * 1024
LISTINGS_AT_ONCE = 1000
# More is a slip of the pen.
UNITS_PER_LISTING_LIMIT = 1_000_000
_WIDTHS = {
    "sku": 24,
    "storefront": 26,
    "asin": 14,
    "title": 60,
    "reference": 24,
    "units": 16,
}


@dataclass(frozen=True)
class Row:
    """A row that somebody filled in.

    :ivar int number: as the spreadsheet counts it
    """

    number: int
    sku: str
    storefront: str
    reference: str
    units: str = ""


@dataclass
class Outcome:
    """What became of the rows.

    :ivar int linked: listings that have another product than before
    :ivar int unchanged: rows whose listings had the product already
    :ivar int blank: rows without a reference
    :ivar int units_changed: rows that say another number of units than before
    :ivar list problems: (:class:`Row`, why it could not be linked)
    """

    linked: int = 0
    unchanged: int = 0
    blank: int = 0
    units_changed: int = 0
    problems: list = field(default_factory=list)


class LinkSpreadsheet:
    """The links of one store.

    :param connection: one ``amazon.connection``
    """

    def __init__(self, connection):
        connection.ensure_one()
        self.connection = connection
        self.env = connection.env

    # === WRITE === #

    def write_rows(self, listings):
        """Return the bytes of a spreadsheet with a row for each listing.

        A listing without product has the reference of the product that is suggested.

        :param listings: ``amazon.listing``
        """
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            sheet = book.add_worksheet(self.env._("Links"))
            # As text, so that no program takes a SKU for a number.
            text = book.add_format({"num_format": "@"})
            bold = book.add_format({"bold": True})
            headings = self._get_headings(self.env)
            for place, name in enumerate(headings):
                sheet.set_column(place, place, _WIDTHS.get(name, 50), text)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(headings.values()):
                sheet.write_string(0, place, heading, bold)
            number = 0
            for ids in split_every(LISTINGS_AT_ONCE, listings.ids):
                for listing in listings.browse(ids):
                    number += 1
                    values = self._prepare_row(listing)
                    for place, name in enumerate(headings):
                        sheet.write_string(number, place, values[name] or "", text)
        return target.getvalue()

    def _prepare_row(self, listing):
        product, reason = listing.product_id, self.env._("Linked.")
        if not product:
            product, reason = listing.suggested_product_id, listing.suggestion_reason
        if product and not product.default_code:
            reason = self.env._(
                "%(product)s has no internal reference, so it cannot be named here. "
                "%(why)s",
                product=product.display_name,
                why=reason,
            )
        return {
            "sku": listing.sku,
            "storefront": listing.storefront_id.marketplace_id.name,
            "asin": listing.asin,
            "title": listing.title,
            "reference": product.default_code,
            "units": str(listing.units_per_listing),
            "product": product.display_name,
            "reason": reason,
        }

    def _get_headings(self, env):
        """Return ``{column: its heading}`` in the language of an environment."""
        _ = env._
        return {
            "sku": _("SKU"),
            "storefront": _("Storefront"),
            "asin": _("ASIN"),
            "title": _("Title"),
            "reference": _("Internal Reference"),
            "units": _("Units per Listing"),
            "product": _("Product"),
            "reason": _("Why"),
        }

    # === READ === #

    def read_rows(self, content):
        """Return the :class:`Row` list of a spreadsheet.

        :param bytes content: an .xlsx file
        :raise UserError: when it is none, is too large, or has no such columns
        """
        self._check_size(content)
        try:
            table = self._read_table(content)
        except Exception as error:
            # The library raises whatever a broken file leads to.
            raise UserError(self._explain_unreadable()) from error
        if len(table) > ROWS_LIMIT + 1:
            raise UserError(
                self.env._(
                    "The spreadsheet has more than %s rows. Divide it, and upload one "
                    "part after the other.",
                    ROWS_LIMIT,
                )
            )
        places = self._find_columns(table[0] if table else [])
        rows = []
        for number, cells in enumerate(table[1:], start=2):
            values = {
                name: cells[place] if place < len(cells) else ""
                for name, place in places.items()
            }
            if any(values.values()):
                rows.append(Row(number=number, **values))
        return rows

    def _check_size(self, content):
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
        except BadZipFile as error:
            raise UserError(self._explain_unreadable()) from error
        if size > UNPACKED_BYTES_LIMIT:
            raise UserError(
                self.env._(
                    "The spreadsheet is too large. Leave out what is not needed: SKU "
                    "and Internal Reference suffice."
                )
            )

    def _explain_unreadable(self):
        return self.env._(
            "The file cannot be read as a spreadsheet. Save it as .xlsx (Excel "
            "workbook), and upload that."
        )

    def _read_table(self, content):
        """Return the cells of the first sheet as texts, row by row."""
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        )
        try:
            sheet = book.worksheets[0]
            # Some programs write a wrong size of the sheet.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(
                max_row=ROWS_LIMIT + 2, max_col=COLUMNS_LIMIT, values_only=True
            )
            return [[_to_text(value) for value in cells] for cells in rows]
        finally:
            book.close()

    def _find_columns(self, heads):
        """Return ``{name: place}`` of the columns that are read.

        :raise UserError: when one that is needed is missing
        """
        english = self.env(context={**self.env.context, "lang": "en_US"})
        known = {
            heading.casefold(): name
            for env in (english, self.env)
            for name, heading in self._get_headings(env).items()
        }
        found = {}
        for place, head in enumerate(heads):
            found.setdefault(known.get(head.casefold()), place)
        if "sku" not in found or not {"reference", "units"} & found.keys():
            headings = self._get_headings(self.env)
            raise UserError(
                self.env._(
                    "The first row has to name the columns, among them %(sku)s and "
                    "%(reference)s. Download the spreadsheet, and fill in that one.",
                    sku=headings["sku"],
                    reference=headings["reference"],
                )
            )
        # Without a column of storefronts a row means all of them.
        return {
            name: found.get(name, len(heads))
            for name in ("sku", "storefront", "reference", "units")
        }

    # === LINK === #

    def link(self, rows):
        """Link what the rows say; a row that cannot be linked costs itself alone.

        :param rows: a list of :class:`Row`
        :rtype: Outcome
        """
        outcome = Outcome()
        filled = [row for row in rows if row.reference]
        outcome.blank = len(rows) - len(filled)
        listings = self._find_listings({row.sku for row in filled})
        references = {row.reference for row in filled}
        products = ProductResolver(self.connection).find_by_internal_reference(
            references
        )
        decided, wanted = {}, []
        for row in filled:
            mine = _select_storefront(listings[row.sku], row)
            named = products.get(row.reference, self.env["product.product"])
            reason = self._get_reason(row, listings[row.sku], mine, named)
            goods = named.filtered("active")
            contrary = {
                decided[listing][0]
                for listing in mine
                if listing in decided and decided[listing][1] != goods
            }
            if not reason and contrary:
                reason = self.env._("Row %s names another product.", min(contrary))
            if reason:
                outcome.problems.append((row, reason))
                continue
            decided.update(dict.fromkeys(mine, (row.number, goods)))
            others = mine.filtered(lambda listing, it=goods: listing.product_id != it)
            if others:
                wanted.append((row, others, goods))
            else:
                outcome.unchanged += 1
        self._link(wanted, outcome)
        self._set_units([row for row in rows if row.units], outcome)
        outcome.problems.sort(key=lambda problem: problem[0].number)
        return outcome

    def _find_listings(self, skus):
        """Return ``{SKU: its listings in all storefronts of the store}``."""
        found = defaultdict(self.env["amazon.listing"].browse)
        if skus - {""}:
            rows = self.env["amazon.listing"].search(
                Domain("connection_id", "=", self.connection.id)
                & is_one_of("sku", skus - {""})
            )
            found.update(rows.grouped(reference_of))
        return found

    def _get_reason(self, row, listings, mine, products):
        """Return why a row cannot be linked, or ``False``.

        :param listings: those of the SKU
        :param mine: those of them that the row means
        :param products: with the reference, the archived ones among them
        """
        _ = self.env._
        active = products.filtered("active")
        if reason := self._get_listing_reason(row, listings, mine):
            return reason
        if len(active) > 1:
            return _(
                "Several products have the internal reference %s. Link it in the list.",
                row.reference,
            )
        if products and not active:
            return _("The product %s is archived.", row.reference)
        if not products:
            return _("No product has the internal reference %s.", row.reference)
        if active.type != "consu":
            return _("%s is no goods, so no order could deliver it.", row.reference)
        return False

    def _get_listing_reason(self, row, listings, mine):
        """Return why a row means no listing, or ``False``."""
        _ = self.env._
        if not row.sku:
            return _("The SKU is missing.")
        if not listings:
            return _("The store has no listing of this SKU. Fetch the listings first.")
        if not mine:
            return _("The SKU is not listed in %s.", row.storefront)
        if mine.filtered("is_parent"):
            return _("It only holds variants together. Link those.")
        return False

    def _link(self, wanted, outcome):
        """Link at once what can be linked; count it.

        :param wanted: a list of (row, listings, product)
        """

        def process(items):
            products = {
                listing: product for _row, mine, product in items for listing in mine
            }
            listings = self.env["amazon.listing"].union(*products)
            listings._link_products(products)
            listings.flush_recordset()
            outcome.linked += len(products)

        def set_failed(items, error):
            ((row, _mine, _product),) = items
            outcome.problems.append((row, describe_failure(self.env, error)))

        if wanted:
            process_in_batches(wanted, process, set_failed, self.env)

    # === UNITS === #

    def _set_units(self, rows, outcome):
        """Write how many units one of a SKU is, where a row says another number.

        What a row leaves as it is says nothing: one changed row of a SKU counts for all
        its storefronts but those with units of their own.

        :param rows: a list of :class:`Row` that say one
        """
        listings = self._find_listings({row.sku for row in rows})
        named = {row for row, _reason in outcome.problems}
        decided, units = {}, {}
        for row in rows:
            mine = _select_storefront(listings[row.sku], row)
            reason = self._get_listing_reason(row, listings[row.sku], mine)
            if not row.storefront:
                mine = mine.filtered(lambda listing: not listing.has_own_units)
            number = _to_units(row.units)
            if not reason and not number:
                reason = self.env._(
                    "Units per Listing has to be a whole number from 1 on, not %s.",
                    row.units[:20],
                )
            changed = mine.filtered(
                lambda listing, it=number: listing.units_per_listing != it
            )
            if not reason and changed:
                is_own = any(changed.mapped("has_own_units"))
                key = changed if is_own else row.sku
                first, other = decided.setdefault(key, (row.number, number))
                if other != number:
                    reason = self.env._("Row %s says another number of units.", first)
            if not reason and changed:
                units.setdefault(number, changed.browse())
                units[number] |= changed
                outcome.units_changed += 1
            elif reason and row not in named:
                outcome.problems.append((row, reason))
        for number, changed in units.items():
            changed.units_per_listing = number


def _to_text(value):
    """Return a cell's value as a text; programs make numbers of SKUs and references."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _to_units(text):
    """Return the number that a cell says, ``None`` where it is none that can be."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    number = int(text)
    return number if 1 <= number <= UNITS_PER_LISTING_LIMIT else None


def _select_storefront(listings, row):
    """Return those of the listings that a row means."""
    if not row.storefront:
        return listings
    return listings.filtered(lambda listing: _is_in(listing, row))


def _is_in(listing, row):
    """Whether a listing is in the storefront that a row names."""
    marketplace = listing.storefront_id.marketplace_id
    names = {marketplace.name.casefold(), marketplace.domain.casefold()}
    return row.storefront.casefold() in names
