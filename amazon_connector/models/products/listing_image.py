"""One picture of a listing, brought to its product after all else is stored."""

import base64
from hashlib import sha256

from odoo.exceptions import UserError
from odoo.tools.image import binary_to_image

from ...spapi.errors import RejectedError
from ...spapi.pictures import MAIN
from ...tools import explain_unexpected, process_in_batches

# After so many failures in a row a server is not asked any more in this run.
FAILURES_BEFORE_CLOSED = 3
THIS_SERVER = "this server"


class Outages:
    """Where pictures could not be had, or kept, in one run.

    :ivar dict failures: ``{host, or THIS_SERVER: failures in a row}``; what failed
        once stays a key
    """

    def __init__(self, failures):
        self.failures = dict(failures)

    @property
    def closed(self):
        """The places that are left alone until the next run."""
        return {
            place
            for place, failures in self.failures.items()
            if failures >= FAILURES_BEFORE_CLOSED
        }

    def note_failure(self, place):
        """Return whether it is the first one there."""
        is_first = place not in self.failures
        self.failures[place] = self.failures.get(place, 0) + 1
        return is_first

    def note_success(self, place):
        if place in self.failures:
            self.failures[place] = 0


class ListingImage:
    """Brings one picture to its place: the main one to the product, others to its row.

    :param image: one ``amazon.listing.image`` of a listing with a product
    :param run: the ``amazon.history`` row that reports
    :param outages: :class:`Outages` of the run
    """

    def __init__(self, image, run, outages):
        self.env = image.env
        self.image = image
        self.listing = image.listing_id
        self.run = run
        self.outages = outages

    def store(self, content, error):
        """Keep a downloaded picture, or what became of the attempt.

        :param bytes content: the picture; ``None`` when there was an error
        :param SpApiError error: why there is none, or ``None``
        """
        host = self.image.host
        if error and not isinstance(error, RejectedError):
            self._put_off_unreachable(str(error))
            return
        self.outages.note_success(host)
        if error:
            self._set_failed(str(error))
            return
        process_in_batches(
            self.image,
            lambda _image: self._write(content),
            lambda _image, why: self._handle(why),
        )

    def _write(self, content):
        """The row is written last, since others write the listing and the product."""
        _check_picture(self.env, content)
        image, product = self.image, self.listing.product_id
        checksum = sha256(content).hexdigest()
        is_same = checksum == image.checksum
        if image.variant != MAIN:
            if not (is_same and image.image):
                image.image = base64.b64encode(content)
        elif not (is_same and product.image_128):
            product.image_1920 = base64.b64encode(content)
        self.env.flush_all()
        image.write(
            {
                "state": "done",
                "checksum": checksum,
                "attempts": 0,
                "next_try": False,
                "error": False,
            }
        )
        self.outages.note_success(THIS_SERVER)

    def _handle(self, error):
        """What Odoo does not take stays out; anything else may pass."""
        if isinstance(error, UserError):
            self._set_failed(str(error))
            return
        if isinstance(error, OSError):
            said = error.strerror or type(error).__name__
            reason = self.env._("The operating system says: %s.", said)
        else:
            reason = explain_unexpected(self.env, error)
        self.image._put_off(reason)
        if self.outages.note_failure(THIS_SERVER):
            message = self.env._(
                "Pictures could not be stored. %s They are fetched again by "
                "themselves.",
                reason,
            )
            self.run._warn(self.listing._get_message(message), self.listing)

    def _put_off_unreachable(self, reason):
        self.image._put_off(reason)
        if self.outages.note_failure(self.image.host):
            message = self.env._(
                "Pictures could not be fetched from %(host)s. %(why)s They are fetched "
                "again by themselves.",
                host=self.image.host,
                why=reason,
            )
            self.run._warn(self.listing._get_message(message), self.listing)

    def _set_failed(self, reason):
        """Say why; *Retry* asks for it again, since the product does not follow it."""
        image, listing = self.image, self.listing
        name = "image" if image.variant == MAIN else "further_images"
        image.write({"state": "failed", "error": reason})
        listing.reflected = {**(listing.reflected or {}), name: False}
        message = self.env._(
            "The picture %(variant)s could not be taken over. %(why)s",
            variant=image.variant,
            why=reason,
        )
        self.run._warn(listing._get_message(message), listing)


def _check_picture(env, content):
    """Read all of it: Odoo itself would not before it makes a smaller copy.

    :raise UserError: when it is damaged
    """
    if content[:4] == b"RIFF":
        # Odoo keeps WEBP as it is.
        return
    try:
        with binary_to_image(content) as image:
            image.load()
    except Exception as error:
        # Whatever the reader of a format stumbles over.
        raise UserError(
            env._("This file could not be decoded as an image file.")
        ) from error
