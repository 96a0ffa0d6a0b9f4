"""The cards of the page Store and Marketplace Integrations: today there is Amazon's."""

from odoo import api, fields, models

SETUP_ACTION = "amazon_connector.amazon_connection_setup_action"
CONNECTIONS_ACTION = "amazon_connector.amazon_connection_action"


class AmazonIntegration(models.Model):
    _name = "amazon.integration"
    _description = "Store and Marketplace Integration"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    image_128 = fields.Image(max_width=128, max_height=128)
    connected_text = fields.Char(compute="_compute_texts")
    reauthorize_text = fields.Char(compute="_compute_texts")
    others_text = fields.Char(compute="_compute_texts")
    has_unfinished_setup = fields.Boolean(compute="_compute_has_unfinished_setup")

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_texts(self):
        _ = self.env._
        counts = self._count_connections()
        connected, refused = counts["connected"], counts["reauthorize"]
        others = []
        if counts["draft"]:
            others.append(_("%s not connected yet", counts["draft"]))
        if counts["inactive"]:
            others.append(_("%s inactive", counts["inactive"]))
        self.others_text = ", ".join(others)
        self.connected_text = bool(connected) and (
            _("1 store connected")
            if connected == 1
            else _("%s stores connected", connected)
        )
        self.reauthorize_text = bool(refused) and (
            _("1 store needs to be authorised again")
            if refused == 1
            else _("%s stores need to be authorised again", refused)
        )

    @api.depends_context("uid")
    def _compute_has_unfinished_setup(self):
        self.has_unfinished_setup = bool(
            self.env["amazon.connection.setup"]._find_unfinished()
        )

    def _count_connections(self):
        """Return ``{"connected": 1, "reauthorize": 0, "draft": 0, "inactive": 0}``."""
        connections = self.env["amazon.connection"].with_context(active_test=False)
        counts = dict.fromkeys(("connected", "reauthorize", "draft", "inactive"), 0)
        groups = connections._read_group([], ["active", "state"], ["__count"])
        for active, state, count in groups:
            name = state if state in counts else "connected"
            counts[name if active else "inactive"] += count
        return counts

    # === ACTION METHODS === #

    def action_set_up(self):
        """Open the guided set-up, at its first page."""
        return self._get_action(SETUP_ACTION)

    def action_resume_setup(self):
        """Open the set-up that the user started and did not finish."""
        setup = self.env["amazon.connection.setup"]._find_unfinished()
        return self._get_action(SETUP_ACTION) | {"res_id": setup.id}

    def action_open_connections(self):
        """Open the connections: all, or those of the filter that the button names."""
        shown = {}
        if name := self.env.context.get("amazon_filter"):
            shown[f"search_default_{name}"] = 1
        return self._get_action(CONNECTIONS_ACTION) | {"context": shown}

    def _get_action(self, name):
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(name)
