"""A run that found something changes what the overview counts."""

from odoo import models


class AmazonHistory(models.Model):
    _inherit = "amazon.history"

    def _finish(self, outcome=None):
        """Override to tell open overviews, unless there was nothing to do."""
        result = super()._finish(outcome)
        if self.outcome != "nothing":
            self.env["amazon.connection"]._announce_change()
        return result
