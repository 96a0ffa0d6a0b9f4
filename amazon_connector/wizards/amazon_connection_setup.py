"""The guided set-up: Connect → General → Configuration → Finish.

Nothing of it exists as a connection before Finish, so that a set-up that is given up
or refused leaves nothing behind. What Amazon answers is shown on the page itself
(``problem``), so that what was typed and received so far is kept.
"""

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import hide_failed_statements

STEPS = [
    ("connect", "Connect"),
    ("general", "General"),
    ("configuration", "Configuration"),
    ("finish", "Finish"),
]
# What the new connection takes over from the set-up as it is.
COPIED_FIELDS = (
    "environment",
    "marketplace_id",
    "company_id",
    "seller_id",
    "store_name",
    "warehouse_id",
    "client_id",
    "user_id",
    "download_products",
    "download_orders",
    "unknown_product",
    "send_shipments",
)
# What Amazon was asked with; changed afterwards, it has to be asked again.
VERIFIED_FIELDS = (
    "environment",
    "marketplace_id",
    "seller_id",
    "lwa_client_id",
    "lwa_client_secret",
    "refresh_token",
    "authorization_code",
)
NOT_VERIFIED = {
    "participations": False,
    "step": "connect",
    "other_name": False,
    "is_renamed": False,
    "is_told_by_amazon": False,
}


