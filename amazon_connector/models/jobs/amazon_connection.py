"""The history of a connection: its messages are all those of its runs."""

from odoo import models


class AmazonConnection(models.Model):
    _name = "amazon.connection"
    _inherit = ["amazon.connection", "amazon.history.mixin"]

    # === BUSINESS METHODS === #

    def _get_history_line_domain(self):
        """Override: whatever one of its runs says is about the connection."""
        return [("connection_id", "in", self.ids)]

    def _count_history_lines(self):
        groups = self.env["amazon.history.line"]._read_group(
            self._get_history_line_domain(), ["connection_id"], ["__count"]
        )
        return {connection.id: count for connection, count in groups}
