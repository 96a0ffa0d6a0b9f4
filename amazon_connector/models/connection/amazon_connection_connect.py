"""How a connection speaks with Amazon: its client, and what is tried before it works.

Amazon's participations are answered with almost any role, and name no Selling Partner
ID. So the calls that the connector lives on are tried as well: orders, whose role
everything needs, and listings, whose path holds the Selling Partner ID.
"""

from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone

from odoo import api, models
from odoo.exceptions import UserError

from ...spapi.client import AccessTokens, Credentials, SpApiClient
from ...spapi.endpoints import LWA_URL, SANDBOX_URLS, SP_API_URLS, check_url
from ...spapi.errors import AuthError, SpApiError, ThrottledError
from .amazon_quota import QuotaObserver
from .messages import explain_denied_listings, explain_denied_orders, explain_error

# Of the orders that are tried. Any will do: what counts is whether Amazon answers.
TRIED_PERIOD = timedelta(hours=1)


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === ACTION METHODS === #

    def action_connect(self):
        """Test the credentials; what Amazon says of the account is kept."""
        self.ensure_one()
        self.check_access("write")
        participations, warning = self._fetch_participations()
        self._apply_participations(participations)
        self._resume_jobs()
        message = self.env._("Connected to %(store)s.", store=self.display_name)
        return self._get_test_notification(message, warning)

    def action_test_connection(self):
        """Say what Amazon lets the application do; refresh the storefronts."""
        self.ensure_one()
        self.check_access("write")
        participations, warning = self._fetch_participations()
        if self.state != "draft":
            me = self.sudo()
            me.storefront_ids._update_from_participations(me, participations)
        message = self.env._(
            "Amazon accepts the credentials. The account sells in: %(countries)s.",
            countries=", ".join(sorted(item.country_code for item in participations)),
        )
        if self.state == "reauthorize":
            message += " " + self.env._(
                "Nothing is downloaded or sent yet: press Connect to let the store go "
                "on."
            )
        return self._get_test_notification(message, warning)

    def action_open_doctor(self):
        """Show what is wrong, by what Amazon answered until now."""
        self.ensure_one()
        self.check_access("write")
        doctor = self.env["amazon.connection.doctor"]._examine(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Doctor: %s", self.display_name),
            "res_model": doctor._name,
            "res_id": doctor.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_test_notification(self, message, warning):
        """Return the action that shows how a test ended.

        :param str warning: what Amazon denies, "" for nothing
        """
        kind = "warning" if warning else "success"
        answer = self._get_notification(f"{message} {warning}".strip(), kind)
        if self.state == "draft":
            # Nothing changed; a form that reloads would swallow the next click.
            answer["params"].pop("next")
        return answer

    # === BUSINESS METHODS - CONNECT === #

    def _fetch_participations(self):
        """Return the storefronts that Amazon lists for the account, and what it denies.

        :return: (``spapi.sellers.Participation`` of each, see ``_check_amazon_access``)
        :raise UserError: with Amazon's reason as a sentence
        """
        # A kept access token would hide that the secret expired since.
        asking = self.with_context(amazon_new_login=True)
        try:
            with asking._amazon_client() as client:
                participations = client.get_marketplace_participations()
                mine = [
                    e for e in participations if e.is_storefront and e.participating
                ]
                self._check_marketplace(mine)
                return mine, self._check_amazon_access(client)
        except SpApiError as error:
            raise UserError(explain_error(self.env, error, by_hand=True)) from error

    def _check_marketplace(self, participations):
        """:raise UserError: when the account does not sell in the marketplace

        The static sandbox names the United States whatever one asks.
        """
        own = self.marketplace_id.amazon_marketplace_id
        is_sold_in = own in [item.marketplace_id for item in participations]
        if self.environment != "sandbox" and not is_sold_in:
            countries = sorted(item.country_code for item in participations)
            raise UserError(
                self.env._(
                    "Amazon accepts the credentials, but this account does not sell "
                    "in %(marketplace)s. Choose one of its marketplaces: "
                    "%(countries)s.",
                    marketplace=self.marketplace_id.name,
                    countries=", ".join(countries),
                )
            )

    def _apply_participations(self, participations):
        self.sudo().write(
            {
                "name": self._get_amazon_store_name(participations),
                "state": self._get_connected_state(),
            }
        )
        self._reset_job_failures()
        # Storefronts are created by the connector alone.
        me = self.sudo()
        me.storefront_ids._update_from_participations(me, participations)

    def _get_amazon_store_name(self, participations):
        """Return what Amazon calls the store in its own marketplace."""
        own = self.marketplace_id.amazon_marketplace_id
        names = {item.marketplace_id: item.store_name for item in participations}
        # The sandbox may not know the marketplace.
        return names.get(own) or next(iter(names.values()), False)

    # === BUSINESS METHODS - ACCESS === #

    def _check_amazon_access(self, client):
        """Try the calls that the store needs.

        :param SpApiClient client: an open client of this account
        :return: what does not work and need not stop the set-up, "" when all is well
        :raise UserError: when Amazon denies the orders
        :raise AuthError: when it refuses the application or the seller altogether
        """
        if self.environment == "sandbox":
            return ""
        marketplace = self.marketplace_id.amazon_marketplace_id
        since = datetime.now(timezone.utc) - TRIED_PERIOD
        try:
            # Used-up quota is no denial.
            with suppress(ThrottledError):
                client.search_orders(
                    last_updated_after=since, marketplace_ids=[marketplace]
                )
        except AuthError as error:
            if error.reason != "forbidden":
                raise
            raise UserError(explain_denied_orders(self.env, error)) from error
        except SpApiError as error:
            raise UserError(explain_error(self.env, error, by_hand=True)) from error
        return self._check_listings_access(client, marketplace)

    def _check_listings_access(self, client, marketplace):
        """Try to read a listing; an answer proves the Selling Partner ID.

        :param str marketplace: Amazon's id of it
        :return: what Amazon denies, "" when all is well
        """
        try:
            client.search_listings_items(self.seller_id, marketplace_id=marketplace)
        except ThrottledError:
            return ""
        except AuthError as error:
            if error.reason != "forbidden":
                raise
            return explain_denied_listings(self, error)
        except SpApiError as error:
            raise UserError(explain_error(self.env, error, by_hand=True)) from error
        self.sudo().is_account_proven = True
        return ""

    # === BUSINESS METHODS - CLIENT === #

    @contextmanager
    def _amazon_client(self, observer=None):
        """Yield a client for this account.

        :param QuotaObserver observer: counts the calls of a run
        """
        self.ensure_one()
        observer = observer or QuotaObserver(self.env, self._get_quota_account())
        client = self._open_client(observer)
        try:
            yield client
        finally:
            ahead = client.get_time() - datetime.now(timezone.utc)
            observer.close(ahead.total_seconds())
            client.close()

    def _open_client(self, observer):
        """The seam to Amazon: tests put their own client here."""
        stored = self.sudo()
        if not stored.has_credentials or not stored.seller_id:
            raise UserError(
                self.env._(
                    "Enter Selling Partner ID, client identifier, client secret and "
                    "refresh token first."
                )
            )
        vault = self.env["amazon.vault"]
        application = self.env["amazon.application"]._get_for(self)
        urls = SANDBOX_URLS if self.environment == "sandbox" else SP_API_URLS
        return SpApiClient(
            Credentials(
                client_id=application.client_id,
                client_secret=application.client_secret,
                refresh_token=vault._decrypt(stored.refresh_token_encrypted),
            ),
            sp_api_url=self._endpoint("sp_api_url", urls[self.region]),
            lwa_url=self._endpoint("lwa_url", LWA_URL),
            region=self.region,
            observer=observer,
            tokens=AccessTokens() if self.env.context.get("amazon_new_login") else None,
        )

    @api.model
    def _endpoint(self, name, default):
        key = f"amazon_connector.{name}"
        url = self.env["ir.config_parameter"].sudo().get_param(key)
        try:
            return check_url(url) if url else default
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The system parameter %(key)s is not usable: only https or a "
                    "loopback address is accepted.",
                    key=key,
                )
            ) from error

    def _get_quota_account(self):
        stored = self.sudo()
        application = stored.lwa_client_id or self.env["amazon.application"]._get(
            "lwa_client_id"
        )
        return f"{self.region}:{self.seller_id}:{application}"
