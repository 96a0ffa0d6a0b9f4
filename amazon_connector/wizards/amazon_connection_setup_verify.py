"""What the guided set-up asks Amazon, and whether the account is the right one."""

from dataclasses import asdict

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.connection.messages import explain_error
from ..spapi.client import exchange_code
from ..spapi.endpoints import LWA_URL
from ..spapi.errors import AuthError, SpApiError
from ..spapi.sellers import Participation


class AmazonConnectionSetup(models.TransientModel):
    _inherit = "amazon.connection.setup"

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
            return explain_error(self.env, error, by_hand=True)
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
        application = self.env["amazon.application"]._get_for(self)
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
                    # Of no use any more, and what an older one won is not meant.
                    self._forget_authorization()
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
        seller, store = self._seller(), self.connection_id or self
        values = self._secret_values() | {
            "seller_id": seller,
            "marketplace_id": store.marketplace_id.id,
            "environment": store.environment,
        }
        connection = self.env["amazon.connection"].new(
            values, origin=self.connection_id
        )
        self._refuse_account_in_use(connection)
        participations, trouble = connection._fetch_participations()
        name = connection._get_amazon_store_name(participations)
        self._refuse_other_store(name)
        if trouble and not self.connection_id:
            self._refuse_known_store(name)
        told = self.sudo().is_told_by_amazon
        self.sudo().write(
            {
                "participations": [asdict(entry) for entry in participations],
                "warning": trouble,
                "name": name,
                "is_account_proven": told or connection.is_account_proven,
            }
        )

    def _refuse_account_in_use(self, connection):
        """:raise UserError: when the account is not the one to be connected"""
        try:
            self._refuse_other_account()
            connection._check_account_free(
                connection.seller_id, connection.region, connection.environment
            )
        except UserError:
            if self.method == "redirect":
                # Amazon itself told the account; another one has to be won.
                self._forget_authorization()
            raise

    def _forget_authorization(self):
        self.sudo().write(
            {
                "authorization_code_encrypted": False,
                "refresh_token_encrypted": False,
                "exchanged_digest": False,
            }
        )

    def _read_participations(self):
        return [Participation(**entry) for entry in self.participations]
