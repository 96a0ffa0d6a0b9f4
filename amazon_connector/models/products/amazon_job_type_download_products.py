"""The job type that downloads listings: changes into rows, then products.

Each storefront has a cursor, ``listings_synced_until``. Amazon is asked for what it
changed at or after the last listing that is stored, oldest first, so that one walk
serves the first download and all later ones, can be broken off anywhere, and misses
nothing when a listing changes meanwhile. Amazon's page tokens are used only among
listings of the same moment; it pages through 1,000 at most.

A storefront that was never read and lists many comes in by Amazon's report of all
listings (``amazon_listing_report.py``): its rows first, then the details of each by SKU
(``listing_details.py``), and the walk only brings what changed meanwhile.

Changes do not show deleted listings. So once a day a large storefront is compared with
the report; in a small one each listing that Amazon did not show for most of a day is
looked up by its SKU.

``job.position`` is ``{"walks": {storefront id: {since, token, read}}, "walked":
[storefront ids], "polled": [report ids], "share": number, "shared_at": seconds,
"is_reading": bool, "is_reported": bool}``: where each walk is, which are done in this
run, which reports were asked about in it, how far the initial import is and when that
was shown, whether the run read any page, and whether the initial import was told to go
on. ``listing_details.py`` adds what it has learned.
"""

import time
from datetime import datetime, timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...spapi.errors import RejectedError
from ...spapi.listings import IDENTIFIERS_LIMIT
from ...tools import naive_utc
from ..connection.reminders import IMPORT_REMINDER
from ..jobs.waiting import NotReadyError
from .amazon_listing import LISTINGS_PER_BATCH
from .listing_details import ListingDetails
from .listing_image import THIS_SERVER, Outages
from .listing_lookup import ListingLookup, is_refusal

# Of more listings than these, Amazon's search shows no more pages of one question, and
# page after page takes longer than the report does.
LISTINGS_BEFORE_REPORT = 1000
# Looking up more of them by SKU takes more calls in a day than the report.
LISTINGS_BEFORE_COMPARISON = 500
COMPARISON_INTERVAL = timedelta(hours=20)
# How long a comparison stands for the looking up, when the next one fails.
COMPARISON_HOLDS_FOR = timedelta(days=2)
# How much of a storefront is read while its report is written, and once it is there.
SHARE_WAITING, SHARE_READ = 0.02, 0.15
# How much of the import of listings it is to bring them to their products.
SHARE_PROCESSED = 0.4
# All listings are counted for it.
SECONDS_BETWEEN_SHARES = 2
# How long a listing may be unseen before it is looked up.
UNSEEN_BEFORE_LOOK_UP = timedelta(hours=20)
LISTINGS_MARKED_AT_ONCE = 1000
LISTINGS_PLANNED_AT_ONCE = 100
# Of complete listings, while requests for what others lack are under way.
BATCHES_MEANWHILE = 2
IMAGES_AT_ONCE = 8


