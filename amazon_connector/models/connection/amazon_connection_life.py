"""A connection over the years: what expires, who is reminded, how it is renewed."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from .amazon_credentials import MANAGER

# The seller has to authorise an application anew every 365 days.
AUTHORIZATION_LIFE = timedelta(days=365)
# How long before an end its responsible is reminded.
NOTICE = timedelta(days=30)
# What the responsible is told, by type of activity.
_TYPE = "amazon_connector.mail_activity_type_"
REAUTHORIZE_REMINDER = f"{_TYPE}reauthorize"
ROLE_REMINDER = f"{_TYPE}role"
SECRET_REMINDER = f"{_TYPE}secret"
AUTHORIZATION_REMINDER = f"{_TYPE}authorization"
KEY_REMINDER = f"{_TYPE}key"
IMPORT_REMINDER = f"{_TYPE}import"


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    refusal = fields.Selection(
        selection=[
            ("client", "The application's secret"),
            ("grant", "The seller's authorisation"),
            ("forbidden", "The access"),
        ],
        copy=False,
        readonly=True,
        help="What Amazon refused when the connection had to stop.",
    )
    refusal_message = fields.Char(
        copy=False, readonly=True, help="Why the connection had to stop, in words."
    )
    is_account_proven = fields.Boolean(
        copy=False,
        readonly=True,
        help="Amazon itself told the Selling Partner ID, or answered for its listings.",
    )
    waits_for_settings = fields.Boolean(compute="_compute_waits_for_settings")
    authorized_on = fields.Date(
        copy=False,
        readonly=True,
        help="When the seller authorised the application. Amazon wants it renewed "
        "every 365 days.",
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
            ends = self.env["amazon.application"]._get_secret_expiry(stored)
            connection.secret_ends_on = ends
            connection.secret_days_left = (ends - today).days if ends else 0

    @api.depends("state", "refusal", "lwa_client_id")
    def _compute_waits_for_settings(self):
        """Whether a new secret in the Settings lets the connection go on."""
        for connection, stored in zip(self, self.sudo(), strict=True):
            connection.waits_for_settings = (
                stored.state == "reauthorize"
                and stored.refusal == "client"
                and not stored.lwa_client_id
            )

    # === ACTION METHODS === #

    def action_authorize_again(self):
        """Open the guided set-up at its first page, for this connection."""
        self.ensure_one()
        self.check_access("write")
        return self.env["amazon.connection.setup"]._open_for(self)

    # === BUSINESS METHODS - AUTHORISATION === #

    def _require_reauthorisation(self, sentence, refusal):
        """Stop the jobs of the connection and tell its responsible, once.

        :param str refusal: the reason of the ``AuthError``
        """
        self.ensure_one()
        self.write(
            {
                "state": "reauthorize",
                "refusal": refusal,
                "refusal_message": sentence,
            }
        )
        self._schedule_reminder(
            REAUTHORIZE_REMINDER, sentence, fields.Date.context_today(self)
        )

    @api.model
    def _resume_after_settings_change(self):
        """What the Settings hold is new: ask Amazon again for whom it was refused.

        Is the new secret wrong too, the first job of each store stops it again.
        """
        domain = [
            ("state", "=", "reauthorize"),
            ("refusal", "=", "client"),
            ("active", "in", (True, False)),
        ]
        refused = self.sudo().search(domain)
        for connection in refused.filtered("waits_for_settings"):
            connection.state = connection._get_connected_state()
            connection._reset_job_failures()
            connection._resume_jobs()

    def _fill_secret_dates(self, vals):
        """So is what the seller authorised."""
        vals = super()._fill_secret_dates(vals)
        typed = self.env["amazon.vault"]._clean(vals.get("refresh_token"))
        if not typed or vals.get("authorized_on"):
            return vals
        return vals | {"authorized_on": fields.Date.context_today(self)}

    # === BUSINESS METHODS - REMINDERS === #

    @api.model
    def _cron_remind(self):
        """Tell in time what has to be renewed; called once a day."""
        for connection in self.search([("state", "!=", "draft")]):
            connection._remind_of_expiry()

    def _remind_of_expiry(self):
        limit = fields.Date.context_today(self) + NOTICE
        secret, authorization = self.secret_ends_on, self.authorization_ends_on
        if secret and secret <= limit:
            self._schedule_reminder(
                SECRET_REMINDER,
                self.env._(
                    "Make a new client secret in Seller Central (Develop Apps) and "
                    "enter it in Odoo before %s; Amazon refuses the old one then. "
                    "The authorisation stays valid.",
                    secret,
                ),
                secret - timedelta(days=7),
            )
        if authorization and authorization <= limit:
            self._schedule_reminder(
                AUTHORIZATION_REMINDER,
                self.env._(
                    "Open the connection and press Authorise again before %s; Amazon "
                    "wants it renewed every year.",
                    authorization,
                ),
                authorization - timedelta(days=7),
            )

    def _schedule_reminder(self, reminder, note, deadline):
        """Give the responsible one activity of this kind, not one each day."""
        if not self.activity_search([reminder]):
            self.activity_schedule(
                reminder,
                date_deadline=deadline,
                note=note,
                user_id=self._get_responsible().id,
            )

    def _schedule_denial_reminder(self, function, sentence):
        """Tell of a function that Amazon denies: one activity, which names all."""
        note = f"{function}: {sentence}"
        activity = self.activity_search([ROLE_REMINDER])
        if not activity:
            self._schedule_reminder(
                ROLE_REMINDER, note, fields.Date.context_today(self)
            )
        elif function not in (activity[0].note or ""):
            activity[0].note += Markup("<p>%s</p>") % note

    def _get_responsible(self):
        """Return who is told; an archived user reads nothing."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        candidates = (
            self.user_id
            | self.create_uid
            | managers.filtered(lambda user: self.company_id in user.company_ids)
        )
        return candidates.filtered("active")[:1] or self.create_uid

    def _unlink_renewal_reminders(self, vals):
        """What was asked for is done when these values put the end off."""
        limit = fields.Date.context_today(self) + NOTICE
        for name, ends_on, reminder in (
            ("authorized_on", "authorization_ends_on", AUTHORIZATION_REMINDER),
            ("secret_made_on", "secret_ends_on", SECRET_REMINDER),
        ):
            if vals.get(name):
                renewed = self.sudo().filtered(
                    lambda one, end=ends_on: one[end] and one[end] > limit
                )
                renewed.activity_unlink([reminder])

    def _reset_job_failures(self):
        """What failed or was denied may work by now: let it be tried."""
        self._reset_refusal()
        self.sudo().job_ids.write({"not_before": False, "failures": 0, "denials": 0})

    def _reset_refusal(self):
        """Amazon accepts the connection, or is about to be asked anew."""
        me = self.sudo()
        me.activity_unlink([REAUTHORIZE_REMINDER, ROLE_REMINDER])
        me.filtered("refusal").write({"refusal": False, "refusal_message": False})
