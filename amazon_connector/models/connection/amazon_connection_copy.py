"""What a connection shows and asks when its database may be a copy."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .amazon_copy_guard import STATES
from .amazon_credentials import MANAGER
from .reminders import COPY_REMINDER


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    copy_state = fields.Selection(
        selection=STATES,
        compute="_compute_copy_state",
        help="Whether this database is the one that speaks with Amazon.",
    )
    copy_question = fields.Char(compute="_compute_copy_state")

    # === COMPUTE METHODS === #

    def _compute_copy_state(self):
        guard = self.env["amazon.copy.guard"]._get_row()
        question = guard._get_question()
        for connection in self:
            # Who was never connected has nothing to be silent about.
            is_concerned = connection.state != "draft"
            connection.copy_state = is_concerned and guard.state or "clear"
            connection.copy_question = is_concerned and question

    # === ACTION METHODS === #

    def action_stay_silent(self):
        """Say for the whole database that it is a copy."""
        self._check_may_decide()
        self.env["amazon.copy.guard"]._get_row()._stay_silent()
        return self._get_notification(
            self.env._("This database stays silent. Nothing is sent to Amazon."), "info"
        )

    def action_go_on_selling(self):
        """Say for the whole database that it is the one that sells."""
        self._check_may_decide()
        self.env["amazon.copy.guard"]._get_row()._go_on()
        return self._get_notification(
            self.env._(
                "What happened on Amazon is read now. Shipments and quantities follow."
            ),
            "success",
        )

    def _check_may_decide(self):
        """:raise AccessError: for who is no administrator of Amazon
        :raise UserError: when nobody asked
        """
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only an Amazon administrator decides whether this is a copy."
                )
            )
        if self.env["amazon.copy.guard"]._get_row().state == "clear":
            raise UserError(
                self.env._("This was decided already. Reload the page to see it.")
            )

    # === BUSINESS METHODS === #

    def _ask_whether_copy(self, question):
        """Give an activity to who may answer: the responsible, or an administrator."""
        responsible = self._get_responsible()
        managers = (
            self.env.ref(MANAGER)
            .sudo()
            .all_user_ids.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            )
        )
        asked = responsible if responsible in managers else managers[:1]
        self.activity_schedule(
            COPY_REMINDER,
            date_deadline=fields.Date.context_today(self),
            note=question,
            user_id=(asked or responsible).id,
        )

    @api.model
    def _check_may_speak(self):
        """:raise UserError: when this database is, or may be, a copy"""
        guard = self.env["amazon.copy.guard"]._get_row()
        if guard.state != "clear":
            raise UserError(self._get_silence_sentence(guard._get_question()))

    @api.model
    def _get_silence_sentence(self, question):
        """Return what a question keeps from being done, and who may answer it.

        :param str question: what was noticed, as people read it
        """
        return self.env._(
            "%s Nothing is asked of Amazon or sent until an Amazon administrator says "
            "on the connection that it is the one that sells.",
            question,
        )
