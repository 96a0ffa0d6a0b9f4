"""The first page of the guided set-up: three ways of being authorised by the seller."""

import hashlib
import secrets
from dataclasses import asdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.amazon_vault import NO_ACCESS
from ..spapi.authorization import consent_url
from ..spapi.client import exchange_code
from ..spapi.endpoints import LWA_URL, check_url
from ..spapi.errors import AuthError, SpApiError
from ..spapi.sellers import Participation

REDIRECT_PATH = "/amazon_connector/authorize"
# Signing in with a second factor takes its time; then the answer is not ours.
STATE_LIFE = timedelta(minutes=30)


class AmazonConnectionSetup(models.TransientModel):
    _inherit = "amazon.connection.setup"

    authorization_code = fields.Char(
        string="Authorization / Verification Code",
        compute="_compute_authorization_code",
        inverse="_inverse_authorization_code",
        exportable=False,
        help="Amazon shows it after you authorised, as spapi_oauth_code. It is valid "
        "for five minutes and once.",
    )
    authorization_code_encrypted = fields.Char(groups=NO_ACCESS)
    has_code = fields.Boolean(compute="_compute_authorization_code")
    has_token = fields.Boolean(compute="_compute_authorization_code")
    state_digest = fields.Char(index=True, groups=NO_ACCESS)
    state_made_at = fields.Datetime(groups=NO_ACCESS)
    # Of a state that did its work, for a browser that comes back with it once more.
    spent_digest = fields.Char(index=True, groups=NO_ACCESS)
    exchanged_digest = fields.Char(groups=NO_ACCESS)
    is_awaited = fields.Boolean(
        compute="_compute_is_awaited",
        help="Amazon's page is open, and the seller may come back from there.",
    )
    redirect_uri = fields.Char(
        readonly=True, help="Where Amazon was asked to send the seller back to."
    )

    # === COMPUTE METHODS === #

    @api.depends("authorization_code_encrypted", "refresh_token_encrypted")
    def _compute_authorization_code(self):
        """Nobody reads a secret back."""
        for setup, stored in zip(self, self.sudo(), strict=True):
            setup.authorization_code = False
            setup.has_code = bool(stored.authorization_code_encrypted)
            setup.has_token = bool(stored.refresh_token_encrypted)

    @api.depends("state_digest", "state_made_at", "step")
    def _compute_is_awaited(self):
        oldest = fields.Datetime.now() - STATE_LIFE
        for setup, stored in zip(self, self.sudo(), strict=True):
            setup.is_awaited = (
                stored.step == "connect"
                and bool(stored.state_digest)
                and stored.state_made_at >= oldest
            )

    def _inverse_authorization_code(self):
        self._store_secret("authorization_code")

    # === ACTION METHODS === #

    def action_open_amazon(self):
        """Open Amazon's page for authorising in another tab."""
        self.ensure_one()
        self.check_access("write")
        application = self.env["amazon.application"]._of(self)
        known = application.application_id and application.client_secret
        if not known or (self.own_application and not self.lwa_client_id):
            raise UserError(
                self.env._(
                    "Enter the application first: Application ID, Client Identifier "
                    "and Client Secret, here or in the Settings."
                )
            )
        state = secrets.token_urlsafe(32)
        redirect_uri = self._redirect_uri() if self.method == "redirect" else ""
        self.sudo().write(
            {
                "state_digest": self._digest(state),
                "state_made_at": fields.Datetime.now(),
                "redirect_uri": redirect_uri,
                "problem": False,
            }
        )
        url = consent_url(
            self._seller_central_url(),
            application.application_id,
            state,
            redirect_uri=redirect_uri,
            draft=application.draft,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === BUSINESS METHODS - ADDRESSES === #

    def _seller_central_url(self):
        default = f"https://{self.marketplace_id.seller_central_domain}"
        return self.env["amazon.connection"]._endpoint("seller_central_url", default)

    @api.model
    def _redirect_uri(self):
        """Return where Amazon sends the seller back to.

        :raise UserError: when it is neither https nor on this machine
        """
        base = self.get_base_url()
        try:
            return check_url(base) + REDIRECT_PATH
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Amazon sends sellers back to https addresses only, and this Odoo "
                    "is reached at %s. Serve it over https and set the system "
                    "parameter web.base.url, or connect with a code.",
                    base,
                )
            ) from error

    # === BUSINESS METHODS - THE REDIRECT === #

    @api.model
    def _digest(self, state):
        return hashlib.sha256(state.encode()).hexdigest()

    @api.model
    def _find_by_state(self, state):
        """Return the user's own set-up that sent this state; empty when none did."""
        return self._find_by_digest("state_digest", state)

    @api.model
    def _find_spent(self, state):
        """Return the user's own set-up that this state has brought further."""
        return self._find_by_digest("spent_digest", state)

    @api.model
    def _find_by_digest(self, name, state):
        found = self.sudo().search(
            [
                (name, "=", self._digest(state)),
                ("state_made_at", ">=", fields.Datetime.now() - STATE_LIFE),
                ("create_uid", "=", self.env.uid),
            ]
        )
        return found.with_env(self.env)

    def _path(self, action):
        """Return the address at which the browser goes on."""
        name = (
            "amazon_connection_action" if action else "amazon_connection_setup_action"
        )
        record = action["res_id"] if action else self.id
        return f"/odoo/action-amazon_connector.{name}/{record}"

    def _authorized_by_redirect(self, seller, code):
        """Amazon sent the seller back: exchange the code at once and go on."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().write(
            {
                "method": "redirect",
                "seller_id": seller,
                "is_told_by_amazon": True,
                "authorization_code": code,
            }
        )
        # A state works once, as the code does; not before all is done, since Odoo
        # may have to repeat the request.
        action = self._connect()
        stored = self.exists().sudo()
        stored.write({"spent_digest": stored.state_digest, "state_digest": False})
        return action

    # === BUSINESS METHODS - CONNECT === #

    def _connect(self):
        """Ask Amazon; go on when it accepts, else show what it said.

        :return: the action that leaves the set-up, or None to stay in it
        """
        # What is wrong is told with the store's name.
        self.connection_id.check_access("write")
        self.problem = False
        try:
            self._exchange_code()
            self._verify()
        except (UserError, SpApiError) as error:
            self.problem = self._in_words(error)
            return None
        if self.connection_id:
            self._renew_connection()
            connection = self.connection_id
            self.unlink()
            return self._open_connection(connection)
        self._go(1)
        return None

    def _in_words(self, error):
        if isinstance(error, SpApiError):
            return self.env["amazon.connection"]._explain(error, by_hand=True)
        return str(error)

    def _require_input(self):
        """:raise UserError: naming the first thing that is missing"""
        _ = self.env._
        ready = self.has_code or self.has_token
        if self.method == "redirect" and not ready:
            raise UserError(
                _(
                    "Press Open Amazon and authorise there. Amazon then brings you "
                    "back here and the set-up goes on."
                )
            )
        if self.method == "code" and not ready:
            raise UserError(_("Paste the code that Amazon shows."))
        if not self._seller():
            raise UserError(_("Enter the Selling Partner ID."))
        if self.method == "own" and not self.has_token:
            raise UserError(_("Enter the refresh token of your application."))
        if not self.env["amazon.application"]._is_known(self.sudo()):
            raise UserError(
                _("Enter the client identifier and client secret of the application.")
            )

    def _secret_values(self):
        """The credentials as a connection stores them."""
        stored = self.sudo()
        own = stored.lwa_client_id
        return {
            "refresh_token_encrypted": stored.refresh_token_encrypted,
            "authorized_on": fields.Date.context_today(self),
            "application_id": stored.application_id,
            "application_draft": stored.application_draft,
            "lwa_client_id": own,
            "lwa_client_secret_encrypted": own and stored.lwa_client_secret_encrypted,
            "secret_made_on": own and stored.secret_made_on,
        }

    def _exchange_code(self):
        """Turn a code into a refresh token; the code is worthless afterwards."""
        stored = self.sudo()
        if self.method == "own" or not stored.authorization_code_encrypted:
            return
        vault = self.env["amazon.vault"]
        application = self.env["amazon.application"]._of(self)
        code = vault._decrypt(stored.authorization_code_encrypted)
        values = {"authorization_code_encrypted": False}
        if stored.exchanged_digest != self._digest(code):
            try:
                token = exchange_code(
                    code,
                    client_id=application.client_id,
                    client_secret=application.client_secret,
                    redirect_uri=self.redirect_uri or "",
                    lwa_url=self.env["amazon.connection"]._endpoint("lwa_url", LWA_URL),
                )
            except AuthError as error:
                if error.reason == "code":
                    # Of no use any more; another one has to be won.
                    stored.authorization_code_encrypted = False
                raise
            values["refresh_token_encrypted"] = vault._encrypt(token)
            values["exchanged_digest"] = self._digest(code)
        stored.write(values)
        self._keep_exchanged()

    def _keep_exchanged(self):
        """Commit: Amazon takes a code once, but Odoo may repeat the transaction."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _verify(self):
        """Have Amazon tell of the account; nothing is made of it yet."""
        self._refuse_other_account()
        seller, store = self._seller(), self.connection_id or self
        values = self._secret_values() | {
            "seller_id": seller,
            "marketplace_id": store.marketplace_id.id,
            "environment": store.environment,
        }
        connection = self.env["amazon.connection"].new(
            values, origin=self.connection_id
        )
        connection._refuse_taken_account(seller, store.region, store.environment)
        participations, trouble = connection._fetch_participations()
        name = connection._store_name_of(participations)
        self._refuse_other_store(name)
        if trouble and not self.connection_id:
            self._refuse_known_store(name)
        self.write(
            {
                "participations": [asdict(entry) for entry in participations],
                "warning": trouble,
                "name": name,
            }
        )

    def _read_participations(self):
        return [Participation(**entry) for entry in self.participations]
