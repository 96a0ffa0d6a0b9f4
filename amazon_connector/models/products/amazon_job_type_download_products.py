"""The job type that downloads listings: changes into rows, then products.

Each storefront has a cursor, ``listings_synced_until``. Amazon is asked for what it
changed at or after the last listing that is stored, oldest first, so that one walk
serves the first download and all later ones, can be broken off anywhere, and misses
nothing when a listing changes meanwhile. Amazon's page tokens are used only among
listings of the same moment; it pages through 1,000 at most.

Changes do not show deleted listings. So each listing that Amazon did not show for
most of a day is looked up by its SKU.

``job.position`` is ``{"walks": {storefront id: {since, token, read}}, "walked":
[storefront ids], "is_reading": bool, "is_reported": bool}``: where each walk is, which
are done in this run, whether it read any page, and whether the initial import was told
to go on.
"""

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...spapi.errors import RejectedError
from ...spapi.listings import IDENTIFIERS_LIMIT
from ...tools import naive_utc
from ..connection.reminders import IMPORT_REMINDER

# How long a listing may be unseen before it is looked up.
UNSEEN_BEFORE_LOOK_UP = timedelta(hours=20)
LISTINGS_MARKED_AT_ONCE = 1000
IMAGES_AT_ONCE = 4


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
            or self._process_listings(job, run, families=not self._is_reading(job))
            or self._walk(job, run, session, storefronts)
            or self._process_listings(job, run, families=True)
            or self._report_stage(job)
            or self._look_up_unseen(job, run, session, storefronts)
            or self._fetch_images(job, run, session)
        )

    @api.model
    def _process_listings(self, job, run, families):
        """Process some of the marked listings; return whether there were any.

        :param bool families: whether members of families are among them. While Amazon's
            changes are read, they wait for each other.
        """
        listings = self._get_listings(job)
        return listings._process_next_batch(job.connection_id, run, families)

    @api.model
    def _is_reading(self, job):
        """Whether this run has read some changes, and not all yet."""
        return bool((job.position or {}).get("is_reading"))

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
        left = storefronts.filtered(lambda front: front.id not in walked)
        if not left:
            return False
        storefront = left[0]
        share = self._store_page(job, run, session.client, storefront)
        job.connection_id._report_import(
            self._kind,
            (len(storefronts) - len(left) + share) / len(storefronts),
            self.env._(
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

        :return: the share of the storefront's listings that is read, 0 to 1
        :rtype: float
        """
        place = self._get_place(job, storefront)
        if "total" not in place:
            place["known"] = self._count_listings(storefront)
        page = self._fetch_listings(job, client, storefront, place)
        place.setdefault("total", place.get("known", 0) + page.total)
        self.env["amazon.listing"]._store_documents(storefront, page.documents, run)
        last = page.last_updated
        cursor = storefront.listings_synced_until
        if last and (not cursor or naive_utc(last) > cursor):
            storefront.listings_synced_until = naive_utc(last)
        next_place = self._get_next_place(job, storefront, place, page, run)
        self._keep_place(job, storefront, next_place)
        if not next_place:
            return 1
        return min(self._count_listings(storefront) / max(place["total"], 1), 1)

    @api.model
    def _count_listings(self, storefront):
        return self.env["amazon.listing"].search_count(
            [("storefront_id", "=", storefront.id)]
        )

    @api.model
    def _get_place(self, job, storefront):
        """Return ``{since, token, read}``: an aware time, Amazon's token, a count."""
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

    # === BUSINESS METHODS - UNSEEN === #

    @api.model
    def _look_up_unseen(self, job, run, session, storefronts):
        """Ask for some of the listings that Amazon did not show lately."""
        limit = fields.Datetime.now() - UNSEEN_BEFORE_LOOK_UP
        listings = self.env["amazon.listing"]
        for storefront in storefronts:
            rows = listings.search(
                [("storefront_id", "=", storefront.id), ("checked_on", "<", limit)],
                order="checked_on, id",
                limit=IDENTIFIERS_LIMIT,
            )
            if rows:
                self._look_up(job, run, session.client, storefront, rows)
                return True
        return False

    @api.model
    def _look_up(self, job, run, client, storefront, rows):
        # Amazon separates SKUs by commas.
        lone = rows.filtered(lambda row: "," in row.sku)[:1]
        rows = lone or rows
        documents = self._fetch_by_sku(job, client, storefront, rows)
        shown = {document.get("sku") for document in documents}
        self.env["amazon.listing"]._store_documents(storefront, documents, run)
        rows.filtered(lambda row: row.sku not in shown)._mark_removed(run)
        # One that cannot be read would come again and again.
        rows.checked_on = fields.Datetime.now()

    @api.model
    def _fetch_by_sku(self, job, client, storefront, rows):
        """Return Amazon's documents of these listings, those that it still lists."""
        seller = job.connection_id.seller_id
        marketplace = storefront.marketplace_id.amazon_marketplace_id
        if "," not in rows[0].sku:
            page = client.search_listings_items(
                seller, marketplace_id=marketplace, skus=rows.mapped("sku")
            )
            return page.documents
        try:
            sku = rows.sku
            return [client.get_listings_item(seller, sku, marketplace_id=marketplace)]
        except RejectedError as error:
            if error.status != 404:
                raise
            return []

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
        """Bring some of the pending pictures to their products."""
        rows = self._get_listings(job).search(
            [
                ("connection_id", "=", job.connection_id.id),
                ("image_pending", "=", True),
            ],
            limit=IMAGES_AT_ONCE,
        )
        if not rows:
            job.position = False
            return False
        rows._fetch_images(session, run)
        return True
