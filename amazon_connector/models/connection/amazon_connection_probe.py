"""What Amazon lets the application do for a store, found out before it is connected.

Amazon's participations are answered with almost any role, and name no Selling Partner
ID. So the calls that the connector lives on are tried as well: orders, whose role
everything needs, and listings, whose path holds the Selling Partner ID.
"""

from contextlib import suppress
from datetime import datetime, timedelta, timezone

from odoo import models
from odoo.exceptions import UserError

from ...spapi.errors import AuthError, SpApiError, ThrottledError

# Any moment will do: what counts is whether Amazon answers.
PROBED = timedelta(hours=1)


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === BUSINESS METHODS === #

    def _check_amazon_access(self, client):
        """Try the calls that the store needs.

        :return: what does not work and need not stop the set-up, "" when all is well
        :raise UserError: when Amazon denies the orders
        :raise AuthError: when it refuses the application or the seller altogether
        """
        if self.environment == "sandbox":
            return ""
        marketplace = self.marketplace_id.amazon_marketplace_id
        since = datetime.now(timezone.utc) - PROBED
        try:
            # Used-up quota is no denial.
            with suppress(ThrottledError):
                client.search_orders(
                    last_updated_after=since, marketplace_ids=[marketplace]
                )
        except AuthError as error:
            if error.reason != "forbidden":
                raise
            raise UserError(
                self.env._(
                    "Amazon accepts the credentials, but denies this store's orders. "
                    "Give the application the role Inventory and Order Tracking in "
                    "Seller Central (Develop Apps), authorise it again, then try "
                    "again. %s",
                    self._request_note(error),
                ).strip()
            ) from error
        except SpApiError as error:
            raise UserError(self._explain(error, by_hand=True)) from error
        return self._check_listings_access(client, marketplace)

    def _check_listings_access(self, client, marketplace):
        try:
            client.search_listings_items(self.seller_id, marketplace_id=marketplace)
        except ThrottledError:
            return ""
        except AuthError as error:
            if error.reason != "forbidden":
                raise
            return self._explain_denied_listings(error)
        except SpApiError as error:
            raise UserError(self._explain(error, by_hand=True)) from error
        self.sudo().is_account_proven = True
        return ""

    def _explain_denied_listings(self, error):
        """Say what a 403 for listings means: a role, or a mistyped ID."""
        if self.is_account_proven or self.sudo().listing_ids:
            return self.env._(
                "Amazon denies this store's listings. The application lacks the role "
                "Product Listing, which Download Products and Sync Inventory need: "
                "give it the role in Seller Central (Develop Apps), then authorise it "
                "again. %s",
                self._request_note(error),
            ).strip()
        return self.env._(
            "Amazon denies this store's listings. Either the application lacks the "
            "role Product Listing, which Download Products and Sync Inventory "
            "need, or %(seller)s is not the Selling Partner ID of this account: "
            "compare it with Seller Central (Settings, Account Info) and correct "
            "it. %(note)s",
            seller=self.seller_id,
            note=self._request_note(error),
        ).strip()
