"""What a user is told when Amazon refuses, cannot be reached or answers nonsense."""

from odoo import models
from odoo.exceptions import ValidationError

from ...spapi.errors import AuthError


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === BUSINESS METHODS === #

    def _explain(self, error, by_hand=False):
        """Say what went wrong with Amazon, and what to do, in one or two sentences.

        :param SpApiError error: what the client raised
        :param bool by_hand: somebody waits for the answer, and nothing is repeated
        """
        kind = error.reason if isinstance(error, AuthError) else error.kind
        if kind == "unavailable" and (error.status or 0) >= 500:
            # Amazon itself answered: the network is not to blame.
            kind = "out_of_order"
        reasons = self._error_reasons()
        reason = reasons.get(f"{kind}_by_hand" if by_hand else kind, reasons.get(kind))
        parts = [reason or self.env._("Amazon answered: %s", error)]
        if reason and error.kind in ("rejected", "protocol"):
            parts.append(str(error))
        if error.kind == "unavailable":
            parts += self._replaced_addresses()
        parts.append(self._request_note(error))
        return " ".join(part for part in parts if part)

    def _request_note(self, error):
        """Return by which id Amazon's support finds the request."""
        if not error.request_id:
            return ""
        return self.env._("(Amazon request %s)", error.request_id)

    def _refuse_unfinished(self, seller):
        """:raise ValidationError: when this connection has it and is not connected"""
        if self.has_access("read") and self.state == "draft":
            raise ValidationError(
                self.env._(
                    "The selling account %(seller)s is already entered in "
                    "%(connection)s, but not connected yet. Open that connection and "
                    "press Connect there, or delete it.",
                    seller=seller,
                    connection=self.display_name,
                )
            )

    def _replaced_addresses(self):
        """Name the system parameters that replace Amazon's own addresses."""
        parameters = self.env["ir.config_parameter"].sudo()
        keys = ("amazon_connector.sp_api_url", "amazon_connector.lwa_url")
        return [
            self.env._(
                "The system parameter %(key)s replaces Amazon's address by %(url)s.",
                key=key,
                url=url,
            )
            for key in keys
            if (url := parameters.get_param(key))
        ]

    def _error_reasons(self):
        _ = self.env._
        return {
            "client": _(
                "Amazon does not accept the client identifier or client secret. The "
                "secret may have expired (it lasts 180 days): make a new one in "
                "Seller Central and enter it where the application is entered: in the "
                "Settings, or with the store's own."
            ),
            "grant": _(
                "Amazon does not accept the refresh token: it was mistyped, belongs "
                "to another application, or the authorisation was withdrawn. "
                "Authorise the application again and enter the new token."
            ),
            "code": _(
                "Amazon does not accept the authorization code: it was mistyped, is "
                "older than five minutes, or was used already. Authorise again and "
                "paste the new code."
            ),
            "forbidden": _(
                "Amazon denies access. Either the application lacks a role (Inventory "
                "and Order Tracking, Direct-to-Consumer Shipping, Product Listing), "
                "the authorisation was withdrawn, or the account belongs to another "
                "region."
            ),
            "throttled_by_hand": _(
                "Amazon's quota is used up. Try again in a few minutes."
            ),
            "unavailable_by_hand": _(
                "Amazon could not be reached or did not answer properly. Check the "
                "network, then try again."
            ),
            "out_of_order_by_hand": _(
                "Amazon answered that it is out of order at the moment. Try again in a "
                "few minutes."
            ),
            "protocol_by_hand": _(
                "Amazon answered something that cannot be understood. Try again later."
            ),
            "throttled": _("Amazon's quota is used up; it goes on by itself."),
            "unavailable": _(
                "Amazon could not be reached or did not answer properly. Check the "
                "network; it is tried again by itself."
            ),
            "out_of_order": _(
                "Amazon answered that it is out of order at the moment; it is tried "
                "again by itself."
            ),
            "ambiguous": _(
                "Amazon's answer was lost, so it is not known whether it did what "
                "was asked. It is looked up before anything is sent again."
            ),
            "rejected": _("Amazon refused the request."),
            "protocol": _(
                "Amazon answered something that cannot be understood; nothing was "
                "taken from it, and it is tried again by itself."
            ),
        }
