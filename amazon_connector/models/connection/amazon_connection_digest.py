"""The daily digest: an e-mail of each morning with numbers, to whom a store names."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models

# By the clock of the company.
MORNING = time(7)


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    send_digest = fields.Boolean(
        string="Daily Digest",
        tracking=True,
        help="Each morning the responsibles get an e-mail with numbers: orders that "
        "came in, are late, held or failed, quantities that Amazon refuses, shipments "
        "that are blocked. Nothing is sent when there is nothing to tell.",
    )
    digest_sent_at = fields.Datetime(
        copy=False,
        readonly=True,
        help="When the numbers were looked at for the last digest.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _cron_send_digests(self):
        """Send the digests that are due: one e-mail for each person and morning."""
        due = self.search([("send_digest", "=", True), ("state", "!=", "draft")])
        due = due.filtered(lambda connection: connection._is_digest_due())
        for user in due._get_all_responsibles():
            mine = due.filtered(
                lambda connection, user=user: user in connection._get_all_responsibles()
            )
            mine._send_digest(user)
        due.digest_sent_at = fields.Datetime.now()

    def _is_digest_due(self):
        """Whether this morning's digest was not made yet."""
        zone = ZoneInfo(self.company_id.partner_id.tz or "UTC")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc).astimezone(zone)
        morning = datetime.combine(now.date(), MORNING, zone)
        if now < morning:
            return False
        made = self.digest_sent_at
        return not made or made.replace(tzinfo=timezone.utc) < morning

    def _send_digest(self, user):
        """Send the numbers of these stores to a person, if there are any."""
        readable = self.with_context(lang=user.lang, tz=user.tz)
        stores = [
            {"connection": connection, "numbers": numbers}
            for connection in readable
            if (numbers := connection._get_digest_numbers(self._get_digest_start()))
        ]
        if not stores or not user.email:
            return
        body = readable.env["ir.qweb"]._render(
            "amazon_connector.amazon_digest", {"stores": stores}, lang=user.lang
        )
        self.env["mail.mail"].create(
            {
                "subject": readable.env._("Amazon: what needs you this morning"),
                "body_html": body,
                "recipient_ids": [fields.Command.link(user.partner_id.id)],
                "auto_delete": True,
            }
        )

    @api.model
    def _get_digest_start(self):
        """Return since when (naive UTC) a digest counts what came in."""
        return fields.Datetime.now() - timedelta(days=1)

    def _get_digest_numbers(self, since):
        """Hook: return the numbers of a store that are worth telling.

        :param datetime since: naive UTC
        :return: ``[(label, number)]``, without those that are zero
        """
        self.ensure_one()
        return []