class AmazonConnectionSetup(models.TransientModel):
    _name = "amazon.connection.setup"
    _description = "Amazon Connection Set-up"
    _inherit = ["amazon.connection.mixin", "amazon.credentials"]
    _transient_max_hours = 24
    _check_company_auto = True

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        readonly=True,
        ondelete="cascade",
        help="The connection that is authorised again.",
    )
    # Not "active": Odoo would hide, and never clear away, a set-up that has it off.
    is_active = fields.Boolean(
        string="Active",
        default=True,
        help="An inactive connection does nothing at all and keeps its data.",
    )
    # Asked for on its own page; a new company may have none.
    warehouse_id = fields.Many2one(required=False)
    # Shown, so that one knows where it will be: not before the set-up is completed.
    sync_inventory = fields.Boolean(readonly=True)
    step = fields.Selection(selection=STEPS, default="connect", readonly=True)
    problem = fields.Text(readonly=True)
    warning = fields.Text(
        readonly=True, help="What Amazon denies, although the store can be connected."
    )
    participations = fields.Json(
        readonly=True, help="What Amazon says of the account, once it is authorised."
    )
    countries = fields.Char(compute="_compute_countries")
    store_shown = fields.Char(compute="_compute_store_shown")

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Connect Amazon")

    @api.depends("participations")
    def _compute_countries(self):
        for setup in self:
            setup.countries = ", ".join(
                sorted(row["country_code"] for row in setup.participations or ())
            )

    @api.depends("name", "store_name")
    def _compute_store_shown(self):
        for setup in self:
            setup.store_shown = setup.store_name or setup.name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_credentials_vals(vals) for vals in vals_list]
        setups = super().create(vals_list)
        setups._check_connection_access()
        return setups

    def write(self, vals):
        vals = self._prepare_credentials_vals(vals)
        self._reset_verification(vals)
        result = super().write(vals)
        if "connection_id" in vals:
            self._check_connection_access()
        return result

    # === CRUD METHODS - STEPS OF CREATE AND WRITE === #

    def _reset_verification(self, vals):
        """What was verified does not outlast a change of what was asked with."""
        if not vals.keys().isdisjoint(VERIFIED_FIELDS):
            self.sudo().write(NOT_VERIFIED)

    def _check_connection_access(self):
        """:raise AccessError: when the user may not change the connection"""
        self.connection_id.check_access("write")

    def _fill_secret_dates(self, vals):
        """Keep the date of a secret that is typed again because it was mistyped."""
        before = self.connection_id.sudo().secret_made_on
        if self.secret_made_on and self.secret_made_on != before:
            return vals
        return super()._fill_secret_dates(vals)

    # === ACTION METHODS === #

    def action_continue(self):
        """Go on to the next page; the first one asks Amazon."""
        if gone := self._get_gone_action():
            return gone
        self.ensure_one()
        self.check_access("write")
        if not self._is_at_shown_page():
            return None
        if self.step == "connect":
            self._check_input()
            return self._connect()
        if self.step == "general" and not self.warehouse_id:
            self.problem = self.env._(
                "Choose the warehouse that orders are delivered from. If %s has none, "
                "create one under Inventory, Configuration, Warehouses.",
                self.company_id.display_name,
            )
            return None
        self._move_step(1)
        return None

    def action_back(self):
        """Return to the page before; everything entered is kept."""
        if gone := self._get_gone_action():
            return gone
        self.ensure_one()
        self.check_access("write")
        if self._is_at_shown_page():
            self._move_step(-1)
        return None

    def action_finish(self):
        """Create the connection and start its initial import."""
        if gone := self._get_gone_action():
            return gone
        self.ensure_one()
        self.check_access("write")
        if not self.participations or self.step != "finish":
            raise UserError(self.env._("Connect the store first."))
        connection = self._create_connection()
        if connection.active:
            connection.sudo()._start_import()
        self.unlink()
        return self._get_connection_action(connection)

    def action_cancel(self):
        """Delete the set-up with its secrets; no connection was created."""
        if gone := self._get_gone_action():
            return gone
        self.ensure_one()
        self.check_access("unlink")
        connection = self.connection_id
        self.unlink()
        if connection:
            return self._get_connection_action(connection)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_integration_action"
        )
        return action | {"target": "main"}

    # === BUSINESS METHODS - PAGES === #

    def _is_at_shown_page(self):
        """Whether the button was pressed on the page that the set-up is at.

        Amazon's redirect comes back in another tab; the first one shows the page of
        before, and must not leap over the one that is due.
        """
        return self.env.context.get("amazon_setup_step", self.step) == self.step

    def _move_step(self, by):
        """Go to the page that many pages further (or back, below zero)."""
        names = [name for name, _label in STEPS]
        index = min(max(names.index(self.step) + by, 0), len(names) - 1)
        self.write({"step": names[index], "problem": False})

    # === BUSINESS METHODS - OPEN AND LEAVE === #

    @api.model
    def _create_for_connection(self, connection):
        """Return a new set-up that authorises an existing connection again."""
        stored = connection.sudo()
        own = stored.lwa_client_id and not stored.application_id
        setup = self.create(
            {
                "connection_id": connection.id,
                "environment": connection.environment,
                "marketplace_id": connection.marketplace_id.id,
                "company_id": connection.company_id.id,
                "method": "own" if own else "redirect",
                "lwa_client_id": stored.lwa_client_id,
                "application_id": stored.application_id,
                "application_draft": stored.application_draft,
                "secret_made_on": stored.secret_made_on,
            }
        )
        setup.sudo().lwa_client_secret_encrypted = stored.lwa_client_secret_encrypted
        return setup

    @api.model
    def _find_unfinished(self):
        """Return the set-up of a new store that the user started last today, if any."""
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

    def _get_setup_action(self):
        """Return the action that opens this set-up."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_connection_setup_action"
        )
        return action | {"res_id": self.id}

    def _get_gone_action(self):
        """Return the action that leaves a set-up which another tab has ended, or None.

        The tab in which it was started does not notice when it is finished elsewhere.
        """
        if self.exists():
            return None
        connections = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_connection_action"
        )
        message = self.env._("This set-up was finished or cancelled in another tab.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "info",
                "next": connections | {"target": "main"},
            },
        }

    @api.model
    def _get_connection_action(self, connection):
        """Return the action that shows a connection in place of the set-up."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_connection_action"
        )
        return action | {
            "res_id": connection.id,
            "views": [(False, "form")],
            "target": "main",
        }

    # === BUSINESS METHODS - FINISH === #

    def _create_connection(self):
        """Return the new connection, with its credentials and storefronts.

        :raise UserError: when another connection has the account
        """
        values = self.env["amazon.connection"]._convert_to_write(
            {name: self[name] for name in COPIED_FIELDS}
        )
        values["active"] = self.is_active
        connections = self.env["amazon.connection"]
        try:
            with hide_failed_statements(), self.env.cr.savepoint():
                connection = connections.create(values)
        except UniqueViolation:
            # Somebody was faster, and may be too young to be seen from here.
            connections._check_account_free(
                self.seller_id, self.region, self.environment
            )
            connections._raise_account_taken(
                self.seller_id, self.env._("a store that was connected at this moment")
            )
        connection.sudo().write(self._prepare_authorization_vals())
        connection.sudo().is_account_proven = self.sudo().is_account_proven
        connection._apply_participations(self._get_participations())
        return connection
