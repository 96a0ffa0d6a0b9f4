"""What Amazon's Data Protection Policy asks of the place where Odoo runs, looked at.

Nothing is changed: each line says how it is, and what to do.
"""

import os
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import config

from ..connection.amazon_vault import KEY_NAME

PASSWORD_CHARACTERS = 12
_LOCAL_HOSTS = ("http://localhost", "http://127.0.0.1", "http://[::1]")


class AmazonSecurityCheck(models.TransientModel):
    _name = "amazon.security.check"
    _description = "Amazon Security Check"
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="What", readonly=True)
    verdict = fields.Selection(
        selection=[
            ("good", "Good"),
            ("look", "Look at it"),
            ("bad", "To mend"),
        ],
        readonly=True,
    )
    finding = fields.Char(readonly=True)
    advice = fields.Char(string="What to Do", readonly=True)

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Look at everything now, and show what was found."""
        group = "amazon_connector.amazon_connector_group_manager"
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Only an administrator of Amazon may see the security check."
                )
            )
        checks = [check for check in self.sudo()._get_checks() if check]
        rows = self.sudo().create(
            [dict(check, sequence=place) for place, check in enumerate(checks, start=1)]
        )
        mine = [("id", "in", rows.ids)]
        return {
            "name": self.env._("Security Check"),
            "type": "ir.actions.act_window",
            "res_model": "amazon.security.check",
            "view_mode": "kanban",
            "domain": mine,
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_checks(self):
        """Return the values of the lines, a list; an addon may add its own."""
        return [
            self._check_two_factor(),
            self._check_passwords(),
            self._check_https(),
            self._check_key(),
            *self._check_secrets(),
            self._check_days(),
            self._check_readers(),
            self._check_backups(),
        ]

    @api.model
    def _get_line(self, name, verdict, finding, advice=""):
        return {
            "name": name,
            "verdict": verdict,
            "finding": finding,
            "advice": "" if verdict == "good" else advice,
        }

    @api.model
    def _get_readers(self):
        """Return the people who may read personal data of buyers, ``res.users``."""
        group = self.env.ref("amazon_connector.amazon_connector_group_personal_data")
        return group.all_user_ids.filtered("active")

    @api.model
    def _check_two_factor(self):
        _ = self.env._
        name = _("Two-factor authentication")
        advice = _(
            "Under Settings, Permissions, switch on Enforce two-factor authentication "
            "for employees (app: 2FA Invite mail)."
        )
        users = self.env["res.users"]
        policy = self.env["ir.config_parameter"].get_param("auth_totp.policy")
        if policy in ("employee_required", "all_required"):
            return self._get_line(name, "good", _("Everybody has to use it."))
        if "totp_enabled" not in users._fields:
            return self._get_line(name, "bad", _("It is not installed."), advice)
        people = users.search([("share", "=", False)])
        without = people.filtered(lambda user: not user.totp_enabled)
        if not without:
            return self._get_line(name, "good", _("All users have it."))
        return self._get_line(
            name,
            "bad",
            _(
                "%(count)s of %(all)s users log in with a password alone.",
                count=len(without),
                all=len(people),
            ),
            advice,
        )

    @api.model
    def _check_passwords(self):
        _ = self.env._
        name = _("Passwords")
        advice = _(
            "Install Password Policy and set a minimum of %s characters under "
            "Settings, Permissions.",
            PASSWORD_CHARACTERS,
        )
        installed = self.env["ir.module.module"].search_count(
            [("name", "=", "auth_password_policy"), ("state", "=", "installed")]
        )
        if not installed:
            finding = _("A password of one character is accepted.")
            return self._get_line(name, "bad", finding, advice)
        parameters = self.env["ir.config_parameter"]
        length = int(parameters.get_param("auth_password_policy.minlength") or 0)
        verdict = "good" if length >= PASSWORD_CHARACTERS else "bad"
        finding = _("A password has %s characters at least.", length)
        return self._get_line(name, verdict, finding, advice)

    @api.model
    def _check_https(self):
        _ = self.env._
        name = _("Encrypted connection")
        url = self.env["ir.config_parameter"].get_param("web.base.url") or ""
        if url.startswith("https://"):
            return self._get_line(name, "good", _("Odoo's address begins with https."))
        is_local = url.startswith(_LOCAL_HOSTS)
        return self._get_line(
            name,
            "look" if is_local else "bad",
            _("Odoo's address does not begin with https."),
            _(
                "Put Odoo behind a web server with a certificate, and correct the "
                "system parameter web.base.url."
            ),
        )

    @api.model
    def _check_key(self):
        _ = self.env._
        name = _("Key of what is encrypted")
        try:
            self.env["amazon.vault"]._get_keys()
        except UserError as error:
            return self._get_line(name, "bad", str(error), _("Put the key back."))
        if os.environ.get(KEY_NAME.upper()) or config.get(KEY_NAME):
            finding = _("It is set apart from database and files.")
            return self._get_line(name, "good", finding)
        return self._get_line(
            name,
            "look",
            _("It is a file in Odoo's data directory, so backups of it hold the key."),
            _(
                "Set it as %s in odoo.conf or in the environment, and keep it away "
                "from the backups.",
                KEY_NAME,
            ),
        )

    @api.model
    def _check_secrets(self):
        """Return a line for each store that is connected."""
        _ = self.env._
        today = fields.Date.context_today(self)
        lines = []
        stores = self.env["amazon.connection"].search([("state", "!=", "draft")])
        for store in stores:
            ends_on = store.secret_ends_on
            name = _("Secret of %s", store.display_name)
            advice = _(
                "Renew the client secret in Amazon's Developer Central and enter it "
                "under Credentials."
            )
            if not ends_on:
                finding = _("It is not known when it was made.")
                lines.append(self._get_line(name, "look", finding, advice))
                continue
            left = (ends_on - today).days
            verdict = "good" if left > 30 else "look" if left > 0 else "bad"
            finding = _("It is to be renewed by %s.", ends_on)
            lines.append(self._get_line(name, verdict, finding, advice))
        return lines

    @api.model
    def _check_days(self):
        _ = self.env._
        name = _("Time that personal data is kept")
        stores = self.env["amazon.connection"].with_context(active_test=False)
        longest = max(stores.search([]).mapped("personal_data_days"), default=30)
        late = self.env["amazon.order"].search_count(
            self.env["amazon.order"]._get_removable_domain()
            & Domain(
                "personal_data_since",
                "<",
                fields.Datetime.now() - timedelta(days=longest + 2),
            ),
            limit=1,
        )
        if late:
            return self._get_line(
                name,
                "bad",
                _("Orders are there whose data should be gone."),
                _(
                    "See that the scheduled action Amazon: Remove personal data runs, "
                    "and what its runs say in Integration History."
                ),
            )
        finding = _("It goes %s days after the delivery at the latest.", longest)
        verdict = "good" if longest <= 30 else "look"
        advice = _("Amazon allows 30 days, and more only where a law asks for it.")
        return self._get_line(name, verdict, finding, advice)

    @api.model
    def _check_readers(self):
        _ = self.env._
        readers = self._get_readers()
        return self._get_line(
            _("Who reads personal data"),
            "look",
            _("Users in the group Amazon: Buyers / Personal data: %s.", len(readers)),
            _(
                "Look through them four times a year, and take out who left within a "
                "day. Nobody should share an account."
            ),
        )

    @api.model
    def _check_backups(self):
        _ = self.env._
        return self._get_line(
            _("Backups"),
            "look",
            _("Odoo cannot see how they are kept."),
            _(
                "Encrypt them, keep them for 30 days at most, and restore one now and "
                "then. What was removed here is still in older ones."
            ),
        )
