"""The first page of the guided set-up: the seller authorises, Amazon is asked.

Three ways to authorise: on Amazon's page and back by its redirect, with a code of that
page, or with the token of an application of one's own. Then Amazon is asked what the
account is and may do.

An existing connection is authorised again for the same account only. Amazon's page
takes whoever is signed in there. When it brings the browser back it says whose account
that is; a pasted code or token does not say it, and no answer of Amazon's names the
account. Its name of the store does.
"""

import hashlib
import secrets
from dataclasses import asdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.connection.amazon_application import REDIRECT_URI_HELP
from ..models.connection.amazon_vault import NO_ACCESS
from ..models.connection.messages import explain_error
from ..spapi.auth import consent_url
from ..spapi.client import exchange_code
from ..spapi.endpoints import LWA_URL, check_url
from ..spapi.errors import AuthError, SpApiError
from ..spapi.sellers import Participation

METHODS = [
    ("redirect", "On Amazon's page, and come back by itself"),
    ("code", "With a code from Amazon's page"),
    ("own", "With an application of my own"),
]
REDIRECT_PATH = "/amazon_connector/authorize"
# Signing in with a second factor takes its time; then the answer is not ours.
STATE_LIFE = timedelta(minutes=30)


def digest(text):
    """Return what is stored of a state or a code: enough to know it again."""
    return hashlib.sha256(text.encode()).hexdigest()


