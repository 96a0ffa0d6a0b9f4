"""The picture of a listing, brought to its product after all else is stored."""

import base64

from odoo.tools.image import binary_to_image

from ...spapi.errors import RejectedError
from ...tools import describe_failure, work_in_batches


class ListingImage:
    """Brings one listing's picture to its product.

    :param listing: one ``amazon.listing`` whose ``image_pending`` is set
    :param run: the ``amazon.history`` row that reports
    """

    def __init__(self, listing, run):
        self.env = listing.env
        self.listing = listing
        self.run = run

    def fetch(self, client):
        """Download the picture and write it on the product.

        The listing is written last, since others write it, too.

        :param client: ``spapi.client.SpApiClient``
        :raise UnavailableError: when the server of the pictures is not there; the
            picture then stays pending
        """
        listing = self.listing
        is_wanted = listing.product_id and listing.connection_id.download_products
        if not (listing.image_url and is_wanted):
            listing.image_pending = False
            return
        try:
            content = client.download_image(listing.image_url)
        except RejectedError as error:
            self._fail(str(error))
        else:
            work_in_batches(
                listing,
                lambda _listing: self._write(content),
                lambda _listing, error: self._fail(describe_failure(self.env, error)),
            )

    def _write(self, content):
        # Odoo would keep anything that looks like SVG.
        binary_to_image(content)
        self.listing.product_id.image_1920 = base64.b64encode(content)
        self.env.flush_all()
        self.listing.image_pending = False

    def _fail(self, reason):
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
