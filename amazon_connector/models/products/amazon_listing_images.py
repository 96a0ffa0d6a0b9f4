"""The picture of a listing, brought to its product after all else is stored."""

import base64
from functools import partial

from odoo import models
from odoo.tools.image import binary_to_image

from ...spapi.errors import RejectedError
from ...tools import describe_failure, process_in_batches


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    # === BUSINESS METHODS - PICTURES === #

    def _fetch_images(self, session, run):
        """Bring the pictures of these listings to their products.

        The rows are written last, since others write them, too.

        :param AmazonSession session: fetches several at a time
        :raise UnavailableError: when the server of the pictures is not there; the
            pictures then stay pending
        """
        wanted = self.filtered(
            lambda row: (
                row.image_url and row.product_id and row.connection_id.download_products
            )
        )
        (self - wanted).image_pending = False
        requests = {
            row: partial(session.client.download_image, row.image_url) for row in wanted
        }
        failure = None
        for row, content, error in session.send_each(requests):
            if isinstance(error, RejectedError):
                row._picture_failed(error, run)
            elif error:
                failure = error
            else:
                process_in_batches(
                    row,
                    lambda listing, content=content: listing._take_picture(content),
                    lambda listing, error: listing._picture_failed(error, run),
                )
        if failure:
            raise failure

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
