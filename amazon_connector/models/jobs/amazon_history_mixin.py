"""What a record shows of the history: how many messages are about it, and its list."""

from odoo import api, fields, models


class AmazonHistoryMixin(models.AbstractModel):
    _name = "amazon.history.mixin"
    _description = "Messages of the Integration History about a Record"

    history_line_count = fields.Integer(
        string="Messages of the History", compute="_compute_history_line_count"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_history_line_count(self):
        lines = self.env["amazon.history.line"]
        # Who ships or sells reads the record, and not the history.
        counts = self._count_history_lines() if lines.has_access("read") else {}
        for record in self:
            record.history_line_count = counts.get(record.id, 0)

    # === ACTION METHODS === #

    def action_open_history_lines(self):
        """Open the messages about this record, the newest first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "amazon_connector.amazon_history_line_action"
        )
        # All of them, not the errors alone.
        return action | {"domain": self._get_history_line_domain(), "context": {}}

    # === BUSINESS METHODS === #

    def _get_history_line_domain(self):
        """Return the domain of the lines about these records, as a list."""
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]

    def _count_history_lines(self):
        """Return ``{id of the record: lines about it}``; one query for all of them."""
        return dict(
            self.env["amazon.history.line"]._read_group(
                self._get_history_line_domain(), ["res_id"], ["__count"]
            )
        )
