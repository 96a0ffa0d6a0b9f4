"""The credentials of a connection: typed in, stored encrypted, never read back."""

from odoo import api, fields, models

from .amazon_vault import NO_ACCESS


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    lwa_client_id = fields.Char(
        string="Client Identifier",
        copy=False,
        groups="amazon_connector.amazon_connector_group_manager",
        help="LWA client identifier of your application in Seller Central.",
    )
    lwa_client_secret = fields.Char(
        string="Client Secret",
        compute="_compute_secrets",
        inverse="_inverse_lwa_client_secret",
        copy=False,
        exportable=False,
        groups="amazon_connector.amazon_connector_group_manager",
    )
    refresh_token = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_refresh_token",
        copy=False,
        exportable=False,
        groups="amazon_connector.amazon_connector_group_manager",
    )
    lwa_client_secret_encrypted = fields.Char(copy=False, groups=NO_ACCESS)
    refresh_token_encrypted = fields.Char(copy=False, groups=NO_ACCESS)
    has_credentials = fields.Boolean(compute="_compute_has_credentials")

    # === COMPUTE METHODS === #

    def _compute_secrets(self):
        """Nobody reads a secret back."""
        self.lwa_client_secret = False
        self.refresh_token = False

    def _inverse_lwa_client_secret(self):
        self._store_secret("lwa_client_secret")

    def _inverse_refresh_token(self):
        self._store_secret("refresh_token")

    def _store_secret(self, name):
        """Encrypt what was typed; an empty field keeps what is stored."""
        for connection in self.filtered(name):
            secret = "".join(connection[name].split())
            connection.sudo()[f"{name}_encrypted"] = self.env["amazon.vault"]._encrypt(
                secret
            )

    @api.depends(
        "lwa_client_id", "lwa_client_secret_encrypted", "refresh_token_encrypted"
    )
    def _compute_has_credentials(self):
        for connection, stored in zip(self, self.sudo(), strict=True):
            connection.has_credentials = bool(
                stored.lwa_client_id
                and stored.lwa_client_secret_encrypted
                and stored.refresh_token_encrypted
            )
