"""A connection over the years: what expires, who is reminded, how it is renewed."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# The seller has to authorise an application anew every 365 days.
AUTHORIZATION_LIFE = timedelta(days=365)
# How long before an end its responsible is reminded.
NOTICE = timedelta(days=30)
# Denials in a row after which it is no hiccup of Amazon.
DENIALS = 3


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    authorized_on = fields.Date(
        copy=False,
        readonly=True,
        help="When the seller authorised the application. Amazon wants it renewed "
        "every 365 days.",
    )
    secret_made_on = fields.Date(
        string="Client Secret Made On",
        copy=False,
        groups="amazon_connector.amazon_connector_group_manager",
        help="When the client secret of this store's own application was made in "
        "Seller Central. It lasts 180 days.",
    )
    authorization_ends_on = fields.Date(compute="_compute_ends")
    authorization_days_left = fields.Integer(compute="_compute_ends")
    secret_ends_on = fields.Date(compute="_compute_ends")
    secret_days_left = fields.Integer(compute="_compute_ends")

    # === COMPUTE METHODS === #

    @api.depends("authorized_on", "secret_made_on", "lwa_client_id")
    def _compute_ends(self):
        today = fields.Date.context_today(self)
        for connection, stored in zip(self, self.sudo(), strict=True):
            authorized = connection.authorized_on
            ends = authorized and authorized + AUTHORIZATION_LIFE
            connection.authorization_ends_on = ends
            connection.authorization_days_left = (ends - today).days if ends else 0
            ends = self.env["amazon.application"]._secret_expiry(stored)
            connection.secret_ends_on = ends
            connection.secret_days_left = (ends - today).days if ends else 0

    # === ACTION METHODS === #

    def action_authorize_again(self):
        """Open the guided set-up at its first page, for this connection."""
        self.ensure_one()
        self.check_access("write")
        return self.env["amazon.connection.setup"]._open_for(self)

    # === BUSINESS METHODS - AUTHORISATION === #

    def _require_reauthorisation(self, reason):
        """Stop the jobs of the connection and tell its responsible, once."""
        self.ensure_one()
        self.state = "reauthorize"
        self._remind(
            self.env._("Amazon refuses the authorisation"),
            reason,
            fields.Date.context_today(self),
        )

    def _is_denied_for_good(self, error, failures):
        """Whether an authorisation error means that a person has to act."""
        return error.reason != "forbidden" or failures >= DENIALS

    # === BUSINESS METHODS - REMINDERS === #

    @api.model
    def _cron_remind(self):
        """Tell in time what has to be renewed; called once a day."""
        for connection in self.search([("state", "!=", "draft")]):
            connection._remind_of_ends()

    def _remind_of_ends(self):
        limit = fields.Date.context_today(self) + NOTICE
        secret, authorization = self.secret_ends_on, self.authorization_ends_on
        if secret and secret <= limit:
            self._remind(
                self.env._("Amazon client secret expires"),
                self.env._(
                    "Make a new client secret in Seller Central (Develop Apps) and "
                    "enter it in Odoo before %s; Amazon refuses the old one then. "
                    "The authorisation stays valid.",
                    secret,
                ),
                secret - timedelta(days=7),
            )
        if authorization and authorization <= limit:
            self._remind(
                self.env._("Amazon authorisation ends"),
                self.env._(
                    "Open the connection and press Authorise again before %s; Amazon "
                    "wants it renewed every year.",
                    authorization,
                ),
                authorization - timedelta(days=7),
            )

    def _remind(self, summary, note, deadline):
        """Give the responsible one activity of this kind, not one each day."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        if self.activity_ids.filtered(
            Domain("activity_type_id", "=", todo.id)
            & Domain("automated", "=", True)
            & Domain("summary", "=", summary)
        ):
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=deadline,
            summary=summary,
            note=note,
            user_id=(self.user_id or self.create_uid).id,
        )

    def _forget_reminders(self):
        """What was asked for is done."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
