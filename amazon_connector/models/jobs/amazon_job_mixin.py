"""What job rows and history rows have in common: whose they are, and what ran."""

from odoo import api, fields, models


class AmazonJobMixin(models.AbstractModel):
    _name = "amazon.job.mixin"
    _description = "Amazon Job of a Connection"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        string="Job",
        selection=lambda self: self.env["amazon.job.type"]._get_kind_selection(),
        required=True,
        readonly=True,
    )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override to show a kind whose addon is gone by its stored name."""
        described = super().fields_get(allfields, attributes)
        if choices := described.get("kind", {}).get("selection"):
            known = [kind for kind, _label in choices]
            # Fields are described to users, too, who may not read the rows.
            gone = self.sudo()._read_group([("kind", "not in", known)], ["kind"])
            choices += [(kind, kind) for (kind,) in gone]
        return described
