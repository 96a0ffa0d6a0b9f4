"""What of a run is counted: of one run, of a day whose runs are gone, of a day."""

from odoo import fields, models


class AmazonHistoryCounters(models.AbstractModel):
    _name = "amazon.history.counters"
    _description = "Amazon Integration History: Counters"

    seen = fields.Integer(readonly=True)
    created = fields.Integer(readonly=True)
    updated = fields.Integer(readonly=True)
    unchanged = fields.Integer(readonly=True)
    warned = fields.Integer(string="Warnings", readonly=True)
    failed = fields.Integer(string="Errors", readonly=True)
    calls = fields.Integer(string="Amazon Calls", readonly=True)
    waited = fields.Float(
        readonly=True, help="Seconds spent waiting for Amazon's quota."
    )


# Each of them can be added up.
COUNTERS = tuple(
    name
    for name, value in vars(AmazonHistoryCounters).items()
    if isinstance(value, fields.Field)
)
