"""What the pages of the guided set-up show beside its values, and how it is left."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .amazon_connection_setup_authorize import REDIRECT_PATH


class AmazonConnectionSetup(models.TransientModel):
    _inherit = "amazon.connection.setup"

    own_application = fields.Boolean(
        string="Use Another One",
        compute="_compute_own_application",
        store=True,
        readonly=False,
        precompute=True,
        help="An application that serves this store alone.",
    )
    shared_application = fields.Char(
        string="Application of the Settings", compute="_compute_shared_application"
    )
    address_to_register = fields.Char(
        string="Redirect URI",
        compute="_compute_address_to_register",
        help="Where Amazon sends the seller back to. Amazon accepts only addresses "
        "that are registered with the application.",
    )
    address_problem = fields.Char(compute="_compute_address_to_register")
    store_shown = fields.Char(compute="_compute_store_shown")

    # === COMPUTE METHODS === #

    @api.depends("lwa_client_id")
    def _compute_own_application(self):
        for setup in self:
            setup.own_application = bool(setup.lwa_client_id) or setup.own_application

    def _compute_shared_application(self):
        application = self.env["amazon.application"]
        name = application._get("application_id") or application._get("lwa_client_id")
        self.shared_application = name

    @api.depends("name", "store_name")
    def _compute_store_shown(self):
        for setup in self:
            setup.store_shown = setup.store_name or setup.name

    def _compute_address_to_register(self):
        self.address_to_register, self.address_problem = self._told_redirect_uri()

    @api.onchange("own_application")
    def _onchange_own_application(self):
        """Without one of its own, the store uses that of the Settings."""
        if not self.own_application:
            self.application_id = False
            self.application_draft = False
            self.lwa_client_id = False

    # === ACTION METHODS === #

    def action_cancel(self):
        """Forget the set-up with its secrets; nothing was made of it."""
        if gone := self._gone():
            return gone
        self.ensure_one()
        self.check_access("unlink")
        connection = self.connection_id
        self.unlink()
        if connection:
            return self._open_connection(connection)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_integration_action"
        )
        return action | {"target": "main"}

    # === BUSINESS METHODS === #

    @api.model
    def _begun(self):
        """Return the new store that the user last began to set up today, if any."""
        if not self.has_access("read"):
            return self.browse()
        return self.search(
            [
                ("create_uid", "=", self.env.uid),
                ("connection_id", "=", False),
                ("write_date", ">=", fields.Date.context_today(self)),
            ],
            order="write_date DESC",
            limit=1,
        )

    @api.model
    def _told_redirect_uri(self):
        """Return the address to register with Amazon, and why it cannot be used."""
        try:
            return self._redirect_uri(), False
        except UserError as error:
            return self.get_base_url() + REDIRECT_PATH, str(error)
