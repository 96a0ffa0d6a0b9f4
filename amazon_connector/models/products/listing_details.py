"""Asks Amazon for what listings lack: details by SKU, the catalogue by ASIN.

Twenty at a time, several requests under way at once, and the two side by side: each has
a quota of its own. What is left to ask stands on the rows (``details_pending``,
``catalog_pending``), so that any process can go on.
"""

from functools import partial
from itertools import zip_longest

from odoo.fields import Domain

from ...spapi.catalog import ASINS_LIMIT, parse_item
from ...spapi.errors import AuthError, RejectedError
from ...spapi.listings import IDENTIFIERS_LIMIT, is_searchable
from .listing_lookup import ListingLookup, is_refusal

# Of one slice, about in the proportion of their quotas: five and two a second. The
# listings of as many requests to the catalogue are processed together.
DETAIL_REQUESTS = 10
CATALOG_REQUESTS = 5
ASINS_NAMED = 5
# Of one slice; they have a quota of their own, and more of them would take too long.
ALONE_REQUESTS = 40


class ListingDetails:
    """Fetches a part of what is pending.

    :param job: the ``amazon.job``; ``job.position`` keeps what Amazon does not take in
        this run: ``is_single`` (several marketplaces in one question), ``no_catalog``
    :param run: the ``amazon.history`` row that counts and reports
    :param AmazonSession session: sends several requests at a time
    :param storefronts: the ``amazon.storefront`` in use
    """

    def __init__(self, job, run, session, storefronts):
        self.env = job.env
        self.job = job
        self.run = run
        self.session = session
        self.storefronts = storefronts
        self.lookup = ListingLookup(session)
        # To be asked for by itself: no search shows it.
        self.alone = self.env["amazon.listing"]

    def fetch_some(self, meanwhile):
        """Ask for the next ones; return whether there were any.

        :param meanwhile: called while the first requests are under way; may commit
        :raise SpApiError: what ends the run; what came in before is committed
        """
        requests = self._interleave(self._ask_details(), self._ask_catalog())
        if not requests and not self.alone:
            return False
        failure = None
        sending = self.session.send_each(requests, meanwhile)
        for (store, refuse), answer, error in sending:
            if error is None:
                store(answer)
            elif not refuse(error):
                failure = failure or error
        failure = failure or self._fetch_alone()
        if failure:
            self.env["amazon.job"]._commit()
            raise failure
        return True

    def _interleave(self, details, catalog):
        """Return the requests so that both are under way all the time."""
        share = max(len(details) // max(len(catalog), 1), 1)
        groups = [details[at : at + share] for at in range(0, len(details), share)]
        mixed = zip_longest(groups, catalog)
        return [
            request
            for several, one in mixed
            for request in [*(several or ()), one]
            if request
        ]

    def _remember(self, name):
        self.job.position = {**(self.job.position or {}), name: True}

    def _recalls(self, name):
        return bool((self.job.position or {}).get(name))

    # === DETAILS === #

    def _ask_details(self):
        """Return ``[((store, refuse), request)]`` of the next pending details.

        What cannot be searched is left to be asked for alone.
        """
        requests = []
        for storefronts, rows in self._get_pending_groups():
            skus = list(dict.fromkeys(rows.mapped("sku")))
            for at in range(0, len(skus), IDENTIFIERS_LIMIT):
                part = set(skus[at : at + IDENTIFIERS_LIMIT])
                requests.append(
                    self._ask_by_sku(
                        storefronts,
                        rows.filtered(lambda row, part=part: row.sku in part),
                    )
                )
        return [*requests, *self._ask_by_asin()][: 2 * DETAIL_REQUESTS]

    def _get_pending_groups(self):
        """Return ``[(storefronts, rows)]``: the same SKUs pending in each of these.

        One question names all storefronts of a group, unless Amazon wants one only, or
        a report did not say who fulfils the listings there.
        """
        pending = self.env["amazon.listing"].search(
            Domain("connection_id", "=", self.job.connection_id.id)
            & Domain("details_pending", "=", True)
            & Domain("storefront_id", "in", self.storefronts.ids),
            order="sku, id",
            limit=DETAIL_REQUESTS * IDENTIFIERS_LIMIT,
        )
        self.alone = pending.filtered(lambda row: not is_searchable(row.sku))
        sharing = self._get_sharing_storefronts()
        groups = {}
        for rows in (pending - self.alone).grouped("sku").values():
            # Only the report tells whose quantity it is; it may be changed since.
            shared = rows.filtered(
                lambda row: not row.checked_on and row.storefront_id in sharing
            )
            together = shared if len(shared) > 1 else rows.browse()
            for part in [together, *(rows - together)]:
                if part:
                    key = part.storefront_id
                    groups[key] = groups.get(key, rows.browse()) | part
        return list(groups.items())

    def _get_sharing_storefronts(self):
        """Return the storefronts that one question may name together."""
        if self._recalls("is_single") or len(self.storefronts) == 1:
            return self.storefronts.browse()
        reports = self.env["amazon.listing.report"].search(
            [
                ("storefront_id", "in", self.storefronts.ids),
                ("state", "in", ("reading", "done")),
            ]
        )
        latest = {report.storefront_id: report for report in reversed(reports)}
        return self.storefronts.filtered(
            lambda front: front in latest and latest[front].names_channel
        )

    def _ask_by_sku(self, storefronts, rows):
        places = storefronts.marketplace_id.mapped("amazon_marketplace_id")
        outcome = (
            partial(self._store_details, storefronts, rows),
            partial(self._refuse_details, storefronts, rows),
        )
        return outcome, partial(
            self.lookup.search,
            places[0] if len(places) == 1 else tuple(places),
            skus=list(dict.fromkeys(rows.mapped("sku"))),
        )

    def _store_details(self, storefronts, rows, documents):
        """Keep what Amazon shows; leave what it does not to be asked for alone.

        What it shows in another one of several storefronts is asked for once more, in
        those alone that are left.
        """
        listings = self.env["amazon.listing"]
        shown = {document.get("sku") for document in documents}
        is_shared = len(storefronts) > 1
        stored = listings.union(
            *(
                listings._store_documents(front, documents, self.run, is_shared)
                for front in storefronts
            )
        )
        found = set(stored.mapped("sku"))
        left = (rows - stored).filtered(lambda row: row.sku not in found)
        unreadable = left.filtered(lambda row: row.sku in shown)
        self.alone |= left - unreadable
        self._keep_unreadable(unreadable)

    def _keep_unreadable(self, rows):
        """Amazon shows them, but so that they cannot be read; that is told."""
        # What the report says of these is all there is.
        rows.filtered(lambda row: not row.checked_on).to_process = True
        rows._set_checked()

    def _refuse_details(self, storefronts, rows, error):
        """Ask in smaller parts; return whether that is possible."""
        if not isinstance(error, RejectedError):
            return False
        if len(storefronts) > 1:
            self._remember("is_single")
        else:
            self.alone |= rows
        return True

    def _fetch_alone(self):
        """Ask for each listing that no search shows: only so it is known to be gone.

        What is refused alone costs itself.

        :return: the ``SpApiError`` of one that is still to be asked for, or ``None``
        """
        failure = None
        for row, document, error in self.lookup.ask_alone(self.alone[:ALONE_REQUESTS]):
            if error:
                if is_refusal(error):
                    self._give_up(row, error)
                else:
                    failure = failure or error
            elif document:
                stored = row._store_documents(row.storefront_id, [document], self.run)
                self._keep_unreadable(row - stored)
            elif row.checked_on:
                row._mark_removed(self.run)
                row._set_checked()
            else:
                row._keep_as_reported(self.run)
        return failure

    def _give_up(self, row, error):
        if not row.checked_on:
            # What the report says of it is all there is.
            row.to_process = True
        row._set_checked()
        self.run._warn(row._get_message(str(error)), row)

    def _ask_by_asin(self):
        """Return the requests for articles whose rows in the report had no SKU."""
        reports = self.env["amazon.listing.report"].search(
            [
                ("storefront_id", "in", self.storefronts.ids),
                ("state", "=", "done"),
                ("asins", "!=", False),
            ]
        )
        requests = []
        for report in reports:
            asins = (report.asins or [])[:IDENTIFIERS_LIMIT]
            place = report.storefront_id.marketplace_id.amazon_marketplace_id
            if asins:
                outcome = (
                    partial(self._store_by_asin, report, asins),
                    partial(self._refuse_by_asin, report, asins),
                )
                requests.append(
                    (outcome, partial(self.lookup.search, place, asins=asins))
                )
        return requests

    def _store_by_asin(self, report, asins, documents):
        self.env["amazon.listing"]._store_documents(
            report.storefront_id, documents, self.run
        )
        report.asins = [asin for asin in report.asins if asin not in asins] or False

    def _refuse_by_asin(self, report, asins, error):
        if not isinstance(error, RejectedError):
            return False
        self._warn_of_articles(asins, error)
        report.asins = [asin for asin in report.asins if asin not in asins] or False
        return True

    # === CATALOGUE === #

    def _ask_catalog(self):
        """Return the requests for the next articles of which rows lack something."""
        if self._recalls("no_catalog"):
            return []
        listings = self.env["amazon.listing"]
        requests = []
        for storefront in self.storefronts:
            room = (CATALOG_REQUESTS - len(requests)) * ASINS_LIMIT
            if not room:
                break
            pending = listings._read_group(
                [
                    ("storefront_id", "=", storefront.id),
                    ("catalog_pending", "=", True),
                ],
                ["asin"],
                ["id:recordset"],
                order="asin",
                limit=room,
            )
            for at in range(0, len(pending), ASINS_LIMIT):
                requests.append(
                    self._ask_articles(storefront, dict(pending[at : at + ASINS_LIMIT]))
                )
        return requests

    def _ask_articles(self, storefront, rows_by_asin):
        marketplace = storefront.marketplace_id.amazon_marketplace_id
        outcome = (
            partial(self._store_articles, marketplace, rows_by_asin),
            partial(self._refuse_articles, marketplace, rows_by_asin),
        )
        asins = [asin for asin in rows_by_asin if asin and "," not in asin]
        return outcome, partial(self._search_articles, asins, marketplace)

    def _search_articles(self, asins, marketplace):
        """Called in a thread: touches no record."""
        if not asins:
            return ()
        return self.session.client.search_catalog_items(
            asins, marketplace_id=marketplace
        )

    def _store_articles(self, marketplace, rows_by_asin, documents):
        items = {}
        for document in documents:
            try:
                item = parse_item(document, marketplace)
            except ValueError as error:
                self.run._warn(
                    self.env._("An article of the catalogue cannot be read: %s", error),
                    self.job.connection_id,
                )
            else:
                items[item.asin] = item
        for asin, rows in rows_by_asin.items():
            rows._store_catalog_item(items.get(asin))

    def _refuse_articles(self, marketplace, rows_by_asin, error):
        """Ask in smaller parts, or do without; return whether that is possible."""
        if isinstance(error, AuthError) and error.reason == "forbidden":
            self._remember("no_catalog")
            storefront = self.storefronts[0]
            storefront._say_once(
                self.env._(
                    "Amazon denies its catalogue, so barcodes and pictures come from "
                    "the listings alone. Give the application the role Product "
                    "Listing to have them."
                ),
                self.run._warn,
            )
            return True
        if not isinstance(error, RejectedError):
            return False
        if len(rows_by_asin) == 1:
            for rows in rows_by_asin.values():
                rows.catalog_pending = False
            self._warn_of_articles(rows_by_asin, error)
            return True
        for asin, rows in rows_by_asin.items():
            alone = {asin: rows}
            try:
                documents = self._search_articles([asin] if asin else [], marketplace)
            except RejectedError as refusal:
                self._refuse_articles(marketplace, alone, refusal)
            else:
                self._store_articles(marketplace, alone, documents)
        return True

    def _warn_of_articles(self, asins, error):
        named = ", ".join(filter(None, list(asins)[:ASINS_NAMED]))
        self.run._warn(
            self.env._(
                "Amazon does not tell of these articles: %(asins)s. %(why)s",
                asins=named,
                why=error,
            ),
            self.job.connection_id,
        )