class AmazonJobTypeDownloadProducts(models.AbstractModel):
    _name = "amazon.job.type.download_products"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Download Products"

    _kind = "download_products"
    _sequence = 10
    _interval = (30, "minutes")
    _switch = "download_products"
    _is_polled = True
    _is_imported = True
    _is_optional_in_import = True
    _needs_listings_role = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Download products")

    @api.model
    def _get_solved_reminders(self):
        return [*super()._get_solved_reminders(), IMPORT_REMINDER]

    @api.model
    def _start_run(self, job, run):
        """Override to go on with walks that were cut; the others start again."""
        walks = (job.position or {}).get("walks")
        job.position = {"walks": walks} if walks else False

    @api.model
    def _do_slice(self, job, run, session):
        """Do the first of these that is left to do."""
        storefronts = self._get_storefronts(job)
        return (
            self._mark_known(job)
            or self._process_complete(job, run, storefronts)
            or self._read_report(job, run, storefronts)
            or self._walk(job, run, session, storefronts)
            or self._poll_reports(job, run, session, storefronts)
            or self._fetch_details(job, run, session, storefronts)
            or self._process_all(job, run, storefronts)
            or self._report_stage(job)
            or self._ask_for_comparison(job, run, session, storefronts)
            or self._look_up_unseen(job, run, session, storefronts)
            or self._fetch_images(job, run, session)
        )

    @api.model
    def _process_complete(self, job, run, storefronts):
        """Process some of the listings that nothing more is asked for; return whether.

        Where requests come next, some are left for the time that these take.
        """
        if self._is_asking_next(job, storefronts):
            most = BATCHES_MEANWHILE * LISTINGS_PER_BATCH
            listings = self.env["amazon.listing"]
            if not listings._has_more_complete(job.connection_id, most):
                return False
        return self._process_some_complete(job, run, storefronts)

    @api.model
    def _process_meanwhile(self, job, run, storefronts):
        """Do so while requests are under way, committed: none is held until then."""
        for _ in range(BATCHES_MEANWHILE):
            if not self._process_some_complete(job, run, storefronts):
                return
            job._commit()

    @api.model
    def _process_some_complete(self, job, run, storefronts):
        """While Amazon's changes are read, members of families wait for each other."""
        return self._process(
            job, run, storefronts, families=not self._is_reading(job), lacking=False
        )

    @api.model
    def _is_asking_next(self, job, storefronts):
        """Whether requests for details follow, and nothing that may have to wait."""
        walked = (job.position or {}).get("walked", [])
        return (
            all(storefront.id in walked for storefront in storefronts)
            and not self._find_reports(storefronts, first=True)
            and bool(
                self.env["amazon.listing"].search_count(
                    Domain("connection_id", "=", job.connection_id.id)
                    & Domain("storefront_id", "in", storefronts.ids)
                    & (
                        Domain("details_pending", "=", True)
                        | Domain("catalog_pending", "=", True)
                    ),
                    limit=1,
                )
            )
        )

    @api.model
    def _process_all(self, job, run, storefronts):
        """Process some of the marked listings, all being asked for that they lacked."""
        return self._process(job, run, storefronts)

    @api.model
    def _process(self, job, run, storefronts, **which):
        """Process a batch of the marked listings; return whether there were any."""
        listings = self._get_listings(job)
        if not listings._process_next_batch(job.connection_id, run, **which):
            return False
        self._report_share(
            job,
            storefronts,
            lambda: self.env._(
                "Listings are brought to their products; %s are left.",
                self._count_marked(job),
            ),
        )
        return True

    @api.model
    def _count_marked(self, job):
        return self.env["amazon.listing"].search_count(
            [("connection_id", "=", job.connection_id.id), ("to_process", "=", True)]
        )

    @api.model
    def _is_reading(self, job):
        """Whether some changes are read, and not all yet."""
        position = job.position or {}
        return bool(
            position.get("is_reading")
            or position.get("walks")
            or self.env["amazon.listing"].search_count(
                [
                    ("connection_id", "=", job.connection_id.id),
                    ("details_pending", "=", True),
                ],
                limit=1,
            )
        )

    @api.model
    def _get_listings(self, job):
        return self.env["amazon.listing"].with_company(job.company_id)

    @api.model
    def _get_storefronts(self, job):
        """Return the storefronts in use, the connection's own marketplace first."""
        own = job.connection_id.marketplace_id
        storefronts = job.connection_id.storefront_ids.filtered("active")
        if not storefronts:
            raise UserError(
                self.env._(
                    "No storefront is in use. Tick at least one under Storefronts."
                )
            )
        return storefronts.sorted(lambda front: front.marketplace_id != own)

    # === BUSINESS METHODS - KNOWN LISTINGS === #

    @api.model
    def _mark_known(self, job):
        """Mark a part of what came in while Download Products was off."""
        connection = job.connection_id
        if not connection.is_relink_due:
            return False
        position = dict(job.position or {})
        rows = self.env["amazon.listing"].search(
            Domain("connection_id", "=", connection.id)
            & Domain("state", "!=", "removed")
            & Domain("details_pending", "=", False)
            & Domain("id", ">", position.pop("marked_up_to", 0)),
            order="id",
            limit=LISTINGS_MARKED_AT_ONCE,
        )
        if rows:
            rows.to_process = True
            position["marked_up_to"] = rows[-1].id
        else:
            connection.is_relink_due = False
        job.position = position or False
        return True

    # === BUSINESS METHODS - CHANGES === #

    @api.model
    def _walk(self, job, run, session, storefronts):
        """Store the next page of what Amazon changed, storefront by storefront."""
        walked = (job.position or {}).get("walked", [])
        waiting = self._find_reports(storefronts, first=True).storefront_id
        left = (storefronts - waiting).filtered(lambda front: front.id not in walked)
        if not left:
            return False
        storefront = left[0]
        self._store_page(job, run, session.client, storefront)
        self._report_share(
            job,
            storefronts,
            lambda: self.env._(
                "Listings read in %(storefront)s: %(count)s.",
                storefront=storefront.display_name,
                count=self._count_listings(storefront),
            ),
        )
        return True

    @api.model
    def _store_page(self, job, run, client, storefront):
        """Store the page of a walk where it is, and remember the next.

        A walk that is broken off goes on there, and only a new one starts with the
        overlap.
        """
        place = self._get_place(job, storefront)
        page = self._fetch_listings(job, client, storefront, place)
        if self._is_report_cheaper(storefront, place, page):
            reports = self.env["amazon.listing.report"]
            report = reports._ask(storefront, client, run, is_first=True)
            if report.state != "failed":
                return
        if "total" not in place and self._is_import_stage(job):
            place["total"] = self._count_listings(storefront) + page.total
        self.env["amazon.listing"]._store_documents(storefront, page.documents, run)
        last = page.last_updated
        cursor = storefront.listings_synced_until
        if last and (not cursor or naive_utc(last) > cursor):
            storefront.listings_synced_until = naive_utc(last)
        next_place = self._get_next_place(job, storefront, place, page, run)
        self._keep_place(job, storefront, next_place)

    @api.model
    def _count_listings(self, storefront):
        return self.env["amazon.listing"].search_count(
            [("storefront_id", "=", storefront.id)]
        )

    @api.model
    def _get_place(self, job, storefront):
        """Return ``{since, token, read}``: an aware time, Amazon's token, a count.

        In the initial import with ``total``, how many listings there will be.
        """
        walks = (job.position or {}).get("walks", {})
        kept = walks.get(str(storefront.id))
        if not kept:
            return {"since": storefront._listings_since(), "token": None, "read": 0}
        since = kept["since"] and datetime.fromisoformat(kept["since"])
        return kept | {"since": since}

    @api.model
    def _keep_place(self, job, storefront, place):
        """Remember it for a run that goes on; ``None``: the walk is done."""
        position = (job.position or {}) | {"is_reading": True}
        walks = dict(position.pop("walks", {}))
        walks.pop(str(storefront.id), None)
        if place:
            since = place["since"] and place["since"].isoformat()
            walks[str(storefront.id)] = place | {"since": since}
        else:
            position["walked"] = [*position.get("walked", []), storefront.id]
        job.position = position | ({"walks": walks} if walks else {})

    @api.model
    def _fetch_listings(self, job, client, storefront, place):
        """Return the ``spapi.client.ListingsPage`` at a place of the walk."""

        def ask(token):
            return client.search_listings_items(
                job.connection_id.seller_id,
                marketplace_id=storefront.marketplace_id.amazon_marketplace_id,
                last_updated_after=place["since"],
                page_token=token,
            )

        try:
            return ask(place["token"])
        except RejectedError:
            if not place["token"]:
                raise
        # Amazon's tokens live for a while only.
        place.update({"token": None, "read": 0})
        return ask(None)

    @api.model
    def _get_next_place(self, job, storefront, place, page, run):
        """Return where the next page starts, ``None`` after the last.

        A page starts at the time of the last listing read. Among listings of the same
        moment that leads nowhere, so Amazon's own pages are turned there.
        """
        since, last = place["since"], page.last_updated
        read = place["read"] + len(page.documents)
        if page.total <= read or not page.documents:
            return None
        if last and (since is None or last > since):
            return place | {"since": last, "token": None, "read": 0}
        if page.next_token:
            return place | {"token": page.next_token, "read": read}
        if moment := last or since:
            self._warn_of_crowd(job, storefront, page.total - read, moment, run)
            since = moment + timedelta(seconds=1)
            return place | {"since": since, "token": None, "read": 0}
        return None

    @api.model
    def _warn_of_crowd(self, job, storefront, missing, moment, run):
        run._warn(
            self.env._(
                "%(count)s listings of %(storefront)s cannot be read: Amazon changed "
                "more than 1,000 in one moment, %(moment)s UTC, and shows no more of "
                "them. They come in when Amazon changes them again.",
                count=missing,
                storefront=storefront.display_name,
                moment=naive_utc(moment),
            ),
            job.connection_id,
        )

    @api.model
    def _report_stage(self, job):
        """Let the initial import go on: all listings are read and processed."""
        position = dict(job.position or {})
        if position.get("is_reported"):
            return False
        job.position = position | {"is_reported": True}
        job.connection_id._complete_stage(self._kind)
        return True

    # === BUSINESS METHODS - REPORTS === #

    @api.model
    def _find_reports(self, storefronts, first=None):
        """Return the reports that are not worked off.

        :param bool first: only those that bring a storefront in for the first time
        """
        domain = Domain("storefront_id", "in", storefronts.ids)
        domain &= Domain("state", "in", ("asked", "reading"))
        if first is not None:
            domain &= Domain("is_first", "=", first)
        return self.env["amazon.listing.report"].search(domain, order="id")

    @api.model
    def _is_report_cheaper(self, storefront, place, page):
        """Whether the report brings a storefront in: nothing of it was read yet.

        Not where it failed a short while ago.
        """
        if (
            place["since"]
            or place["token"]
            or place["read"]
            or page.total <= LISTINGS_BEFORE_REPORT
        ):
            return False
        return not self._find_latest_report(storefront)

    @api.model
    def _find_latest_report(self, storefront):
        """Return the report that was asked for last, if that is not long ago."""
        limit = fields.Datetime.now() - COMPARISON_INTERVAL
        return self.env["amazon.listing.report"].search(
            [("storefront_id", "=", storefront.id), ("requested_on", ">", limit)],
            limit=1,
        )

    @api.model
    def _read_report(self, job, run, storefronts):
        """Work off a part of a report that is fetched."""
        reports = self._find_reports(storefronts)
        report = reports.filtered(lambda report: report.state == "reading")[:1]
        if not report:
            return False
        report._read_some(run)
        self._report_share(
            job,
            storefronts,
            lambda: self.env._(
                "Amazon's report of all listings of %(storefront)s: %(read)s of "
                "%(count)s read.",
                storefront=report.storefront_id.display_name,
                read=report.rows_read,
                count=report.rows,
            ),
        )
        return True

    @api.model
    def _poll_reports(self, job, run, session, storefronts):
        """Ask how far Amazon is: with the first ones until they are there.

        :raise NotReadyError: while Amazon writes one that the run waits for
        """
        asked = self._find_reports(storefronts)
        for report in asked:
            if report.id in (job.position or {}).get("polled", []):
                continue
            if not report.is_first:
                self._note_polled(job, report)
            if report._poll(session.client, run):
                return True
        if first := asked.filtered("is_first")[:1]:
            message = self.env._(
                "Amazon writes the report of all listings of %s. That takes it some "
                "minutes.",
                first.storefront_id.display_name,
            )
            raise NotReadyError(message, first._get_pause())
        return False

    @api.model
    def _note_polled(self, job, report):
        """Do not ask about it any more in this run."""
        position = job.position or {}
        polled = [*position.get("polled", []), report.id]
        job.position = position | {"polled": polled}

    @api.model
    def _ask_for_comparison(self, job, run, session, storefronts):
        """Ask for the report with which a large storefront is compared once a day.

        It is written while this run ends, and read by the next one.
        """
        for storefront in storefronts:
            if (
                storefront.listings_synced_until
                and not self._find_latest_report(storefront)
                and self._is_large(storefront)
            ):
                reports = self.env["amazon.listing.report"]
                report = reports._ask(storefront, session.client, run)
                self._note_polled(job, report)
                return True
        return False

    @api.model
    def _is_large(self, storefront):
        listed = self.env["amazon.listing"].search_count(
            [("storefront_id", "=", storefront.id), ("state", "!=", "removed")],
            limit=LISTINGS_BEFORE_COMPARISON,
        )
        return listed >= LISTINGS_BEFORE_COMPARISON

    # === BUSINESS METHODS - DETAILS === #

    @api.model
    def _fetch_details(self, job, run, session, storefronts):
        """Ask for what some of the listings lack."""
        details = ListingDetails(job, run, session, storefronts)
        if not details.fetch_some(
            meanwhile=partial(self._process_meanwhile, job, run, storefronts)
        ):
            return False
        self._report_share(
            job,
            storefronts,
            lambda: self.env._(
                "Details of the listings are read; %s are left.",
                self.env["amazon.listing"].search_count(
                    [
                        ("storefront_id", "in", storefronts.ids),
                        ("details_pending", "=", True),
                    ]
                ),
            ),
        )
        return True

    # === BUSINESS METHODS - PROGRESS === #

    @api.model
    def _is_import_stage(self, job):
        """Whether the run is part of the initial import: somebody may look at it."""
        return job.connection_id.import_stage == self._kind

    @api.model
    def _report_share(self, job, storefronts, describe):
        """Show how far the initial import is, every now and then; it never goes back.

        :param describe: called for the sentence, if anybody may see it
        """
        if not self._is_import_stage(job):
            return
        position = job.position or {}
        now = time.time()
        if abs(now - position.get("shared_at", 0)) < SECONDS_BETWEEN_SHARES:
            return
        shares = [self._get_share(position, front) for front in storefronts]
        listed = sum(map(self._count_listings, job.connection_id.storefront_ids))
        unprocessed = min(self._count_marked(job) / max(listed, 1), 1)
        share = sum(shares) / len(shares) * (1 - SHARE_PROCESSED * unprocessed)
        share = max(share, position.get("share", 0))
        job.position = position | {"share": share, "shared_at": now}
        job.connection_id._report_import(self._kind, share, describe())

    @api.model
    def _get_share(self, position, storefront):
        """Return how much of a storefront is read, 0 to 1."""
        report = self._find_reports(storefront, first=True)[:1]
        if report:
            read = report.rows_read / (report.rows or 1)
            return SHARE_WAITING + (SHARE_READ - SHARE_WAITING) * read
        listings = self.env["amazon.listing"]
        mine = [("storefront_id", "=", storefront.id)]
        pending = listings.search_count([*mine, ("details_pending", "=", True)])
        if pending:
            rest = pending / listings.search_count(mine)
            return SHARE_READ + (1 - SHARE_READ) * (1 - rest)
        if storefront.id in position.get("walked", []):
            return 1
        place = position.get("walks", {}).get(str(storefront.id), {})
        if not place.get("total"):
            return 0
        return min(self._count_listings(storefront) / place["total"], 1)

    # === BUSINESS METHODS - UNSEEN === #

    @api.model
    def _look_up_unseen(self, job, run, session, storefronts):
        """Ask for some of the listings that Amazon did not show lately."""
        limit = fields.Datetime.now() - UNSEEN_BEFORE_LOOK_UP
        listings = self.env["amazon.listing"]
        held = fields.Datetime.now() - COMPARISON_HOLDS_FOR
        for storefront in storefronts:
            compared = storefront.listings_compared_on
            if compared and compared > held and self._is_large(storefront):
                continue
            rows = listings.search(
                [("storefront_id", "=", storefront.id), ("checked_on", "<", limit)],
                order="checked_on, id",
                limit=IDENTIFIERS_LIMIT,
            )
            if rows:
                self._look_up(job, run, session, storefront, rows)
                return True
        return False

    @api.model
    def _look_up(self, job, run, session, storefront, rows):
        """Take over what Amazon says of listings of a storefront.

        :raise SpApiError: when some are not answered for; the others are committed
        """
        removed = rows.filtered(lambda row: row.state == "removed")
        documents, failures = ListingLookup(session).fetch(rows, gone=removed)
        shown = list(filter(None, documents.values()))
        self.env["amazon.listing"]._store_documents(storefront, shown, run)
        gone = rows.filtered(lambda row: row in documents and not documents[row])
        gone._mark_removed(run)
        unanswered = rows.browse()
        for row, error in failures.items():
            if is_refusal(error):
                run._warn(row._get_message(str(error)), row)
            else:
                unanswered |= row
        # One that cannot be read, or is refused, would come again and again.
        (rows - unanswered).checked_on = fields.Datetime.now()
        if unanswered:
            job._commit()
            raise failures[unanswered[0]]

    # === BUSINESS METHODS - IMPORT === #

    @api.model
    def _sum_up_import(self, connection):
        listings = self.env["amazon.listing"]
        own = [("connection_id", "=", connection.id), ("is_parent", "=", False)]
        linked = listings.search([*own, ("product_id", "!=", False)])
        read = listings.search_count(own)
        parts = [
            self.env._("%s read", read),
            self.env._(
                "%(listings)s linked to %(products)s products",
                listings=len(linked),
                products=len(linked.product_id),
            ),
        ]
        if unlinked := read - len(linked):
            parts.append(self.env._("%s not linked", unlinked))
        return self.env._("Listings: %s.", ", ".join(parts))

    # === BUSINESS METHODS - IMAGES === #

    @api.model
    def _fetch_images(self, job, run, session):
        """Bring some of the pending pictures to their products.

        What cannot be had, or kept, at the moment waits; the others go on.
        """
        wanted = self._get_listings(job).search(
            Domain("connection_id", "=", job.connection_id.id)
            & (
                Domain("image_pending", "=", True)
                | Domain("further_images_pending", "=", True)
            ),
            limit=LISTINGS_PLANNED_AT_ONCE,
        )
        if wanted:
            wanted._plan_images()
            return True
        position = job.position or {}
        outages = Outages(position.get("outages", {}))
        images = self.env["amazon.listing.image"].with_company(job.company_id)
        if THIS_SERVER not in outages.closed:
            images = images._find_due(job.connection_id, outages.closed, IMAGES_AT_ONCE)
        if not images:
            job.position = False
            return False
        images._fetch(session, run, outages)
        job.position = position | {"outages": outages.failures}
        return True
