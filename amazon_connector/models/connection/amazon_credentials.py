"""Credentials as they are typed: cleaned, stored encrypted, never read back.

A secret has a field that is typed into and always reads empty, and another
(``…_encrypted``) that nobody but the server reads.
"""

from odoo import api, fields, models

from .amazon_vault import NO_ACCESS

MANAGER = "amazon_connector.amazon_connector_group_manager"
PASTED = (
    "seller_id",
    "application_id",
    "lwa_client_id",
    "lwa_client_secret",
    "refresh_token",
    "authorization_code",
)


class AmazonCredentials(models.AbstractModel):
    _name = "amazon.credentials"
    _description = "Amazon Credentials"

    seller_id = fields.Char(
        string="Selling Partner ID",
        copy=False,
        help="Also called Merchant Token. Seller Central shows it under "
        "Settings > Account Info.",
    )
    application_id = fields.Char(
        string="Application ID",
        copy=False,
        groups=MANAGER,
        help="Develop Apps shows it beside the application. Needed only to authorise "
        "on Amazon's page.",
    )
    application_draft = fields.Boolean(
        string="Draft Application",
        groups=MANAGER,
        help="A draft is not published in Amazon's Appstore; Amazon limits how many "
        "sellers may authorise one.",
    )
    lwa_client_id = fields.Char(
        string="Client Identifier",
        copy=False,
        groups=MANAGER,
        help="LWA client identifier of an application of this store's own. Left empty, "
        "the application of the Settings is used, with its client secret.",
    )
    lwa_client_secret = fields.Char(
        string="Client Secret",
        compute="_compute_secrets",
        inverse="_inverse_lwa_client_secret",
        copy=False,
        exportable=False,
        groups=MANAGER,
    )
    secret_made_on = fields.Date(
        string="Client Secret Created On",
        copy=False,
        groups=MANAGER,
        help="When Seller Central created the secret of this store's own application. "
        "It lasts 180 days. Left empty, today is taken for a secret that you enter.",
    )
    refresh_token = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_refresh_token",
        copy=False,
        exportable=False,
        groups=MANAGER,
    )
    lwa_client_secret_encrypted = fields.Char(copy=False, groups=NO_ACCESS)
    refresh_token_encrypted = fields.Char(copy=False, groups=NO_ACCESS)
    has_secret = fields.Boolean(compute="_compute_has_credentials")
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

    @api.depends(
        "lwa_client_id", "lwa_client_secret_encrypted", "refresh_token_encrypted"
    )
    def _compute_has_credentials(self):
        for record, stored in zip(self, self.sudo(), strict=True):
            record.has_secret = bool(stored.lwa_client_secret_encrypted)
            record.has_credentials = bool(
                stored.refresh_token_encrypted
                and self.env["amazon.application"]._is_known(stored)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("secret_made_on")
    def _check_secret_made_on(self):
        for record in self.sudo():
            self.env["amazon.application"]._check_secret_created_on(
                record.secret_made_on
            )

    # === CRUD METHODS - STEPS OF CREATE AND WRITE === #

    def _prepare_credentials_vals(self, vals):
        """Return the values as they are stored: cleaned, secrets with their dates.

        A model with credentials calls it once, at the start of its ``create`` and
        ``write``.
        """
        return self._fill_secret_dates(self._clean_pasted(vals))

    @api.model
    def _clean_pasted(self, vals):
        """Remove the blanks and control characters that come with pasting.

        Amazon writes a Selling Partner ID in capitals; typed small it is no other.
        """
        clean = self.env["amazon.vault"]._clean
        pasted = {
            name: clean(vals[name]) or False
            for name in PASTED
            if isinstance(vals.get(name), str)
        }
        if pasted.get("seller_id"):
            pasted["seller_id"] = pasted["seller_id"].upper()
        return vals | pasted

    def _fill_secret_dates(self, vals):
        """Take a secret that is entered to be created today, unless a day is given."""
        typed = self.env["amazon.vault"]._clean(vals.get("lwa_client_secret"))
        if not typed or vals.get("secret_made_on"):
            return vals
        return vals | {"secret_made_on": fields.Date.context_today(self)}

    def _store_secret(self, name):
        """Encrypt what was typed; an empty field keeps what is stored."""
        vault = self.env["amazon.vault"]
        for record in self:
            if typed := vault._clean(record[name]):
                record.sudo()[f"{name}_encrypted"] = vault._encrypt(typed)
        # What was typed stays in the cache else, and is sent back with the form.
        self.invalidate_recordset([name], flush=False)
