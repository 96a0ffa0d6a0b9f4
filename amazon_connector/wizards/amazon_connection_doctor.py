"""What is wrong with a connection, told from what Amazon answered and left out.

Nothing is asked of Amazon: it shows what is known. The text to copy holds no secret,
no name and no number of a seller or buyer.
"""

import time
from datetime import timedelta

from odoo import api, fields, models, release
from odoo.fields import Domain

from ..models.connection.amazon_connection_renewal import NOTICE
from ..spapi.quota import take
from ..spapi.roles import ADDRESS_ROLE, ROLES

# Orders that are looked at for what Amazon leaves out.
LOOK_BACK = timedelta(days=30)
# By less the clocks of two machines may differ; Amazon refuses times in its future.
CLOCK_TOLERANCE_SECONDS = 120
DENIED = 403
# The worst comes first.
LEVELS = [("bad", "Wrong"), ("warning", "Look at it"), ("good", "Well"), ("info", "")]


class AmazonConnectionDoctor(models.TransientModel):
    _name = "amazon.connection.doctor"
    _description = "Amazon Connection Doctor"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    line_ids = fields.One2many(
        comodel_name="amazon.connection.doctor.line",
        inverse_name="doctor_id",
        readonly=True,
    )
    answer_ids = fields.One2many(
        comodel_name="amazon.connection.doctor.answer",
        inverse_name="doctor_id",
        readonly=True,
    )
    diagnosis = fields.Text(readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _examine(self, connection):
        """Return the examination of a connection, a new record."""
        doctor = self.create({"connection_id": connection.id})
        known = connection.sudo()
        doctor.answer_ids = [
            fields.Command.create(doctor._prepare_answer_vals(bucket))
            for bucket in doctor._get_buckets(known)
        ]
        findings = [
            *doctor._find_state(known),
            *doctor._find_roles(known),
            *doctor._find_expiry(known),
            *doctor._find_clock(known),
            *doctor._find_jobs(known),
        ]
        levels = [level for level, _label in LEVELS]
        findings.sort(key=lambda vals: levels.index(vals["level"]))
        doctor.line_ids = [fields.Command.create(vals) for vals in findings]
        doctor.diagnosis = doctor._get_diagnosis(known)
        return doctor

    @api.model
    def _get_buckets(self, connection):
        """Return the quotas of the account of which Amazon answered something."""
        return (
            self.env["amazon.quota"]
            .sudo()
            .search(
                [
                    ("account", "=", connection._get_quota_account()),
                    ("last_answer_on", "!=", False),
                ],
                order="last_answer_on DESC, operation",
            )
        )

    @api.model
    def _prepare_answer_vals(self, bucket):
        left = _count_calls_left(bucket)
        return {
            "operation": bucket.operation,
            "role": ROLES.get(bucket.operation),
            "status": bucket.last_status,
            "answered_on": bucket.last_answer_on,
            "request_id": bucket.last_request_id,
            "used": 100 * (1 - left / bucket.burst),
            "burst": bucket.burst,
            "per_minute": 60 * bucket.rate,
            "clock_ahead": bucket.clock_ahead,
        }

    # === BUSINESS METHODS - FINDINGS === #

    @api.model
    def _prepare_line_vals(self, level, subject, finding, advice=""):
        return {
            "level": level,
            "subject": subject,
            "finding": finding,
            "advice": advice,
        }

    def _find_state(self, connection):
        """Return what is to be said of the connection itself."""
        _ = self.env._
        subject = _("Connection")
        if connection.copy_state != "clear":
            yield self._prepare_line_vals(
                "bad",
                subject,
                connection.copy_question,
                _("Say on the connection whether it is a copy."),
            )
        if not connection.active:
            yield self._prepare_line_vals(
                "warning",
                subject,
                _("The connection is inactive."),
                _("Set Active on the page General."),
            )
        elif connection.state == "reauthorize":
            yield self._prepare_line_vals(
                "bad",
                subject,
                connection.refusal_message or _("Amazon refuses the authorisation."),
                _("Press Authorise again on the connection."),
            )
        elif connection.state == "draft":
            yield self._prepare_line_vals(
                "warning",
                subject,
                _("The store is not connected."),
                _("Press Connect on the connection."),
            )
        elif connection.copy_state == "clear":
            yield self._prepare_line_vals("good", subject, _("Connected."))

    def _find_roles(self, connection):
        """Return which roles are missing, by what Amazon refuses or leaves out."""
        _ = self.env._
        answers = self.answer_ids
        for role in sorted(set(ROLES.values())):
            mine = answers.filtered(lambda one, role=role: one.role == role)
            denied = mine.filtered(lambda one: one.status == DENIED)
            subject = _("Role %s", role)
            if denied:
                yield self._prepare_line_vals(
                    "bad",
                    subject,
                    _(
                        "Amazon denied: %s.",
                        ", ".join(sorted(denied.mapped("operation"))),
                    ),
                    _(
                        "Give the application this role in Seller Central (Develop "
                        "Apps), then press Authorise again: a new role counts only in "
                        "a new authorisation."
                    ),
                )
            elif mine:
                yield self._prepare_line_vals(
                    "good", subject, _("Amazon answers what needs it.")
                )
            else:
                yield self._prepare_line_vals(
                    "info", subject, _("Nothing that needs it was asked yet.")
                )
        yield from self._find_address_role(connection)

    def _find_address_role(self, connection):
        """Return whether Amazon leaves out where orders are to be shipped."""
        _ = self.env._
        orders = self.env["amazon.order"].sudo()
        recent = Domain("connection_id", "=", connection.id) & Domain(
            [
                ("purchase_date", ">=", fields.Datetime.now() - LOOK_BACK),
                ("sale_order_id", "!=", False),
            ]
        )
        left_out = Domain("is_address_missing", "=", True) | Domain(
            "is_address_hidden", "=", True
        )
        total = orders.search_count(recent)
        missing = orders.search_count(recent & left_out)
        subject = _("Role %s", ADDRESS_ROLE)
        if not total:
            yield self._prepare_line_vals(
                "info", subject, _("No order of the last 30 days shows it.")
            )
        elif not missing:
            yield self._prepare_line_vals(
                "good", subject, _("All orders of the last 30 days have an address.")
            )
        else:
            finding = _(
                "Amazon left out the address of %(missing)s of the %(total)s orders of "
                "the last 30 days.",
                missing=missing,
                total=total,
            )
            is_role = missing == total
            advice = _(
                "The application lacks this role: ask Amazon for it in Seller Central "
                "(Develop Apps), then press Authorise again. The addresses come in by "
                "themselves."
            )
            if not is_role:
                advice = _(
                    "The others have theirs, so the role is there. Amazon shows some "
                    "later; they come in by themselves."
                )
            yield self._prepare_line_vals(
                "bad" if is_role else "warning", subject, finding, advice
            )

    def _find_expiry(self, connection):
        """Return how long the authorisation and the secret last."""
        _ = self.env._
        for subject, ends_on, days, advice in (
            (
                _("Authorisation"),
                connection.authorization_ends_on,
                connection.authorization_days_left,
                _("Press Authorise again on the connection."),
            ),
            (
                _("Client secret"),
                connection.secret_ends_on,
                connection.secret_days_left,
                _("Make a new one in Seller Central (Develop Apps) and enter it."),
            ),
        ):
            if not ends_on:
                yield self._prepare_line_vals(
                    "info", subject, _("It is not known when it ends.")
                )
            elif days < 0:
                yield self._prepare_line_vals(
                    "bad", subject, _("It ended on %s.", ends_on), advice
                )
            else:
                is_near = days < NOTICE.days
                yield self._prepare_line_vals(
                    "warning" if is_near else "good",
                    subject,
                    _("%(days)s days left, until %(date)s.", days=days, date=ends_on),
                    advice if is_near else "",
                )

    def _find_clock(self, _connection):
        """Return by how much the clocks differ, as far as Amazon showed its own."""
        _ = self.env._
        subject = _("Clock")
        latest = self.answer_ids[:1]
        ahead = latest.clock_ahead
        if not latest:
            yield self._prepare_line_vals(
                "info", subject, _("Amazon has not answered yet.")
            )
        elif abs(ahead) <= CLOCK_TOLERANCE_SECONDS:
            yield self._prepare_line_vals(
                "good", subject, _("It goes as Amazon's does.")
            )
        else:
            finding = (
                _("Amazon's clock is %s seconds ahead of this server's.", round(ahead))
                if ahead > 0
                else _("This server's clock is %s seconds ahead.", round(-ahead))
            )
            yield self._prepare_line_vals(
                "bad",
                subject,
                finding,
                _("Have the server set its clock by itself (NTP)."),
            )

    def _find_jobs(self, connection):
        """Return the jobs that fail."""
        _ = self.env._
        failing = connection.job_ids.filtered("failures")
        for job in failing:
            error = job.last_run_id.line_ids.filtered(lambda one: one.level == "error")
            is_repeated = job.failures > 1
            finding = (
                _("Its last %s runs failed.", job.failures)
                if is_repeated
                else _("Its last run failed.")
            )
            yield self._prepare_line_vals(
                "bad" if is_repeated else "warning",
                job.display_name,
                f"{finding} {error[-1:].message or ''}".strip(),
                _("It is tried again by itself; Integration History has all of it."),
            )
        if connection.job_ids and not failing:
            yield self._prepare_line_vals("good", _("Jobs"), _("None fails."))

    # === BUSINESS METHODS - TEXT === #

    def _get_diagnosis(self, connection):
        """Return all of it as plain text, for who helps from outside.

        Written for support, so not translated; nothing that names anybody, and no
        sentence that may quote Amazon or a person.
        """
        module = self.env["ir.module.module"].sudo()
        addon = module.search([("name", "=", "amazon_connector")])
        server = self.env.cr._cnx.server_version
        types = self.env["amazon.job.type"]._get_types()
        switches = dict.fromkeys(one._switch for one in types if one._switch)
        lines = [
            f"Amazon Connector {addon.installed_version}, Odoo {release.version}, "
            f"PostgreSQL {server // 10000}",
            f"At {fields.Datetime.now()} UTC",
            f"Connection {connection.id}: {connection.state}, "
            f"{'active' if connection.active else 'inactive'}, {connection.region}, "
            f"{connection.marketplace_id.amazon_marketplace_id}, "
            f"{connection.environment}, copy: {connection.copy_state}",
            "Switches: "
            + ", ".join(
                f"{name} {'on' if connection[name] else 'off'}" for name in switches
            ),
            f"Refused: {connection.refusal or 'nothing'}",
            f"Orders synced until: {connection.orders_synced_until or 'never'}",
            f"Days left: authorisation {_days(connection, 'authorization')}, "
            f"client secret {_days(connection, 'secret')}",
            "",
            "Jobs: kind, last run, how it ended, failures, denials, not before",
        ]
        lines += [
            f"{job.kind}, {job.last_start or 'never'}, {job.last_outcome or '-'}, "
            f"{job.failures}, {job.denials}, {job.not_before or '-'}"
            for job in connection.job_ids
        ]
        lines += [
            "",
            "Last answers: operation, status, when, quota used, clock ahead, request",
        ]
        lines += [
            f"{one.operation}, {one.status}, {one.answered_on}, {one.used:.0f} %, "
            f"{one.clock_ahead:.0f} s, {one.request_id or '-'}"
            for one in self.answer_ids
        ]
        lines += ["", "Findings: level, subject"]
        lines += [f"{line.level}, {line.subject}" for line in self.line_ids]
        return "\n".join(lines)


class AmazonConnectionDoctorLine(models.TransientModel):
    _name = "amazon.connection.doctor.line"
    _description = "Amazon Connection Doctor: Finding"
    _order = "id"

    doctor_id = fields.Many2one(
        comodel_name="amazon.connection.doctor", required=True, ondelete="cascade"
    )
    level = fields.Selection(selection=LEVELS, required=True)
    subject = fields.Char(required=True)
    finding = fields.Text(required=True)
    advice = fields.Text(string="What to do")


class AmazonConnectionDoctorAnswer(models.TransientModel):
    _name = "amazon.connection.doctor.answer"
    _description = "Amazon Connection Doctor: Last Answer"
    _order = "id"

    doctor_id = fields.Many2one(
        comodel_name="amazon.connection.doctor", required=True, ondelete="cascade"
    )
    operation = fields.Char(required=True)
    role = fields.Char()
    status = fields.Integer(string="Answer", help="The HTTP status that it had.")
    answered_on = fields.Datetime(string="When")
    request_id = fields.Char(string="Amazon Request")
    used = fields.Float(
        string="Quota Used", help="Of the calls that may be saved up, in %."
    )
    burst = fields.Float(string="Calls Saved Up")
    per_minute = fields.Float(string="Calls a Minute")
    clock_ahead = fields.Float()


def _days(connection, what):
    ends_on = connection[f"{what}_ends_on"]
    return connection[f"{what}_days_left"] if ends_on else "unknown"


def _count_calls_left(bucket):
    """Return how many calls Amazon would take at this moment, a float."""
    left, wait = take(
        bucket.tokens, bucket.updated, time.time(), bucket.rate, bucket.burst
    )
    # It takes one to look, where there is one.
    return left if wait else min(left + 1, bucket.burst)
