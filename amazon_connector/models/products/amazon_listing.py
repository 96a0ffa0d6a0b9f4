"""One SKU in one storefront, and the product that it stands for."""

from dataclasses import astuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...spapi.pictures import MAIN
from ...tools import describe_failure, naive_utc, process_rows
from .listing_inbox import ListingInbox
from .product_resolver import get_index_definition, is_one_of, reference_of
from .product_sync import ProductSync
from .units_per_listing import to_amazon

# Worked off in one transaction.
LISTINGS_PER_BATCH = 100
# What is said of the packs of a SKU, for all of its storefronts or for one.
SHARED_UNITS = {"units_per_listing", "has_own_units"}

# In the context while products are linked that were created for their listings; an
# object, so that nobody can name it from outside.
JUST_CREATED = object()

IN_NO_FAMILY = Domain("is_parent", "=", False) & Domain("parent_sku", "=", False)

CHANNELS = [
    ("merchant", "Merchant"),
    ("amazon", "Amazon"),
    ("locations", "Merchant, by location"),
]

STATES = [
    ("active", "Active"),
    ("inactive", "Inactive"),
    ("suppressed", "Suppressed"),
    ("removed", "Removed on Amazon"),
]


class AmazonListing(models.Model):
    _name = "amazon.listing"
    _description = "Amazon Listing"
    _inherit = ["amazon.guarded", "amazon.history.mixin"]
    _order = "sku, storefront_id, id"
    _rec_name = "sku"
    _check_company_auto = True

    # === FIELDS - STORE === #
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

    # === FIELDS - AMAZON === #
    sku = fields.Char(string="SKU", required=True, readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    title = fields.Char(readonly=True)
    state = fields.Selection(
        selection=STATES,
        default="active",
        required=True,
        readonly=True,
        help="Active: it can be bought. Inactive: it cannot, for want of stock or for "
        "a problem that Seller Central shows. Suppressed: Amazon keeps it from buyers "
        "because of an issue.",
    )
    channel = fields.Selection(
        string="Fulfilled By",
        selection=CHANNELS,
        default="merchant",
        readonly=True,
        help="By location: Amazon keeps a quantity for each of the merchant's "
        "locations, which Odoo shows and does not set.",
    )
    location_codes = fields.Char(
        string="Locations",
        readonly=True,
        help="Amazon's codes of the locations whose quantities it keeps.",
    )
    # Prices of several currencies have no sum.
    price = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    amazon_quantity = fields.Integer(
        string="Quantity on Amazon",
        readonly=True,
        help="What the merchant offers, as Amazon was last known to show it.",
    )
    is_tracked = fields.Boolean(
        string="Has a Quantity", readonly=True, help="Amazon keeps a quantity of it."
    )
    quantity_seen_on = fields.Datetime(
        readonly=True,
        help="When Amazon was seen to have changed the quantity by itself: it may have "
        "sold some, in orders that are not in Odoo yet.",
    )
    pushed_on = fields.Datetime(
        string="Last Pushed", readonly=True, help="When Amazon last took a quantity."
    )
    barcode = fields.Char(readonly=True)
    image_url = fields.Char(string="Picture", readonly=True)
    product_type = fields.Char(
        readonly=True, help="Amazon's product type (SP-API: productType)."
    )
    is_parent = fields.Boolean(
        string="Holds Variants Together",
        readonly=True,
        help="It cannot be bought, so no product stands for it.",
    )
    parent_sku = fields.Char(
        string="Variation Family",
        readonly=True,
        help="SKU of the listing that holds the variants together.",
    )
    last_updated = fields.Datetime(readonly=True, help="When Amazon changed it.")
    checked_on = fields.Datetime(
        string="Last Checked",
        readonly=True,
        help="When Amazon last showed it, or said that it is not listed.",
    )

    # === FIELDS - ODOO === #
    product_id = fields.Many2one(
        comodel_name="product.product",
        domain=[("type", "=", "consu")],
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Orders for the SKU deliver this product.",
    )
    product_tmpl_id = fields.Many2one(
        related="product_id.product_tmpl_id", store=True, index="btree_not_null"
    )
    units_per_listing = fields.Integer(
        default=1,
        required=True,
        aggregator=None,
        help="How many units of the product the buyer gets for one of the listing: 6 "
        "for a pack of 6. Orders, quantities and shipments go by it; orders that are "
        "in Odoo already keep what they came in with. It counts in all storefronts of "
        "the SKU but those with units of their own.",
    )
    has_own_units = fields.Boolean(
        string="Own Units per Listing",
        help="Ticked: the units per listing count in this storefront alone.",
    )
    sync_inventory = fields.Boolean(
        default=True,
        help="Off: the quantity of this listing is never synced.",
    )
    reflected = fields.Json(
        readonly=True, help="The values of Amazon that the product last followed."
    )
    pricelist_followed = fields.Json(
        readonly=True,
        help="The price that was last written to the storefront's pricelist.",
    )
    image_pending = fields.Boolean(
        readonly=True, help="The main picture is to be fetched."
    )
    to_process = fields.Boolean(readonly=True, default=True)
    error = fields.Char(
        string="Problem",
        readonly=True,
        help="Why no product stands for it, or what of it could not be taken over.",
    )

    left_out = fields.Char(
        readonly=True,
        help="What of Amazon's listing could not be taken over as it came.",
    )

    _storefront_sku_unique = models.Constraint(
        "UNIQUE(storefront_id, sku)", "A storefront lists each SKU once."
    )
    _units_per_listing_positive = models.Constraint(
        "CHECK(units_per_listing > 0)",
        "Units per Listing has to be 1 or more: 1 for a single unit, 6 for a pack of "
        "6.",
    )
    _to_process_idx = models.Index("(connection_id, id) WHERE to_process IS TRUE")
    _image_pending_idx = models.Index(
        "(connection_id, id) WHERE image_pending IS TRUE "
        "OR further_images_pending IS TRUE"
    )
    _not_linked_idx = models.Index("(connection_id) WHERE product_id IS NULL")
    _checked_on_idx = models.Index("(storefront_id, checked_on)")
    _connection_sku_idx = models.Index("(connection_id, sku)")
    # ProductResolver searches it so.
    _connection_reference_idx = models.Index(
        get_index_definition("connection_id", "sku")
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("product_id")
    def _check_parent_has_no_product(self):
        for listing in self:
            if listing.is_parent and listing.product_id:
                raise ValidationError(
                    self.env._(
                        "%s only holds variants together and cannot be bought. Link "
                        "the listings of its variants.",
                        listing.sku,
                    )
                )

    @api.constrains("product_id")
    def _check_product_is_goods(self):
        for listing in self:
            product = listing.product_id.sudo()
            if product and product.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%(product)s cannot stand for %(sku)s: an order could not "
                        "deliver it, since it is no goods. Choose another product, or "
                        "make it one of the type Goods.",
                        product=product.display_name,
                        sku=listing.sku,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        told = [bool(SHARED_UNITS & vals.keys()) for vals in vals_list]
        listings.browse(
            row.id for row, is_told in zip(listings, told, strict=True) if not is_told
        )._take_shared_units()
        return listings

    def write(self, vals):
        result = super().write(vals)
        if self._is_link_created():
            return result
        self._link_same_sku(vals)
        self._share_units(vals)
        self._mark_quantity_changed(vals)
        return result

    # === ACTION METHODS === #

    def action_link_to_product(self):
        """Link the listings to the product they were opened for."""
        self.check_access("write")
        product_id = self.env.context.get("amazon_product_id")
        product = self.env["product.product"].browse(product_id).exists()
        if not product:
            raise UserError(
                self.env._(
                    "Choose the product in the list's Product column, or come here "
                    "from the product's tab Product Listings."
                )
            )
        product.check_access("read")
        self.write({"product_id": product.id})
        return {"type": "ir.actions.act_window_close"}

    def action_retry(self):
        """Have the listings linked and taken over again, in the background."""
        self.check_access("write")
        self.sudo().to_process = True
        return self.connection_id._request_job("download_products")

    # === BUSINESS METHODS - JOB === #

    @api.model
    def _store_documents(self, storefront, documents, run, is_shared=False):
        """Keep a page of ``searchListingsItems`` as rows; mark what changed.

        :param storefront: the ``amazon.storefront`` of all the documents
        :param documents: item documents (dict) of Listings Items 2021-08-01
        :param run: the ``amazon.history`` row that counts and reports
        :param bool is_shared: see ``ListingInbox.store``
        :return: the rows of the documents that could be read
        """
        return ListingInbox(storefront, run).store(documents, is_shared)

    @api.model
    def _process_next_batch(self, connection, run, families=True, lacking=True):
        """Process a batch of the marked rows; return whether there were any.

        What only the report of all listings tells of waits for its details.

        :param bool families: whether parents and members of families are among them
        :param bool lacking: whether those that the catalogue is asked for are, too
        """
        marked = self._get_marked_domain(connection, lacking)
        alone = marked & IN_NO_FAMILY
        rows = self.search(alone, limit=LISTINGS_PER_BATCH, order="id")
        if not rows and families:
            rows = self.search(
                marked, limit=LISTINGS_PER_BATCH, order="parent_sku, sku, id"
            )
        return process_rows(rows, run)

    @api.model
    def _get_marked_domain(self, connection, lacking):
        domain = (
            Domain("connection_id", "=", connection.id)
            & Domain("to_process", "=", True)
            & Domain("details_pending", "=", False)
        )
        return domain if lacking else domain & Domain("catalog_pending", "=", False)

    @api.model
    def _has_more_complete(self, connection, count):
        """Whether more marked rows than these are of no family and lack nothing."""
        marked = self._get_marked_domain(connection, lacking=False)
        return self.search_count(marked & IN_NO_FAMILY, limit=count + 1) > count

    def _process_batch(self, run):
        """Link each listing, or create its product; take over what Amazon changed."""
        ProductSync(self, run).process()

    def _set_failed(self, error, run):
        """Show on the listing why it could not be processed."""
        reason = describe_failure(self.env, error)
        self.write({"to_process": False, "error": reason})
        run._error(self._get_message(reason), self)

    def _mark_removed(self, run):
        """Amazon does not list them any more: nothing is deleted in Odoo."""
        for row in self.filtered(lambda row: row.state != "removed"):
            row.state = "removed"
            run._count(updated=1)
            run._note(
                self.env._(
                    "%(sku)s is not listed in %(storefront)s any more.",
                    sku=row.sku,
                    storefront=row.storefront_id.display_name,
                )
            )

    def _mark_quantity_changed(self, vals):
        """Hook: the sync of quantities marks what it has to compare with Amazon.

        :param dict vals: what was written on these listings
        """

    def _get_message(self, reason):
        """Return the sentence of the history about this listing."""
        return self.env._("Listing %(sku)s: %(why)s", sku=self.sku, why=reason)

    # === BUSINESS METHODS - LINK === #

    def _is_product_missing(self):
        return not (self.product_id or self.is_parent or self.state == "removed")

    def _get_listings_by_sku(self):
        """Return ``{sku: its listings in all storefronts of the connection}``.

        Each storefront may have other blanks around it, so each way to write it is a
        key of the same listings.
        """
        if not self:
            return {}
        rows = self.search(
            Domain("connection_id", "in", self.connection_id.ids)
            & is_one_of("sku", {(row.sku or "").strip() for row in self})
        )
        same = rows.grouped(lambda row: row.sku.strip())
        return {row.sku: same[row.sku.strip()] for row in rows}

    def _link_same_sku(self, vals):
        """A product that a person chose stands for the SKU in every storefront.

        :param dict vals: what was written; a job writes ``reflected`` with the product
        """
        if "product_id" not in vals or "reflected" in vals:
            return
        self._link_products({row: row.product_id for row in self if row.product_id})

    def _link_products(self, products):
        """Link listings as a person decided, each for all storefronts of its SKU.

        Where another storefront has a product already, that stays.

        :param dict products: the ``product.product`` of some of these listings
        """
        by_sku = self.sudo()._get_listings_by_sku()
        for listing, product in products.items():
            row = listing.sudo()
            others = by_sku[row.sku].filtered(
                lambda other, store=row.connection_id: (
                    other.connection_id == store and not other.product_id
                )
            )
            for linked in row | others:
                if linked.details_pending or linked.catalog_pending:
                    # Amazon has not said all yet: the job takes it for known then.
                    linked.write({"product_id": product.id, "reflected": False})
                else:
                    linked._link_product(product)
                linked.write({"error": False, "to_process": True})
        # Orders that waited for the product come in at once.
        for connection in self.connection_id:
            connection._get_job("download_orders")._wake()

    @api.model
    def _link_created(self, values):
        """Link products that were created for these listings, in their company.

        What follows a write is done once for all of them.

        :param dict values: what to write by listing, the same fields of each
        """
        rows = self.union(*values)
        quiet = rows.with_context(amazon_linked=JUST_CREATED)
        for listing, vals in zip(quiet, values.values(), strict=True):
            listing.write(vals)
        if values:
            rows._mark_quantity_changed(next(iter(values.values())))

    def _is_link_created(self):
        """Whether what is written is :meth:`_link_created`."""
        return self.env.context.get("amazon_linked") is JUST_CREATED

    def _check_company(self, fnames=None):
        """Override: what was created for the listing has its company."""
        if self._is_link_created():
            return None
        return super()._check_company(fnames)

    def _link_product(self, product, sibling=None):
        """Link a product that was there before. It stays as it is.

        Only later changes of Amazon's reach it, and what it follows a sibling in.

        :param sibling: a listing of the SKU in another storefront that has the product
        """
        followed = self._get_amazon_values()
        for name, value in (sibling and sibling.reflected or {}).items():
            if name in product._fields and value and product[name] == value:
                followed[name] = value
        if sibling and "barcode" not in (sibling.reflected or {}):
            # The product was made for the sibling, which says none.
            followed["barcode"] = False
        leads = bool(sibling) and (self | sibling)._get_leading() == self
        if leads:
            # The product has the sibling's pictures until now.
            for name in ("image", "further_images"):
                followed[name] = (sibling.reflected or {}).get(name, False)
        self.write({"product_id": product.id, "reflected": followed})
        # Where a sibling has pictures, those are brought already.
        is_brought = bool(sibling and not leads and sibling._get_pictures())
        if self.connection_id.download_products and not is_brought:
            self.further_images_pending = bool(followed["further_images"])
            self.image_pending = bool(followed["image"]) and not product.image_128

    # === BUSINESS METHODS - PACKS === #

    def _is_pack(self):
        """Whether the listing is another thing than one unit of its product."""
        return self.units_per_listing != 1

    def _share_units(self, vals):
        """Have the storefronts of a SKU count the same, but those with own units.

        :param dict vals: what was written; who gives up own units takes the others'
        """
        if not SHARED_UNITS & vals.keys():
            return
        if "units_per_listing" not in vals:
            self.filtered(lambda row: not row.has_own_units)._take_shared_units()
            return
        by_sku = self.sudo()._get_listings_by_sku()
        units = {}
        for listing in self.sudo().filtered(lambda row: not row.has_own_units):
            for other in listing._get_sharing(by_sku):
                units[other] = listing.units_per_listing
        self._set_units(units)

    def _take_shared_units(self):
        """Take what the other storefronts of the SKU say."""
        if not self:
            return
        rows = self.sudo()
        by_sku = rows._get_listings_by_sku()
        units = {}
        for listing in rows:
            if others := listing._get_sharing(by_sku) - rows:
                units[listing] = others[0].units_per_listing
        self._set_units(units)

    @api.model
    def _set_units(self, units):
        """Write what differs.

        :param dict units: ``{listing: units per listing}``
        """
        changed = {}
        for listing, number in units.items():
            if listing.units_per_listing != number:
                changed.setdefault(number, self.browse().sudo())
                changed[number] |= listing
        for number, listings in changed.items():
            listings.units_per_listing = number

    def _get_sharing(self, by_sku):
        """Return the other listings of the SKU that have no units of their own.

        :param dict by_sku: as :meth:`_get_listings_by_sku` returns it
        """
        return by_sku[self.sku].filtered(
            lambda row: (
                row.connection_id == self.connection_id
                and not row.has_own_units
                and row != self
            )
        )

    # === BUSINESS METHODS - VALUES === #

    def _get_amazon_values(self):
        """Return what a product follows: ``{name, list_price, barcode, image,
        further_images, variation}``.

        What Amazon does not say is ``False``; pictures are their addresses.
        """
        pictures = self._get_pictures()
        main = [one.url for one in pictures if one.variant == MAIN]
        further = [[one.variant, one.url] for one in pictures if one.variant != MAIN]
        # A product of all companies has its price in the currency of the main one.
        priced_in = (self.product_id or self.company_id).currency_id
        return {
            "name": self.title or False,
            # No price is better than one in the wrong currency.
            "list_price": (self.currency_id == priced_in and self.price) or False,
            "barcode": self._get_barcode() or False,
            "image": main[0] if main else self.image_url or False,
            "further_images": further or False,
            "variation": self._get_variation_values(),
        }

    @api.model
    def _prepare_title_vals(self, title):
        """Return the values of a product, or its template, that has Amazon's title.

        :param title: ``False`` where Amazon says none
        """
        if not title:
            return {}
        # Not the sales description, which stands below the name on each order line.
        return {"name": title, "description": plaintext2html(title)}

    def _prepare_product_vals(self, amazon=None):
        """Return the values of the product to create for the SKU.

        :param dict amazon: what Amazon says, where it is known
        """
        amazon = amazon or self._get_amazon_values()
        return {
            "name": self.sku,
            **self._prepare_title_vals(amazon["name"]),
            "default_code": reference_of(self),
            "type": "consu",
            "is_storable": True,
            "company_id": self.company_id.id,
            # The product is one unit of what may be sold as a pack.
            "list_price": to_amazon(
                amazon["list_price"] or 0.0, self.units_per_listing
            ),
        }

    @api.model
    def _prepare_listing_vals(self, listing, currencies):
        """Return a row's values as Amazon shows them.

        :param listing: ``spapi.listings.Listing``
        :param dict currencies: ``{ISO code: res.currency id}``
        """
        price = listing.price
        return {
            "asin": listing.asin,
            "title": listing.title,
            "state": self._get_state(listing),
            "channel": listing.channel,
            "location_codes": ", ".join(listing.locations),
            "price": float(price.amount) if price else 0.0,
            "currency_id": currencies.get(price.currency, False) if price else False,
            "amazon_quantity": listing.quantity or 0,
            "is_tracked": listing.quantity is not None,
            "barcode": listing.barcode,
            "image_url": listing.image_url,
            "pictures": [list(astuple(one)) for one in listing.pictures],
            "product_type": listing.product_type,
            "is_parent": listing.is_parent,
            "parent_sku": listing.parent_sku,
            "variation": self._prepare_variation(listing.variation),
            "last_updated": naive_utc(listing.last_updated),
            **self._prepare_health_vals(listing),
        }
