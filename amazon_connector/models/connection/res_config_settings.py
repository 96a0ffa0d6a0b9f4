"""Settings: the application that the sellers authorise, and the key of the secrets."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .amazon_application import PREFIX, REDIRECT_URI_HELP
from .reminders import SECRET_REMINDER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    amazon_application_id = fields.Char(
        string="Amazon Application ID",
        config_parameter=PREFIX + "application_id",
        help="amzn1.sellerapps.app.… Needed only to authorise on Amazon's page.",
    )
    amazon_application_draft = fields.Boolean(
        string="Draft Application",
        config_parameter=PREFIX + "application_draft",
        help="The application is not published in Amazon's Appstore. Amazon limits how "
        "many sellers may authorise a draft.",
    )
    amazon_lwa_client_id = fields.Char(
        string="Client Identifier", config_parameter=PREFIX + "lwa_client_id"
    )
    amazon_lwa_client_secret = fields.Char(
        string="Client Secret",
        compute="_compute_amazon_lwa_client_secret",
        inverse="_inverse_amazon_lwa_client_secret",
        exportable=False,
    )
    amazon_secret_is_new = fields.Boolean(readonly=True)
    amazon_has_secret = fields.Boolean(compute="_compute_amazon_lwa_client_secret")
    amazon_secret_made_on = fields.Date(string="Secret Created On")
    amazon_redirect_uri = fields.Char(
        string="Redirect URI",
        compute="_compute_amazon_redirect_uri",
        help=REDIRECT_URI_HELP,
    )
    amazon_redirect_problem = fields.Char(
        compute="_compute_amazon_redirect_uri", help="Why it cannot be used."
    )

    # === COMPUTE METHODS === #

    def _compute_amazon_lwa_client_secret(self):
        """Nobody reads a secret back."""
        stored = self.env["amazon.application"]._get("lwa_client_secret_encrypted")
        self.amazon_lwa_client_secret = False
        self.amazon_has_secret = bool(stored)

    def _compute_amazon_redirect_uri(self):
        address, problem = self.env[
            "amazon.connection.setup"
        ]._get_redirect_uri_and_problem()
        self.amazon_redirect_uri = address
        self.amazon_redirect_problem = problem

    def _inverse_amazon_lwa_client_secret(self):
        vault = self.env["amazon.vault"]
        for settings in self:
            secret = vault._clean(settings.amazon_lwa_client_secret)
            if not secret:
                continue
            settings._set_amazon("lwa_client_secret_encrypted", vault._encrypt(secret))
            # A new secret is taken to be created today, unless another day was typed.
            before = self.env["amazon.application"]._get("secret_made_on")
            if fields.Date.to_string(settings.amazon_secret_made_on) == (
                before or False
            ):
                settings.amazon_secret_made_on = fields.Date.context_today(settings)
            settings.amazon_secret_is_new = True
            settings._unlink_secret_reminders()
        # What was typed stays in the cache else, and is sent back with the form.
        self.invalidate_recordset(["amazon_lwa_client_secret"], flush=False)

    def _unlink_secret_reminders(self):
        """The secret of all stores that use this application was renewed."""
        connections = self.env["amazon.connection"].sudo()
        shared = connections.search([("lwa_client_id", "=", False)])
        shared._drop_reminders([SECRET_REMINDER])

    # === ACTION METHODS === #

    def action_amazon_rotate_key(self):
        """Encrypt everything with the first of the keys that are configured."""
        if not self.env.user.has_group("base.group_system"):
            raise UserError(self.env._("Only an administrator may change keys."))
        self.env["amazon.vault"]._rotate()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Everything is encrypted with the first key now. Older keys may "
                    "be taken out of the configuration."
                ),
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def get_values(self):
        values = super().get_values()
        made = self.env["amazon.application"]._get("secret_made_on")
        return values | {"amazon_secret_made_on": made or False}

    def set_values(self):
        self.env["amazon.application"]._check_secret_created_on(
            self.amazon_secret_made_on
        )
        vault = self.env["amazon.vault"]
        for name in ("amazon_application_id", "amazon_lwa_client_id"):
            self[name] = vault._clean(self[name]) or False
        known = self.env["amazon.application"]._get("lwa_client_id")
        result = super().set_values()
        made = fields.Date.to_string(self.amazon_secret_made_on)
        self._set_amazon("secret_made_on", made)
        if self.amazon_secret_is_new or (self.amazon_lwa_client_id or "") != known:
            self.env["amazon.connection"]._resume_after_settings_change()
        return result

    def _set_amazon(self, name, value):
        self.env["ir.config_parameter"].sudo().set_param(PREFIX + name, value)
