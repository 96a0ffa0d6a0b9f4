"""The picture of a listing, brought to its product after all else is stored."""

import base64

from odoo import api, models
from odoo.tools.image import binary_to_image

from ..spapi.errors import SpApiError
from ..tools import describe_failure, work_in_batches


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
            work_in_batches(
                row,
                lambda listing: listing._fetch_image(client),
                lambda listing, error: listing._picture_failed(error, run),
            )
            yield

    def _fetch_image(self, client):
        """Bring the picture; the row is written last, since others write it, too."""
        if self.image_url and self.product_id:
            content = client.download_image(self.image_url)
            # Odoo would keep anything that looks like SVG.
            binary_to_image(content)
            self.product_id.image_1920 = base64.b64encode(content)
            self.env.flush_all()
        self.image_pending = False

    def _picture_failed(self, error, run):
        """Tell why; *Retry* asks for it again, since the product does not follow it."""
        known = isinstance(error, SpApiError)
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
