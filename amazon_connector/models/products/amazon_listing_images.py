"""The picture of a listing, brought to its product after all else is stored."""

import base64

from odoo import api, models
from odoo.tools.image import binary_to_image

from ...spapi.errors import RejectedError
from ...tools import describe_failure, process_in_batches


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    # === BUSINESS METHODS - PICTURES === #

    @api.model
    def _fetch_images(self, connection, client, run):
        """Yield after each picture."""
        while row := self.search(
            [("connection_id", "=", connection.id), ("image_pending", "=", True)],
            limit=1,
        ):
            row._fetch_image(client, run)
            yield

    def _fetch_image(self, client, run):
        """Bring the picture to the product.

        The row is written last, since others write it, too.

        :raise UnavailableError: when the server of the pictures is not there; the
            picture then stays pending
        """
        if not (
            self.image_url and self.product_id and self.connection_id.download_products
        ):
            self.image_pending = False
            return
        try:
            content = client.download_image(self.image_url)
        except RejectedError as error:
            self._picture_failed(error, run)
        else:
            process_in_batches(
                self,
                lambda listing: listing._take_picture(content),
                lambda listing, error: listing._picture_failed(error, run),
            )

    def _take_picture(self, content):
        # Odoo would keep anything that looks like SVG.
        binary_to_image(content)
        self.product_id.image_1920 = base64.b64encode(content)
        self.env.flush_all()
        self.image_pending = False

    def _picture_failed(self, error, run):
        """Tell why; *Retry* asks for it again, since the product does not follow it."""
        known = isinstance(error, RejectedError)
        why = str(error) if known else describe_failure(self.env, error)
        self.write(
            {
                "image_pending": False,
                "reflected": {**(self.reflected or {}), "image": False},
            }
        )
        run._warn(
            self._sentence(
                self.env._("The picture could not be taken over. %s", why),
            ),
            self,
        )
