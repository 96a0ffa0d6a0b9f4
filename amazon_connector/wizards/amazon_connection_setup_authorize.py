"""The first page of the guided set-up: three ways of being authorised by the seller."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.connection.amazon_vault import NO_ACCESS
from ..spapi.auth import consent_url
from ..spapi.endpoints import check_url

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

    # === COMPUTE METHODS === #

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

    # === ACTION METHODS === #

    def action_open_amazon(self):
        """Open Amazon's page for authorising in another tab."""
        if gone := self._gone():
            return gone
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
