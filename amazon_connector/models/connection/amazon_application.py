"""The application that the sellers authorise: entered once, in the Settings.

A connection may have an application of its own (a self-authorised private app); then
its client identifier and secret are used in place of these.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PREFIX = "amazon_connector."
# Amazon wants a new client secret every 180 days.
SECRET_LIFE = timedelta(days=180)
# The help of the field with that address, in the set-up and in the Settings.
REDIRECT_URI_HELP = (
    "Register this address with the application in Seller Central, as OAuth Redirect "
    "URI: Amazon brings sellers back to no other."
)


@dataclass(frozen=True)
class Application:
    """What Login with Amazon knows an application by; the secret stays out of repr."""

    client_id: str
    client_secret: str = field(repr=False)
    application_id: str = ""
    draft: bool = False


class AmazonApplication(models.AbstractModel):
    _name = "amazon.application"
    _description = "Amazon Application"

    @api.model
    def _get_for(self, credentials):
        """Return the ``Application`` of a record with credentials.

        :param credentials: record of a model that inherits ``amazon.credentials``
        :raise UserError: when the secret cannot be decrypted
        """
        stored = credentials.sudo()
        if stored.lwa_client_id:
            secret = stored.lwa_client_secret_encrypted
            return Application(
                client_id=stored.lwa_client_id,
                client_secret=self.env["amazon.vault"]._decrypt(secret),
                application_id=stored.application_id or "",
                draft=stored.application_draft,
            )
        return self._get_shared()

    @api.model
    def _get_shared(self):
        """Return the ``Application`` of the Settings; texts are empty when unset."""
        return Application(
            client_id=self._get("lwa_client_id"),
            client_secret=self.env["amazon.vault"]._decrypt(
                self._get("lwa_client_secret_encrypted")
            ),
            application_id=self._get("application_id"),
            draft=bool(self._get("application_draft")),
        )

    @api.model
    def _is_known(self, credentials):
        """Whether a record's application has both identifier and secret."""
        if credentials.lwa_client_id:
            return bool(credentials.lwa_client_secret_encrypted)
        return bool(
            self._get("lwa_client_id") and self._get("lwa_client_secret_encrypted")
        )

    @api.model
    def _get_secret_expiry(self, credentials):
        """Return the date by which the client secret has to be replaced, or False."""
        created = credentials.secret_made_on
        if not credentials.lwa_client_id:
            created = fields.Date.to_date(self._get("secret_made_on"))
        return created and created + SECRET_LIFE

    @api.model
    def _check_secret_created_on(self, created):
        """:raise ValidationError: when a secret is created in the future"""
        # Elsewhere it is tomorrow already.
        tomorrow = fields.Date.context_today(self) + timedelta(days=1)
        if created and created > tomorrow:
            raise ValidationError(
                self.env._(
                    "Client Secret Created On cannot be in the future: you would not "
                    "be reminded before the secret expires."
                )
            )

    @api.model
    def _get(self, name):
        """Return a value of the Settings by its name without prefix, "" when unset."""
        return self.env["ir.config_parameter"].sudo().get_param(PREFIX + name) or ""
