"""Amazon's report of all listings of a storefront: asked for, fetched, compared.

It brings a large store in for the first time, and once a day says what is missing in
Odoo, what is gone on Amazon, and what came back. It never decides by itself that a
listing is gone: what it does not name is asked for by SKU.

The rows that matter are kept in an attachment, one line of JSON for each, and worked
off a part at a time, so that any process can go on with it (``offset``).
"""

import json
import tempfile
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...spapi.errors import AuthError, RejectedError, UnreadableError
from ...spapi.reports import ReportedListing, UnreadableRow, read_listings
from .product_resolver import is_one_of

ROWS_PER_SLICE = 1000
LISTINGS_COMPARED_AT_ONCE = 10_000
# Amazon writes a report within minutes; later than this, it is not waited for.
REPORT_PATIENCE = timedelta(hours=2)
# How long to wait before asking how far it is: as long as it took so far, within these.
SHORTEST_PAUSE, LONGEST_PAUSE = 10, 60  # seconds
ROWS_NAMED = 20
# Amazon may answer with a report that it wrote so long before.
REPORT_CACHED_FOR = timedelta(hours=6)
KEEP_DAYS = 30


class AmazonListingReport(models.Model):
    _name = "amazon.listing.report"
    _description = "Amazon Listing Report"
    _inherit = ["amazon.guarded"]
    _order = "id DESC"
    _rec_name = "amazon_ref"

    storefront_id = fields.Many2one(
        comodel_name="amazon.storefront",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    connection_id = fields.Many2one(
        related="storefront_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    amazon_ref = fields.Char(
        string="Report", readonly=True, help="Amazon's id of the report (reportId)."
    )
    is_first = fields.Boolean(
        readonly=True,
        help="It brings the storefront in for the first time, so the run waits for it.",
    )
    state = fields.Selection(
        selection=[
            ("asked", "Amazon writes it"),
            ("reading", "Being read"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="asked",
        required=True,
        readonly=True,
    )
    requested_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    rows = fields.Integer(readonly=True, help="How many listings it names.")
    rows_read = fields.Integer(readonly=True)
    offset = fields.Integer(readonly=True, help="Where in its rows the next part is.")
    names_channel = fields.Boolean(
        readonly=True, help="It says who fulfils each listing."
    )
    # Of rows without SKU: [ASIN], to be looked up.
    asins = fields.Json(readonly=True)
    # SKUs without the blanks around them that it spells in several ways: where it has
    # both, Amazon has two listings.
    twins = fields.Json(readonly=True)
    found_new = fields.Integer(readonly=True)
    found_back = fields.Integer(readonly=True)
    found_missing = fields.Integer(readonly=True)
    error = fields.Char(readonly=True)

    # === BUSINESS METHODS - ASK === #

    @api.model
    def _ask(self, storefront, client, run, is_first=False):
        """Ask Amazon for the report of a storefront.

        :return: the new record; its state is *failed* where Amazon refuses
        """
        report = self.create({"storefront_id": storefront.id, "is_first": is_first})
        try:
            report.amazon_ref = client.create_report(
                storefront.marketplace_id.amazon_marketplace_id
            )
        except RejectedError as error:
            report._give_up(str(error), run)
        except AuthError as error:
            if error.reason != "forbidden":
                raise
            report._give_up(str(error), run)
        return report

    def _poll(self, client, run):
        """Ask how far Amazon is; fetch the document when it is there.

        :return: whether there is anything new
        """
        self.ensure_one()
        try:
            report = client.get_report(self.amazon_ref)
            if report.state == "done":
                self._fetch(client, report.document_id, run)
                return True
        except (RejectedError, UnreadableError) as error:
            self._give_up(str(error), run)
            return True
        if report.state == "waiting":
            if fields.Datetime.now() < self.requested_on + REPORT_PATIENCE:
                return False
            self._give_up(self.env._("Amazon did not write it in two hours."), run)
        elif report.state == "cancelled":
            self._give_up(self.env._("Amazon says that there is no data in it."), run)
        else:
            self._give_up(self.env._("Amazon could not write it."), run)
        return True

    def _get_pause(self):
        """Return after how many seconds to ask for it again."""
        age = (fields.Datetime.now() - self.requested_on).total_seconds()
        return min(max(age, SHORTEST_PAUSE), LONGEST_PAUSE)

    def _give_up(self, reason, run):
        """Nothing of it is used: the listings stay as they are."""
        self.write({"state": "failed", "error": reason, "asins": False})
        self._drop_content()
        run._warn(
            self.env._(
                "The report of all listings of %(storefront)s cannot be used: %(why)s "
                "The listings stay as they are and are read by Amazon's search; the "
                "report is asked for again tomorrow.",
                storefront=self.storefront_id.display_name,
                why=reason,
            ),
            self.connection_id,
        )

    # === BUSINESS METHODS - FETCH === #

    def _fetch(self, client, document_id, run):
        """Fetch the document, read all of it, and keep what matters of its rows.

        :raise UnreadableError: when it is not a whole report
        """
        document = client.get_report_document(document_id)
        marketplace = self.storefront_id.marketplace_id.amazon_marketplace_id
        lines, bad, names_channel = [], [], False
        spellings, twins = {}, set()
        with tempfile.TemporaryFile() as file:
            charset = client.download_report(document, file)
            file.seek(0)
            for row in read_listings(file, charset, marketplace):
                if isinstance(row, UnreadableRow):
                    bad.append((row.line, row.reason))
                    continue
                if not row.sku.strip() and not row.asin:
                    reason = self.env._("It has neither a SKU nor an ASIN.")
                    bad.append((row.line, reason))
                    continue
                if row.unreadable and self.is_first:
                    bad.append((row.line, self._describe_unreadable(row)))
                names_channel |= bool(row.channel)
                reference = row.sku.strip()
                if reference and spellings.setdefault(reference, row.sku) != row.sku:
                    twins.add(reference)
                lines.append(_to_line(row))
        self._warn_of_rows(bad, run)
        self.env["ir.attachment"].create(
            {
                "name": f"listings-{self.id}.jsonl",
                "raw": b"".join(lines),
                "res_model": self._name,
                "res_id": self.id,
                "mimetype": "application/x-ndjson",
            }
        )
        self.write(
            {
                "state": "reading",
                "rows": len(lines),
                "names_channel": names_channel,
                "twins": sorted(twins) or False,
            }
        )

    def _describe_unreadable(self, row):
        return self.env._(
            "What it says of %(columns)s of %(sku)s is no usable number, so Amazon's "
            "search is asked for it.",
            columns=", ".join(row.unreadable),
            sku=row.sku,
        )

    def _warn_of_rows(self, bad, run):
        """Name the rows that are not as they should be: each costs itself alone."""
        for line, reason in bad[:ROWS_NAMED]:
            run._warn(
                self.env._(
                    "Row %(line)s of the report of %(storefront)s: %(why)s Look the "
                    "listing up in Seller Central.",
                    line=line,
                    storefront=self.storefront_id.display_name,
                    why=reason,
                ),
                self.connection_id,
            )
        if len(bad) > ROWS_NAMED:
            run._warn(
                self.env._(
                    "So it is with %(count)s more rows of the report of "
                    "%(storefront)s.",
                    count=len(bad) - ROWS_NAMED,
                    storefront=self.storefront_id.display_name,
                ),
                self.connection_id,
            )

    def _get_content(self):
        """Return the kept rows: bytes, a line of JSON for each."""
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)], limit=1
        )
        return attachment.raw or b""

    def _drop_content(self):
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()

    # === BUSINESS METHODS - READ === #

    def _read_some(self, run):
        """Work the next part of the rows off; after the last, look for what is gone."""
        self.ensure_one()
        content = self._get_content()
        lines, end = _cut_lines(content, self.offset, ROWS_PER_SLICE)
        if lines:
            self._take_over([_from_line(line) for line in lines], run)
            self.write({"offset": end, "rows_read": self.rows_read + len(lines)})
            return
        self._ask_for_missing(content)
        self._finish(run)

    def _get_key(self, sku):
        """Return by what a SKU is known again: blanks around it mean nothing, unless
        the report has it with others, too.
        """
        reference = sku.strip()
        return sku if reference in (self.twins or ()) else reference

    def _take_over(self, rows, run):
        """Add the listings that Odoo does not know; have doubtful ones asked for."""
        listings = self.env["amazon.listing"]
        by_key = {self._get_key(row.sku): row for row in rows if row.sku.strip()}
        known = self._find_known(by_key)
        new = [
            listings._prepare_reported_listing_vals(self.storefront_id, row)
            for key, row in by_key.items()
            if key not in known
        ]
        listings.create(new)
        back = self._find_doubtful(by_key, known)
        back.details_pending = True
        self._note_asins([row.asin for row in rows if not row.sku.strip()])
        run._count(created=len(new))
        self.write(
            {
                "found_new": self.found_new + len(new),
                "found_back": self.found_back
                + len(back.filtered(lambda row: row.state == "removed")),
            }
        )

    def _find_known(self, keys):
        """Return ``{key: listing}`` of the storefront, see :meth:`_get_key`."""
        if not keys:
            return {}
        rows = self.env["amazon.listing"].search_fetch(
            # The index by references begins with the connection.
            Domain("connection_id", "=", self.connection_id.id)
            & Domain("storefront_id", "=", self.storefront_id.id)
            & is_one_of("sku", {key.strip() for key in keys}),
            ["sku", "state", "channel", "details_pending"],
        )
        known = {self._get_key(row.sku): row for row in rows}
        return {key: row for key, row in known.items() if key in keys}

    def _find_doubtful(self, by_key, known):
        """Return the listings that came back, or that somebody else fulfils now."""
        doubtful = [
            row.id
            for key, row in known.items()
            if not row.details_pending
            and (row.state == "removed" or by_key[key].channel not in ("", row.channel))
        ]
        return self.env["amazon.listing"].browse(doubtful)

    def _note_asins(self, asins):
        """Keep which articles have to be looked up, since their rows have no SKU."""
        if not asins:
            return
        listed = self.env["amazon.listing"].search_fetch(
            [
                ("storefront_id", "=", self.storefront_id.id),
                ("asin", "in", asins),
                ("state", "!=", "removed"),
                ("checked_on", "!=", False),
            ],
            ["asin"],
        )
        known = set(listed.mapped("asin"))
        wanted = dict.fromkeys([*(self.asins or ()), *asins])
        self.asins = [asin for asin in wanted if asin not in known]

    def _ask_for_missing(self, content):
        """Have the listings asked for by SKU that the report does not name."""
        named, articles = set(), set()
        for line in content.splitlines():
            row = _from_line(line)
            if row.sku.strip():
                named.add(self._get_key(row.sku))
            else:
                articles.add(row.asin)
        self.env.flush_all()
        last, missing = 0, []
        while True:
            known = self.env.execute_query(
                SQL(
                    """
                    SELECT id, sku, asin FROM amazon_listing
                    WHERE storefront_id = %s AND id > %s AND state != 'removed'
                        AND details_pending IS NOT TRUE
                    ORDER BY id LIMIT %s
                    """,
                    self.storefront_id.id,
                    last,
                    LISTINGS_COMPARED_AT_ONCE,
                )
            )
            if not known:
                break
            last = known[-1][0]
            missing += [
                listing_id
                for listing_id, sku, asin in known
                if self._get_key(sku) not in named and asin not in articles
            ]
        self.env["amazon.listing"].browse(missing).details_pending = True
        self.found_missing = len(missing)

    def _finish(self, run):
        storefront = self.storefront_id
        self.state = "done"
        self._drop_content()
        storefront.listings_compared_on = self.requested_on
        if not storefront.listings_synced_until:
            # What changed since it was written is asked for next.
            storefront.listings_synced_until = self.requested_on - REPORT_CACHED_FOR
        if not self.is_first:
            run._note(
                self.env._(
                    "Compared with Amazon's report of %(storefront)s: %(count)s "
                    "listings, %(new)s missed, %(back)s came back, %(missing)s not "
                    "named any more.",
                    storefront=storefront.display_name,
                    count=self.rows,
                    new=self.found_new,
                    back=self.found_back,
                    missing=self.found_missing,
                ),
                self.connection_id,
            )

    @api.autovacuum
    def _gc_reports(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("requested_on", "<", limit)]).unlink()


def _to_line(row):
    """Return what matters of a row as a line of JSON."""
    price = None if row.price is None else str(row.price)
    values = [row.line, row.sku, row.asin, row.title, price, row.quantity]
    values += [row.channel, row.status]
    return json.dumps(values).encode() + b"\n"


def _from_line(line):
    """Return the ``spapi.reports.ReportedListing`` of :func:`_to_line`."""
    number, sku, asin, title, price, quantity, channel, status = json.loads(line)
    price = None if price is None else Decimal(price)
    return ReportedListing(number, sku, asin, title, price, quantity, channel, status)


def _cut_lines(content, start, count):
    """Return (up to ``count`` lines from a place on, the place behind them)."""
    lines, end = [], start
    while len(lines) < count and end < len(content):
        stop = content.index(b"\n", end) + 1
        lines.append(content[end:stop])
        end = stop
    return lines, end
