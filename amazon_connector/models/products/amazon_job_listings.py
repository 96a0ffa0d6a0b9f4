"""The job that downloads listings: changes into rows, then products.

Each storefront has a cursor, ``listings_synced_until``. Amazon is asked for what it
changed at or after the last listing that is stored, oldest first, so that one walk
serves the first download and all later ones, can be broken off anywhere, and misses
nothing when a listing changes meanwhile. Amazon's page tokens are used only among
listings of the same moment; it pages through 1,000 at most.

Changes do not tell of deleted listings. So each listing that Amazon did not show for
most of a day is looked up by its SKU.
"""

from datetime import datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...spapi.errors import RejectedError
from ...spapi.listings import IDENTIFIERS_LIMIT
from ...tools import naive_utc

# How long a listing may be unseen before it is looked up.
LOOK_UP_AFTER = timedelta(hours=20)
MARKED_AT_ONCE = 1000


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    def _slices_download_products(self, run, observer):
        """Yield after each page, each batch of listings worked off, each picture."""
        connection = self.connection_id
        listings = self.env["amazon.listing"].with_company(connection.company_id)
        storefronts = self._listing_storefronts()
        yield from self._mark_known()
        with connection._amazon_client(observer) as client:
            for place, storefront in enumerate(storefronts):
                for share in self._walk_changes(client, storefront, run):
                    connection._report_import(
                        self.kind,
                        (place + share) / len(storefronts),
                        self.env._(
                            "Listings read in %(storefront)s: %(count)s.",
                            storefront=storefront.display_name,
                            count=listings.search_count(
                                [("storefront_id", "=", storefront.id)]
                            ),
                        ),
                    )
                    yield
                    yield from listings._work_off(connection, run)
            yield from listings._work_off(connection, run)
            connection._import_done(self.kind)
            yield
            for storefront in storefronts:
                yield from self._look_up_unseen(client, storefront, run)
            yield from listings._work_off(connection, run)
            yield from listings._fetch_images(connection, client, run)

    def _mark_known(self):
        """Mark what came in while Download Products was off; yield in between."""
        if not self.connection_id.is_relink_due:
            return
        known = Domain("connection_id", "=", self.connection_id.id)
        known &= Domain("state", "!=", "removed")
        last = 0
        while rows := self.env["amazon.listing"].search(
            known & Domain("id", ">", last), order="id", limit=MARKED_AT_ONCE
        ):
            rows.to_process = True
            last = rows[-1].id
            yield
        self.connection_id.is_relink_due = False

    def _listing_storefronts(self):
        """The storefronts in use, the connection's own marketplace first."""
        own = self.connection_id.marketplace_id
        storefronts = self.connection_id.storefront_ids.filtered("active")
        if not storefronts:
            raise UserError(
                self.env._(
                    "No storefront is in use. Tick at least one under Storefronts."
                )
            )
        return storefronts.sorted(lambda front: front.marketplace_id != own)

    # === BUSINESS METHODS - CHANGES === #

    def _walk_changes(self, client, storefront, run):
        """Store what Amazon changed since the cursor; yield the share that is read.

        The place is kept in ``resume``: a walk that is broken off goes on there, and
        only a new one begins with the overlap.
        """
        listings = self.env["amazon.listing"]
        mine = [("storefront_id", "=", storefront.id)]
        before, total = listings.search_count(mine), None
        place = self._walk_place(storefront)
        while True:
            page = self._fetch_listings(client, storefront, place, run)
            total = total or before + page.total
            listings._store_documents(storefront, page.documents, run)
            last = page.last_updated
            cursor = storefront.listings_synced_until
            if last and (not cursor or naive_utc(last) > cursor):
                storefront.listings_synced_until = naive_utc(last)
            place = self._next_place(storefront, place, page, run)
            self._keep_place(storefront, place)
            if not place:
                return
            yield min(listings.search_count(mine) / max(total, 1), 1)

    def _walk_place(self, storefront):
        """Return ``{since, token, read}``: an aware time, Amazon's token, a count."""
        kept = (self.resume or {}).get(str(storefront.id))
        if not kept:
            return {"since": storefront._listings_since(), "token": None, "read": 0}
        since = kept["since"] and datetime.fromisoformat(kept["since"])
        return kept | {"since": since}

    def _keep_place(self, storefront, place):
        """Remember it for a run that goes on; forget it when the walk is through."""
        kept = dict(self.resume or {})
        kept.pop(str(storefront.id), None)
        if place:
            since = place["since"] and place["since"].isoformat()
            kept[str(storefront.id)] = place | {"since": since}
        self.resume = kept or False

    def _fetch_listings(self, client, storefront, place, run):
        def ask(token):
            return client.search_listings_items(
                self.connection_id.seller_id,
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

    def _next_place(self, storefront, place, page, run):
        """Return where the next page begins, ``None`` after the last.

        A page begins at the time of the last listing read. Among listings of the same
        moment that leads nowhere, so Amazon's own pages are turned there.
        """
        since, last = place["since"], page.last_updated
        read = place["read"] + len(page.documents)
        if page.total <= read or not page.documents:
            return None
        if last and (since is None or last > since):
            return {"since": last, "token": None, "read": 0}
        if page.next_token:
            return place | {"token": page.next_token, "read": read}
        if moment := last or since:
            self._warn_of_crowd(storefront, page.total - read, moment, run)
            return {"since": moment + timedelta(seconds=1), "token": None, "read": 0}
        return None

    def _warn_of_crowd(self, storefront, missing, moment, run):
        run._warn(
            self.env._(
                "%(count)s listings of %(storefront)s cannot be read: Amazon changed "
                "more than 1,000 in one moment, %(moment)s UTC, and shows no more of "
                "them. They come in when Amazon changes them again.",
                count=missing,
                storefront=storefront.display_name,
                moment=naive_utc(moment),
            ),
            self.connection_id,
        )

    # === BUSINESS METHODS - UNSEEN === #

    def _look_up_unseen(self, client, storefront, run):
        """Ask for the listings that Amazon did not show lately; yield after a batch."""
        limit = fields.Datetime.now() - LOOK_UP_AFTER
        domain = [("storefront_id", "=", storefront.id), ("checked_on", "<", limit)]
        listings = self.env["amazon.listing"]
        while rows := listings.search(
            domain, order="checked_on, id", limit=IDENTIFIERS_LIMIT
        ):
            # Amazon separates SKUs by commas.
            lone = rows.filtered(lambda row: "," in row.sku)[:1]
            rows = lone or rows.filtered(lambda row: "," not in row.sku)
            documents = self._ask_for(client, storefront, rows)
            shown = {document.get("sku") for document in documents}
            listings._store_documents(storefront, documents, run)
            missing = rows.filtered(lambda row, shown=shown: row.sku not in shown)
            missing._set_removed(run)
            # One that cannot be read would come again and again.
            rows.checked_on = fields.Datetime.now()
            yield

    def _ask_for(self, client, storefront, rows):
        seller = self.connection_id.seller_id
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
