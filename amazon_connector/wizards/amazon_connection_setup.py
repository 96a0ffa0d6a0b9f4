"""The guided set-up: Connect → General → Configuration → Finish.

Nothing of it exists as a connection before Finish, so that a set-up that is given up
or refused leaves nothing behind. What Amazon answers is shown on the page itself
(``problem``), so that what was typed and won so far is kept.
"""

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

STEPS = [
    ("connect", "Connect"),
    ("general", "General"),
    ("configuration", "Configuration"),
    ("finish", "Finish"),
]
METHODS = [
    ("redirect", "On Amazon's page, and come back by itself"),
    ("code", "With a code from Amazon's page"),
    ("own", "With an application of my own"),
]
# What the connection takes over from the set-up as it is.
KEPT = (
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
ASKED_WITH = (
    "environment",
    "marketplace_id",
    "seller_id",
    "lwa_client_id",
    "lwa_client_secret",
    "refresh_token",
    "authorization_code",
)
ASKED_ANEW = {
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
    method = fields.Selection(
        selection=METHODS,
        string="How to Authorise",
        required=True,
        default="redirect",
    )
    problem = fields.Text(readonly=True)
    warning = fields.Text(
        readonly=True, help="What Amazon denies, although the store can be connected."
    )
    participations = fields.Json(
        readonly=True, help="What Amazon says of the account, once it is authorised."
    )
    countries = fields.Char(compute="_compute_countries")
    # What an authorisation on Amazon's page needs, and what a token of one's own does.
    has_shared_application = fields.Boolean(compute="_compute_has_shared_application")
    has_shared_client = fields.Boolean(compute="_compute_has_shared_application")

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

    def _compute_has_shared_application(self):
        shared = self.env["amazon.application"]
        needed = ("lwa_client_id", "lwa_client_secret_encrypted")
        is_known = all(shared._get(name) for name in needed)
        self.has_shared_client = is_known
        self.has_shared_application = is_known and bool(shared._get("application_id"))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        setups = super().create(
            [self._prepare_credentials_vals(vals) for vals in vals_list]
        )
        setups.connection_id.check_access("write")
        return setups

    def write(self, vals):
        """What was verified does not outlast a change of what was asked with."""
        vals = self._prepare_credentials_vals(vals)
        if not vals.keys().isdisjoint(ASKED_WITH):
            super(AmazonConnectionSetup, self.sudo()).write(ASKED_ANEW)
        result = super().write(vals)
        if "connection_id" in vals:
            self.connection_id.check_access("write")
        return result

    # === ACTION METHODS === #

    def action_continue(self):
        """Go on to the next page; the first one asks Amazon."""
        if gone := self._gone():
            return gone
        self.ensure_one()
        self.check_access("write")
        if not self._is_at_shown_page():
            return None
        if self.step == "connect":
            self._require_input()
            return self._connect()
        if self.step == "general" and not self.warehouse_id:
            self.problem = self.env._(
                "Choose the warehouse that orders are delivered from. Has %s none, "
                "make one under Inventory, Configuration, Warehouses.",
                self.company_id.display_name,
            )
            return None
        self._go(1)
        return None

    def action_back(self):
        """Return to the page before; everything entered is kept."""
        if gone := self._gone():
            return gone
        self.ensure_one()
        self.check_access("write")
        if self._is_at_shown_page():
            self._go(-1)
        return None

    def action_finish(self):
        """Make the connection and begin its initial import."""
        if gone := self._gone():
            return gone
        self.ensure_one()
        self.check_access("write")
        if not self.participations or self.step != "finish":
            raise UserError(self.env._("Connect the store first."))
        connection = self._make_connection()
        if connection.active:
            connection.sudo()._start_import()
        self.unlink()
        return self._open_connection(connection)

    # === BUSINESS METHODS - PAGES === #

    def _is_at_shown_page(self):
        """Whether the button was pressed on the page that the set-up is at.

        Amazon's redirect comes back in another tab; the first one shows the page of
        before, and must not leap over the one that is due.
        """
        return self.env.context.get("amazon_setup_step", self.step) == self.step

    def _gone(self):
        """Return the action that leaves a set-up which another tab has ended, or None.

        The tab in which it was begun does not notice when it is finished later.
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

    def _go(self, by):
        names = [name for name, _label in STEPS]
        index = min(max(names.index(self.step) + by, 0), len(names) - 1)
        self.write({"step": names[index], "problem": False})

    @api.model
    def _open_connection(self, connection):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_connection_action"
        )
        return action | {
            "res_id": connection.id,
            "views": [(False, "form")],
            "target": "main",
        }

    # === BUSINESS METHODS - FINISH === #

    def _make_connection(self):
        values = self.env["amazon.connection"]._convert_to_write(
            {name: self[name] for name in KEPT}
        )
        values["active"] = self.is_active
        connections = self.env["amazon.connection"]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                connection = connections.create(values)
        except UniqueViolation:
            # Somebody was faster, and may be too young to be seen from here.
            connections._check_account_free(
                self.seller_id, self.region, self.environment
            )
            connections._raise_account_taken(
                self.seller_id, self.env._("a store that was made at this moment")
            )
        connection.sudo().write(self._secret_values())
        connection.sudo().is_account_proven = self.sudo().is_account_proven
        connection._apply_participations(self._read_participations())
        return connection
