"""The picture of a listing, brought to its product after all else is stored."""

import base64

from odoo.tools.image import binary_to_image

from ...tools import describe_failure, process_in_batches


class ListingImage:
    """Brings one listing's picture to its product.

    :param listing: one ``amazon.listing`` whose ``image_pending`` is set
    :param run: the ``amazon.history`` row that reports
    """

    def __init__(self, listing, run):
        self.env = listing.env
        self.listing = listing
        self.run = run

    def is_wanted(self):
        """Whether there is a picture, and a product that is to have it."""
        return bool(self.listing.image_url and self.listing.product_id)

    def store(self, content, refusal):
        """Write a downloaded picture on the product.

        The listing is written last, since others write it, too.

        :param bytes content: the picture; ``None`` when there was a refusal
        :param RejectedError refusal: why there is none, or ``None``
        """
        if refusal:
            self._set_failed(str(refusal))
            return
        process_in_batches(
            self.listing,
            lambda _listing: self._write(content),
            lambda _listing, error: self._set_failed(describe_failure(self.env, error)),
        )

    def _write(self, content):
        # Odoo would keep anything that looks like SVG.
        binary_to_image(content)
        self.listing.product_id.image_1920 = base64.b64encode(content)
        self.env.flush_all()
        self.listing.image_pending = False

    def _set_failed(self, reason):
        """Say why; *Retry* asks for it again, since the product does not follow it."""
        listing = self.listing
        listing.write(
            {
                "image_pending": False,
                "reflected": {**(listing.reflected or {}), "image": False},
            }
        )
        message = self.env._("The picture could not be taken over. %s", reason)
        self.run._warn(listing._get_message(message), listing)
