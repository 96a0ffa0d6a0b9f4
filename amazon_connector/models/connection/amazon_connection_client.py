"""How a connection speaks with Amazon, and its buttons that need an answer at once."""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from ...spapi.client import AccessTokens, Credentials, SpApiClient
from ...spapi.endpoints import LWA_URL, SANDBOX_URLS, SP_API_URLS, check_url
from ...spapi.errors import SpApiError
from .amazon_connection import CONNECTED_STATES, NOT_LINKED
from .amazon_quota import QuotaObserver


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === ACTION METHODS === #

    def action_connect(self):
        """Test the credentials; what Amazon says of the account is kept."""
        self.ensure_one()
        self.check_access("write")
        participations, trouble = self._fetch_participations()
        self._apply_participations(participations)
        self._resume_jobs()
        message = self.env._("Connected to %(store)s.", store=self.display_name)
        return self._get_test_notification(message, trouble)

    def action_test_connection(self):
        """Say what Amazon lets the application do; refresh the storefronts."""
        self.ensure_one()
        self.check_access("write")
        participations, trouble = self._fetch_participations()
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
        return self._get_test_notification(message, trouble)

    def _get_test_notification(self, message, trouble):
        kind = "warning" if trouble else "success"
        answer = self._get_notification(f"{message} {trouble}".strip(), kind)
        if self.state == "draft":
            # Nothing changed; a form that reloads would swallow the next click.
            answer["params"].pop("next")
        return answer

    def action_download_products(self):
        """Have the listings downloaded now, in the background."""
        return self._request_job("download_products")

    def action_download_orders(self):
        """Have the orders downloaded now, in the background."""
        return self._request_job("download_orders")

    def action_send_shipments(self):
        """Have the pending shipments sent now, in the background."""
        return self._request_job("send_shipments")

    def action_open_listings(self):
        return self._get_records_action("amazon_listing_action")

    def action_open_unlinked(self):
        title = self.env._("Listings Not Linked")
        return self._get_records_action("amazon_listing_action", NOT_LINKED, title)

    def action_open_orders(self):
        return self._get_records_action("amazon_order_action")

    def action_open_trouble(self):
        domain = [("state", "in", ("held", "failed"))]
        title = self.env._("Orders Held or Failed")
        return self._get_records_action("amazon_order_action", domain, title)

    def action_open_shipment_problems(self):
        domain = [("state", "in", ("blocked", "failed"))]
        title = self.env._("Shipments Blocked or Failed")
        return self._get_records_action("amazon_shipment_action", domain, title)

    def _get_records_action(self, name, domain=(), title=None):
        """Return the action of that name, on the connection's own records."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(f"amazon_connector.{name}")
        mine = ("connection_id", "=", self.id)
        shown = {"domain": [mine, *domain], "context": {}}
        return action | shown | ({"name": title} if title else {})

    # === BUSINESS METHODS - CONNECT === #

    def _fetch_participations(self):
        """Return the storefronts that Amazon lists for the account, and what it denies.

        :return: (``spapi.sellers.Participation`` of each, see :meth:`_check_amazon_access`)
        :raise UserError: with Amazon's reason in words
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
            raise UserError(self._explain(error, by_hand=True)) from error

    def _check_marketplace(self, participations):
        """:raise UserError: when the account does not sell in the marketplace

        The static sandbox tells of the United States whatever one asks.
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
        # Storefronts are made by the connector alone.
        me = self.sudo()
        me.storefront_ids._update_from_participations(me, participations)

    def _get_amazon_store_name(self, participations):
        """Return what Amazon calls the store in its own marketplace."""
        own = self.marketplace_id.amazon_marketplace_id
        names = {item.marketplace_id: item.store_name for item in participations}
        # The sandbox may not know the marketplace.
        return names.get(own) or next(iter(names.values()), False)

    def _get_connected_state(self):
        """The state to return to: an import that was broken off goes on."""
        if self.import_stage:
            return "importing"
        is_through = self.orders_synced_until or self.import_summary
        return "completed" if is_through else "authorized"

    def _resume_jobs(self):
        """Have done what was not done while the store was refused or inactive."""
        self.ensure_one()
        if not (self.active and self._is_connected()):
            return
        me = self.sudo()
        if me.state == "authorized":
            me._start_import()
            return
        stage = me.import_stage
        if stage:
            me._report_import(stage, 0, self.env._("Waiting for its turn…"))
        jobs = me.job_ids
        jobs.filtered(lambda job: not stage or job.kind == stage)._wake()

    def _request_job(self, kind):
        self.ensure_one()
        self.check_access("read")
        self._check_connected()
        self.env["amazon.job"]._create_missing(self)
        self._get_job(kind)._request()
        return self._get_notification(
            self.env._("Started. The result appears in the Integration History."),
            "info",
        )

    def _check_connected(self):
        """:raise UserError: naming what keeps the connection from working"""
        if not self.active:
            raise UserError(
                self.env._("%s is inactive. Set Active first.", self.display_name)
            )
        if not self._is_connected():
            raise UserError(
                self.env._("%s is not connected. Press Connect.", self.display_name)
            )
        if self.environment == "sandbox":
            raise UserError(self._get_sandbox_note())

    def _get_sandbox_note(self):
        return self.env._(
            "%s is connected to Amazon's static sandbox, which holds invented examples "
            "only. So nothing is downloaded or sent; Test connection shows whether the "
            "application is set up rightly.",
            self.display_name,
        )

    def _is_connected(self):
        return self.state in CONNECTED_STATES

    def _get_notification(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS - CLIENT === #

    @contextmanager
    def _amazon_client(self, observer=None):
        """Yield a client for this account.

        :param QuotaObserver observer: counts the calls of a run
        """
        self.ensure_one()
        client = self._open_client(
            observer or QuotaObserver(self.env, self._get_quota_account())
        )
        try:
            yield client
        finally:
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
