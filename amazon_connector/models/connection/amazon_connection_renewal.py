"""What expires or is refused: who is reminded, and how a connection is renewed."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from .amazon_credentials import MANAGER
from .reminders import (
    AUTHORIZATION_REMINDER,
    REAUTHORIZE_REMINDER,
    RESPONSIBLES,
    ROLE_REMINDER,
    SECRET_REMINDER,
)

# How long before an end its responsible is reminded.
NOTICE = timedelta(days=30)


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === ACTION METHODS === #

    def action_authorize_again(self):
        """Open the guided set-up at its first page, for this connection."""
        self.ensure_one()
        self.check_access("write")
        setup = self.env["amazon.connection.setup"]._create_for_connection(self)
        return setup._get_setup_action()

    # === BUSINESS METHODS - AUTHORISATION === #

    def _require_reauthorisation(self, sentence, refusal):
        """Stop the jobs of the connection and remind its responsible, once.

        :param str sentence: why, as the user reads it
        :param str refusal: the reason of the ``AuthError``: client, grant, forbidden
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
        """Ask Amazon again for the stores that wait for what the Settings hold.

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

    # === BUSINESS METHODS - REMINDERS === #

    @api.model
    def _cron_remind(self):
        """Remind in time of what has to be renewed; called once a day."""
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
        """Give its responsible one activity of this type, not one each day.

        :param str reminder: XML id of the type, see reminders.py
        """
        if not self.activity_search([reminder]):
            self.activity_schedule(
                reminder,
                date_deadline=deadline,
                note=note,
                user_id=self._get_responsible(reminder).id,
            )

    def _drop_reminders(self, reminders):
        """Remove the activities of these types: what they were about is settled.

        :param reminders: XML ids of the types, see reminders.py
        """
        # Often asked of connections that have none.
        if self.activity_ids:
            self.activity_unlink(reminders)

    def _schedule_denial_reminder(self, function, sentence):
        """Remind of a function that Amazon denies: one activity, which names all.

        :param str function: the label of the job
        """
        note = f"{function}: {sentence}"
        activity = self.activity_search([ROLE_REMINDER])
        if not activity:
            self._schedule_reminder(
                ROLE_REMINDER, note, fields.Date.context_today(self)
            )
        elif function not in (activity[0].note or ""):
            activity[0].note += Markup("<p>%s</p>") % note

    def _get_responsible(self, reminder=None):
        """Return the user who is reminded; an archived user reads nothing.

        :param str reminder: XML id of the type, see reminders.py; ``None``: of what
            concerns the connection as a whole
        """
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        name = RESPONSIBLES.get(reminder, "user_id")
        candidates = (
            self[name]
            | self.user_id
            | self.create_uid
            | managers.filtered(lambda user: self.company_id in user.company_ids)
        )
        return candidates.filtered("active")[:1] or self.create_uid

    def _get_all_responsibles(self):
        """Return the users whom these connections remind of one thing or another."""
        users = self.env["res.users"]
        for connection in self:
            for reminder in [None, *RESPONSIBLES]:
                users |= connection._get_responsible(reminder)
        return users

    def _unlink_renewal_reminders(self, vals):
        """Unlink the reminders of what these values renew."""
        for name, ends_on, reminder in (
            ("authorized_on", "authorization_ends_on", AUTHORIZATION_REMINDER),
            ("secret_made_on", "secret_ends_on", SECRET_REMINDER),
        ):
            if vals.get(name):
                limit = fields.Date.context_today(self) + NOTICE
                renewed = self.sudo().filtered(
                    lambda one, end=ends_on, limit=limit: one[end] and one[end] > limit
                )
                renewed._drop_reminders([reminder])

    def _reset_job_failures(self):
        """Let what failed or was denied be tried again at once."""
        self._reset_refusal()
        self.sudo().job_ids.write({"not_before": False, "failures": 0, "denials": 0})

    def _reset_refusal(self):
        """Amazon accepts the connection, or is about to be asked again."""
        me = self.sudo()
        me._drop_reminders([REAUTHORIZE_REMINDER, ROLE_REMINDER])
        me.filtered("refusal").write({"refusal": False, "refusal_message": False})
