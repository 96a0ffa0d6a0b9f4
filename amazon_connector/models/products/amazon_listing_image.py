"""The pictures of a listing: which are wanted, and what became of each."""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.barcodes import choose_barcode
from ...spapi.pictures import MAIN, Picture, choose_pictures, get_host
from .listing_image import ListingImage

# How long a picture that could not be had waits, twice as long each time.
FIRST_IMAGE_PAUSE = timedelta(minutes=10)
LONGEST_IMAGE_PAUSE = timedelta(days=1)
# More doublings than these are longer than the longest pause.
DOUBLINGS = 10


class AmazonListingImage(models.Model):
    _name = "amazon.listing.image"
    _description = "Amazon Listing Picture"
    _order = "listing_id, sequence, id"
    _rec_name = "variant"

    # === FIELDS === #
    listing_id = fields.Many2one(
        comodel_name="amazon.listing",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    connection_id = fields.Many2one(related="listing_id.connection_id", store=True)
    company_id = fields.Many2one(
        related="listing_id.company_id", store=True, index=True
    )
    variant = fields.Char(
        required=True,
        readonly=True,
        help="Amazon's word for it: MAIN is the main picture, PT01 the first of the "
        "others.",
    )
    sequence = fields.Integer(readonly=True)
    url = fields.Char(string="Address", required=True, readonly=True)
    host = fields.Char(string="Server", readonly=True)
    state = fields.Selection(
        selection=[
            ("pending", "To be fetched"),
            ("done", "Fetched"),
            ("failed", "Failed"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    checksum = fields.Char(readonly=True, help="SHA-256 of what was fetched.")
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    error = fields.Char(string="Problem", readonly=True)
    # The main picture is the product's own.
    image = fields.Image(
        string="Picture", readonly=True, max_width=1920, max_height=1920
    )
    image_128 = fields.Image(
        string="Small Picture",
        related="image",
        max_width=128,
        max_height=128,
        store=True,
    )

    _listing_variant_unique = models.Constraint(
        "UNIQUE(listing_id, variant)", "A listing has each picture once."
    )
    _pending_idx = models.Index("(connection_id, id) WHERE state = 'pending'")

    # === BUSINESS METHODS === #

    @api.model
    def _find_due(self, connection, closed_hosts, limit):
        """Return pending pictures of a connection, but those of some servers."""
        return self.search(
            Domain("connection_id", "=", connection.id)
            & Domain("state", "=", "pending")
            & Domain("host", "not in", list(closed_hosts))
            & (
                Domain("next_try", "=", False)
                | Domain("next_try", "<=", fields.Datetime.now())
            ),
            order="id",
            limit=limit,
        )

    def _fetch(self, session, run, outages):
        """Bring the pictures to their products; what cannot be had now waits.

        :param AmazonSession session: downloads several at a time
        :param outages: :class:`.listing_image.Outages` of the run
        """
        wanted = self.filtered("listing_id.product_id")
        (self - wanted).unlink()
        requests = {
            row: partial(session.client.download_image, row.url) for row in wanted
        }
        for row, content, error in session.send_each(requests.items()):
            ListingImage(row, run, outages).store(content, error)

    def _get_shown(self):
        """Return those that are shown beside the product's own picture."""
        return self.filtered(lambda row: row.state == "done" and row.variant != MAIN)

    def _is_outdated(self, picture):
        """Whether what Amazon shows is not what was fetched."""
        return self.url != picture.url or self.state != "done"

    def _put_off(self, reason):
        """Try it again by itself, after a growing while."""
        pause = FIRST_IMAGE_PAUSE * 2 ** min(self.attempts, DOUBLINGS)
        next_try = fields.Datetime.now() + min(pause, LONGEST_IMAGE_PAUSE)
        self.write(
            {"attempts": self.attempts + 1, "next_try": next_try, "error": reason}
        )

    @api.model
    def _prepare_image_vals(self, picture, sequence):
        """Return the values of a picture that is to be fetched.

        :param picture: ``spapi.pictures.Picture``
        """
        return {
            "sequence": sequence,
            "url": picture.url,
            "host": get_host(picture.url),
            "state": "pending",
            "attempts": 0,
            "next_try": False,
            "error": False,
        }


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    pictures = fields.Json(
        string="Pictures on Amazon",
        readonly=True,
        help="[variant, address, width, height] of each, as Amazon shows",
    )
    image_ids = fields.One2many(
        comodel_name="amazon.listing.image",
        inverse_name="listing_id",
        string="Pictures",
        readonly=True,
    )
    further_images_pending = fields.Boolean(
        readonly=True, help="The pictures beside the main one are to be fetched."
    )

    # === BUSINESS METHODS - WHAT AMAZON SHOWS === #

    def _get_pictures(self):
        """Return a ``spapi.pictures.Picture`` tuple: the largest of each variant.

        From the listing and from the catalogue.
        """
        images = (self.catalog or {}).get("images", [])
        return choose_pictures(
            [
                *(Picture(*values) for values in self.pictures or []),
                *(Picture(**values) for values in images),
            ]
        )

    def _get_barcode(self):
        """Return the listing's barcode, else that of the catalogue, "" without one."""
        if self.barcode:
            return self.barcode
        identifiers = (self.catalog or {}).get("identifiers", [])
        return choose_barcode((one["kind"], one["value"]) for one in identifiers)

    # === BUSINESS METHODS - PICTURES === #

    def _want_images(self):
        """Have all the listings' pictures fetched in the background.

        ``reflected`` gets what is fetched then.
        """
        for listing in self:
            values = listing._get_amazon_values()
            names = [name for name in ("image", "further_images") if values[name]]
            if names:
                followed = {name: values[name] for name in names}
                listing.write(
                    {
                        "image_pending": "image" in names,
                        "further_images_pending": "further_images" in names,
                        "reflected": {**(listing.reflected or {}), **followed},
                    }
                )

    def _plan_images(self):
        """Make the rows of the pictures that are wanted, and of no others.

        What is fetched already is fetched again only from another address; the main
        one always, since its product may be another one, too.
        """
        images = self.env["amazon.listing.image"]
        known = {(row.listing_id, row.variant): row for row in self.image_ids}
        vals_list, gone = [], images
        for listing in self:
            pictures = listing._get_pictures()
            for sequence, picture in enumerate(pictures):
                if not listing._is_image_wanted(picture):
                    continue
                vals = images._prepare_image_vals(picture, sequence)
                row = known.get((listing, picture.variant))
                if not row:
                    more = {"listing_id": listing.id, "variant": picture.variant}
                    vals_list.append(vals | more)
                elif picture.variant == MAIN or row._is_outdated(picture):
                    row.write(vals)
            if listing.further_images_pending:
                kept = {MAIN, *(picture.variant for picture in pictures)}
                gone |= listing.image_ids.filtered(
                    lambda row, kept=kept: row.variant not in kept
                )
        gone.unlink()
        images.create(vals_list)
        self.write({"image_pending": False, "further_images_pending": False})

    def _is_image_wanted(self, picture):
        if picture.variant == MAIN:
            return self.image_pending
        return self.further_images_pending
