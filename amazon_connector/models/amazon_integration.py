"""The cards of the page Store and Marketplace Integrations.

A connector to another marketplace adds a card by a record of this model.
"""

from odoo import api, fields, models


class AmazonIntegration(models.Model):
    _name = "amazon.integration"
    _description = "Store and Marketplace Integration"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    image_128 = fields.Image(max_width=128, max_height=128)
    setup_action_id = fields.Many2one(
        comodel_name="ir.actions.act_window",
        required=True,
        ondelete="cascade",
        help="The guided set-up that the card opens.",
    )
    connections_action_id = fields.Many2one(
        comodel_name="ir.actions.act_window",
        required=True,
        ondelete="cascade",
        help="The connections that were set up.",
    )
    connection_count = fields.Integer(compute="_compute_connections")
    trouble_count = fields.Integer(compute="_compute_connections")

    # === COMPUTE METHODS === #

    @api.depends("connections_action_id")
    def _compute_connections(self):
        for card in self:
            model = card.sudo().connections_action_id.res_model
            connections = self.env[model].with_context(active_test=False)
            card.connection_count = connections.search_count([])
            card.trouble_count = connections.search_count(
                [("state", "=", "reauthorize")]
            )

    # === ACTION METHODS === #

    def action_set_up(self):
        """Open the guided set-up."""
        return self._open(self.setup_action_id)

    def action_open_connections(self):
        """Open the connections."""
        return self._open(self.connections_action_id)

    def _open(self, action):
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            action.sudo().get_external_id()[action.id]
        )