class AmazonConnectionSetup(models.TransientModel):
    _inherit = "amazon.connection.setup"

    method = fields.Selection(
        selection=METHODS,
        string="How to Authorise",
        required=True,
        default="redirect",
    )

    # === FIELDS: APPLICATION === #
    # What an authorisation on Amazon's page needs, and what a token of one's own does.
    has_shared_application = fields.Boolean(compute="_compute_has_shared_application")
    has_shared_client = fields.Boolean(compute="_compute_has_shared_application")
    own_application = fields.Boolean(
        string="Use Another One",
        compute="_compute_own_application",
        store=True,
        readonly=False,
        precompute=True,
        help="An application that serves this store alone.",
    )
    shared_application = fields.Char(
        string="Application of the Settings", compute="_compute_shared_application"
    )
    address_to_register = fields.Char(
        string="Redirect URI",
        compute="_compute_address_to_register",
        help=REDIRECT_URI_HELP,
    )
    address_problem = fields.Char(compute="_compute_address_to_register")

    # === FIELDS: WHAT AMAZON'S PAGE BRINGS === #
    authorization_code = fields.Char(
        string="Authorization / Verification Code",
        compute="_compute_authorization_code",
        inverse="_inverse_authorization_code",
        exportable=False,
        help="Amazon shows it after you authorised, as spapi_oauth_code. It is valid "
        "for five minutes and once.",
    )
    authorization_code_encrypted = fields.Char(groups=NO_ACCESS)
    has_code = fields.Boolean(compute="_compute_has_authorization")
    has_token = fields.Boolean(compute="_compute_has_authorization")
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

    # === FIELDS: THE SAME ACCOUNT === #
    other_name = fields.Char(
        readonly=True,
        help="What Amazon calls the store, when it is not what it called it before.",
    )
    is_renamed = fields.Boolean(string="The store was renamed on Amazon")
    is_told_by_amazon = fields.Boolean(
        string="Named by Amazon",
        groups=NO_ACCESS,
        help="Amazon itself named the Selling Partner ID.",
    )
    is_account_proven = fields.Boolean(groups=NO_ACCESS)

    # === COMPUTE METHODS === #

    def _compute_has_shared_application(self):
        shared = self.env["amazon.application"]
        needed = ("lwa_client_id", "lwa_client_secret_encrypted")
        is_known = all(shared._get(name) for name in needed)
        self.has_shared_client = is_known
        self.has_shared_application = is_known and bool(shared._get("application_id"))

    @api.depends("lwa_client_id")
    def _compute_own_application(self):
        for setup in self:
            setup.own_application = bool(setup.lwa_client_id) or setup.own_application

    def _compute_shared_application(self):
        application = self.env["amazon.application"]
        name = application._get("application_id") or application._get("lwa_client_id")
        self.shared_application = name

    def _compute_address_to_register(self):
        self.address_to_register, self.address_problem = (
            self._get_redirect_uri_and_problem()
        )

    def _compute_authorization_code(self):
        """Nobody reads a secret back."""
        self.authorization_code = False

    @api.depends(
        "authorization_code_encrypted",
        "refresh_token_encrypted",
        "exchanged_digest",
        "method",
    )
    def _compute_has_authorization(self):
        """A token that was typed is none of Amazon's page, and the other way round."""
        for setup, stored in zip(self, self.sudo(), strict=True):
            is_typed = not stored.exchanged_digest
            setup.has_code = bool(stored.authorization_code_encrypted)
            setup.has_token = bool(stored.refresh_token_encrypted) and (
                is_typed == (setup.method == "own")
            )

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

    def _inverse_refresh_token(self):
        for setup in self:
            if self.env["amazon.vault"]._clean(setup.refresh_token):
                setup.sudo().exchanged_digest = False
        return super()._inverse_refresh_token()

    @api.onchange("own_application")
    def _onchange_own_application(self):
        """Without one of its own, the store uses that of the Settings."""
        if not self.own_application:
            self.application_id = False
            self.application_draft = False
            self.lwa_client_id = False

    # === ACTION METHODS === #

    def action_open_amazon(self):
        """Open Amazon's page for authorising in another tab."""
        if gone := self._get_gone_action():
            return gone
        self.ensure_one()
        self.check_access("write")
        application = self.env["amazon.application"]._get_for(self)
        known = application.application_id and application.client_secret
        if not known or (self.own_application and not self.lwa_client_id):
            raise UserError(
                self.env._(
                    "Enter the application first: Application ID, Client Identifier "
                    "and Client Secret, here or in the Settings."
                )
            )
        state = secrets.token_urlsafe(32)
        redirect_uri = self._get_redirect_uri() if self.method == "redirect" else ""
        self.sudo().write(
            {
                "state_digest": digest(state),
                "state_made_at": fields.Datetime.now(),
                "redirect_uri": redirect_uri,
                "problem": False,
            }
        )
        url = consent_url(
            self._get_seller_central_url(),
            application.application_id,
            state,
            redirect_uri=redirect_uri,
            draft=application.draft,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === BUSINESS METHODS - ADDRESSES === #

    def _get_seller_central_url(self):
        default = f"https://{self.marketplace_id.seller_central_domain}"
        return self.env["amazon.connection"]._endpoint("seller_central_url", default)

    @api.model
    def _get_redirect_uri(self):
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

    @api.model
    def _get_redirect_uri_and_problem(self):
        """Return the address to register with Amazon, and why it cannot be used."""
        try:
            return self._get_redirect_uri(), False
        except UserError as error:
            return self.get_base_url() + REDIRECT_PATH, str(error)

    # === BUSINESS METHODS - THE REDIRECT === #

    @api.model
    def _find_by_state(self, state):
        """Return the user's own set-up that waits for this state; empty if none."""
        return self._find_by_digest("state_digest", state)

    @api.model
    def _find_by_spent_state(self, state):
        """Return the user's own set-up that this state was used for; empty if none."""
        return self._find_by_digest("spent_digest", state)

    @api.model
    def _find_by_digest(self, name, state):
        found = self.sudo().search(
            [
                (name, "=", digest(state)),
                ("state_made_at", ">=", fields.Datetime.now() - STATE_LIFE),
                ("create_uid", "=", self.env.uid),
            ]
        )
        return found.with_env(self.env)

    def _process_redirect(self, seller, code):
        """Amazon sent the seller back: exchange the code at once and go on.

        :param str seller: the Selling Partner ID that Amazon named
        :param str code: the authorization code, valid once
        :return: the action that leaves the set-up, or None to stay in it
        """
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

    def _get_path(self, action):
        """Return the address at which the browser goes on.

        :param action: that shows the connection; None to stay in the set-up
        """
        name = (
            "amazon_connection_action" if action else "amazon_connection_setup_action"
        )
        record = action["res_id"] if action else self.id
        return f"/odoo/action-amazon_connector.{name}/{record}"

    # === BUSINESS METHODS - CONNECT === #

    def _check_input(self):
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
        if not self._get_seller_id():
            raise UserError(_("Enter the Selling Partner ID."))
        if self.method == "own" and not self.has_token:
            raise UserError(_("Enter the refresh token of your application."))
        if not self.env["amazon.application"]._is_known(self.sudo()):
            raise UserError(
                _("Enter the client identifier and client secret of the application.")
            )

    def _connect(self):
        """Ask Amazon; go on when it accepts, else show what it said.

        :return: the action that leaves the set-up, or None to stay in it
        """
        # An error names the store.
        self.connection_id.check_access("write")
        self.problem = False
        try:
            self._exchange_code()
            self._verify_account()
        except (UserError, SpApiError) as error:
            self.problem = self._get_problem(error)
            return None
        if self.connection_id:
            self._update_connection()
            connection = self.connection_id
            self.unlink()
            return self._get_connection_action(connection)
        self._move_step(1)
        return None

    def _exchange_code(self):
        """Turn a code into a refresh token; the code is worthless afterwards."""
        stored = self.sudo()
        if self.method == "own" or not stored.authorization_code_encrypted:
            return
        vault = self.env["amazon.vault"]
        application = self.env["amazon.application"]._get_for(self)
        code = vault._decrypt(stored.authorization_code_encrypted)
        values = {"authorization_code_encrypted": False}
        if stored.exchanged_digest != digest(code):
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
                    # Of no use any more, and what an older one brought is not meant.
                    self._reset_authorization()
                raise
            values["refresh_token_encrypted"] = vault._encrypt(token)
            values["exchanged_digest"] = digest(code)
        stored.write(values)
        self._commit_exchange()

    def _commit_exchange(self):
        """Commit: Amazon takes a code once, but Odoo may repeat the transaction."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _verify_account(self):
        """Ask Amazon what the account is; no connection is created yet.

        :raise UserError: when it is not the account to be connected
        :raise SpApiError: what Amazon answers
        """
        seller, store = self._get_seller_id(), self.connection_id or self
        values = self._prepare_authorization_vals() | {
            "seller_id": seller,
            "marketplace_id": store.marketplace_id.id,
            "environment": store.environment,
        }
        connection = self.env["amazon.connection"].new(
            values, origin=self.connection_id
        )
        self._check_account(connection)
        participations, denials = connection._fetch_participations()
        name = connection._get_amazon_store_name(participations)
        self._check_same_store(name)
        if denials and not self.connection_id:
            self._check_store_not_connected(name)
        is_named = self.sudo().is_told_by_amazon
        self.sudo().write(
            {
                "participations": [asdict(entry) for entry in participations],
                "warning": denials,
                "name": name,
                "is_account_proven": is_named or connection.is_account_proven,
            }
        )

    def _reset_authorization(self):
        """Delete what Amazon's page brought; it has to be authorised again."""
        self.sudo().write(
            {
                "authorization_code_encrypted": False,
                "refresh_token_encrypted": False,
                "exchanged_digest": False,
            }
        )

    def _get_problem(self, error):
        """Return the sentence that the page shows."""
        if isinstance(error, SpApiError):
            return explain_error(self.env, error, by_hand=True)
        return str(error)

    # === BUSINESS METHODS - THE SAME ACCOUNT === #

    def _check_account(self, connection):
        """:raise UserError: when the account is not the one to be connected"""
        try:
            self._check_same_account()
            connection._check_account_free(
                connection.seller_id, connection.region, connection.environment
            )
        except UserError:
            if self.method == "redirect":
                # Amazon itself named the account: the seller has to choose another.
                self._reset_authorization()
            raise

    def _check_same_account(self):
        """:raise UserError: when another account is given than the store's"""
        if self.connection_id and self._get_seller_id() != self.connection_id.seller_id:
            raise UserError(
                self.env._(
                    "This is another selling account than that of %s. Sign in to "
                    "Amazon with the right account, or connect a new store.",
                    self.connection_id.display_name,
                )
            )

    def _check_same_store(self, name):
        """:raise UserError: when Amazon calls the store by another name than before"""
        before = self.connection_id.name
        is_other = before and name != before and not self.sudo().is_told_by_amazon
        self.other_name = is_other and name
        if is_other and not self.is_renamed:
            raise UserError(
                self.env._(
                    "Amazon calls this store %(name)s, but that of the connection "
                    "%(before)s. If it is another store, sign in to Amazon as "
                    "%(before)s and authorise again. If it was renamed, tick The store "
                    "was renamed on Amazon, then press Continue.",
                    name=name,
                    before=before,
                )
            )

    def _check_store_not_connected(self, name):
        """Refuse a store that is connected under another Selling Partner ID.

        For an ID that could not be proven: Amazon's name of a store is its own in a
        marketplace, so the same name means the same account.

        :raise UserError: when a connection has the name
        """
        known = (
            self.env["amazon.connection"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("name", "=", name),
                    ("marketplace_id", "=", self.marketplace_id.id),
                    ("environment", "=", self.environment),
                    ("state", "!=", "draft"),
                ],
                limit=1,
            )
        )
        if known and not self.sudo().is_told_by_amazon:
            raise UserError(
                self.env._(
                    "Amazon calls this store %(name)s, and a store of this name is "
                    "connected already, under another Selling Partner ID than "
                    "%(seller)s. Correct the ID, or use that connection.",
                    name=name,
                    seller=self.seller_id,
                )
            )

    def _get_seller_id(self):
        """Return the Selling Partner ID; one's own token need not come with it."""
        if self.method == "own" and not self.seller_id:
            return self.connection_id.seller_id
        return self.seller_id

    # === BUSINESS METHODS - WHAT THE CONNECTION TAKES OVER === #

    def _prepare_authorization_vals(self):
        """Return the credentials as a connection stores them."""
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

    def _get_participations(self):
        """Return what Amazon said of the account: ``[Participation, …]``."""
        return [Participation(**entry) for entry in self.participations]

    def _update_connection(self):
        """Give the connection the new authorisation and resume its jobs."""
        connection = self.connection_id
        connection.check_access("write")
        stored = connection.sudo()
        stored.write(self._prepare_authorization_vals())
        stored.is_account_proven = self.sudo().is_account_proven
        connection._apply_participations(self._get_participations())
        connection._resume_jobs()
