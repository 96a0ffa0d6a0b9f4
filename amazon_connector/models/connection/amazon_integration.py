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
    connected_text = fields.Char(compute="_compute_connections")
    trouble_text = fields.Char(compute="_compute_connections")
    others_text = fields.Char(compute="_compute_connections")
    has_unfinished_setup = fields.Boolean(compute="_compute_has_begun_setup")

    # === COMPUTE METHODS === #

    @api.depends("connections_action_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_connections(self):
        for card in self:
            counts = card._count_connections()
            card.connected_text = card._say_connected(counts["connected"])
            card.trouble_text = card._say_trouble(counts["reauthorize"])
            card.others_text = card._say_others(counts["draft"], counts["inactive"])

    @api.depends("setup_action_id")
    @api.depends_context("uid")
    def _compute_has_begun_setup(self):
        for card in self:
            card.has_unfinished_setup = bool(card._begun_setup())

    # === ACTION METHODS === #

    def action_set_up(self):
        """Open the guided set-up, at its beginning."""
        return self._open(self.setup_action_id)

    def action_resume_setup(self):
        """Open the set-up that the user began and did not finish."""
        return self._open(self.setup_action_id) | {"res_id": self._begun_setup().id}

    def action_open_connections(self):
        """Open all connections."""
        return self._open(self.connections_action_id)

    def action_open_connected(self):
        """Open the connections that work."""
        return self._open_filtered("connected")

    def action_open_trouble(self):
        """Open the connections that have to be authorised again."""
        return self._open_filtered("reauthorize")

    def _open_filtered(self, name):
        context = {"active_test": False, f"search_default_{name}": 1}
        return self._open(self.connections_action_id) | {"context": context}

    def _open(self, action):
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            action.sudo().get_external_id()[action.id]
        )

    # === BUSINESS METHODS === #

    def _begun_setup(self):
        """Return the user's unfinished set-up; empty when there is none."""
        return self.env[self.sudo().setup_action_id.res_model]._begun()

    def _count_connections(self):
        """Return how many connections work, need a person, are new, or inactive."""
        model = self.sudo().connections_action_id.res_model
        connections = self.env[model].with_context(active_test=False)
        counts = dict.fromkeys(("connected", "reauthorize", "draft", "inactive"), 0)
        groups = connections._read_group([], ["active", "state"], ["__count"])
        for active, state, count in groups:
            name = state if state in counts else "connected"
            counts[name if active else "inactive"] += count
        return counts

    def _say_connected(self, count):
        if count == 1:
            return self.env._("1 store connected")
        return self.env._("%s stores connected", count) if count else False

    def _say_trouble(self, count):
        if count == 1:
            return self.env._("1 store needs to be authorised again")
        if count:
            return self.env._("%s stores need to be authorised again", count)
        return False

    def _say_others(self, new, inactive):
        parts = []
        if new:
            parts.append(self.env._("%s not connected yet", new))
        if inactive:
            parts.append(self.env._("%s inactive", inactive))
        return ", ".join(parts)
