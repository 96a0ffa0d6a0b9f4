"""One Amazon selling account in one region, authorised once.

Beside this file: how a connection speaks with Amazon (amazon_connection_connect.py),
and what expires and is renewed (amazon_connection_renewal.py).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools import prepare_title

# An order that was placed before the connection is downloaded when Amazon changed
# it within this many days before the store was connected.
FIRST_WINDOW_DAYS = 30
# The seller has to authorise an application again every 365 days.
AUTHORIZATION_LIFE = timedelta(days=365)

# When one of these changes, all quantities are compared.
COMPARED_ANEW = {"warehouse_id", "client_id", "send_lead_times"}
CONNECTED_STATES = ("authorized", "importing", "completed")

# state diagram
#   draft --[connect]--> authorized --[first download]--> completed
#   any connected state --[authorisation refused]--> reauthorize --[connect]--> …
STATES = [
    ("draft", "New"),
    ("authorized", "Connected"),
    ("importing", "Importing"),
    ("completed", "Completed"),
    ("reauthorize", "Needs re-authorisation"),
]

# What makes an account: it is asked for, and its orders belong to, just this.
ACCOUNT = ("seller_id", "marketplace_id", "environment")
# What a store that was connected keeps for good.
KEPT_FOR_GOOD = (*ACCOUNT, "company_id")

# What needs a person, counted on the form and opened by its buttons.
# Listings that could be bought and that no product stands for.
NOT_LINKED = [
    ("product_id", "=", False),
    ("is_parent", "=", False),
    ("state", "!=", "removed"),
]
ORDER_PROBLEMS = [("state", "in", ("held", "failed"))]
SHIPMENT_PROBLEMS = [("state", "in", ("blocked", "failed"))]


class AmazonConnection(models.Model):
    _name = "amazon.connection"
    _description = "Amazon Connection"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "amazon.guarded",
        "amazon.connection.mixin",
        "amazon.credentials",
    ]
    _order = "id"
    _rec_names_search = ["store_name", "name"]
    _check_company_auto = True
    _writable_readonly_fields = ("authorized_on",)

    # === FIELDS: STATE === #
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An inactive connection does nothing at all and keeps its data.",
    )
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    seller_id = fields.Char(tracking=True)
    orders_synced_until = fields.Datetime(
        copy=False,
        help="Orders that Amazon changed up to this time have been downloaded (UTC). "
        "Set it back to download all since then again; nothing is doubled.",
    )
    is_relink_due = fields.Boolean(
        copy=False,
        readonly=True,
        help="Download Products was switched on: the next download also processes the "
        "listings that are known already.",
    )

    # === FIELDS: AUTHORISATION === #
    refusal = fields.Selection(
        selection=[
            ("client", "The application's secret"),
            ("grant", "The seller's authorisation"),
            ("forbidden", "The access"),
        ],
        copy=False,
        readonly=True,
        help="What Amazon refused when the connection had to stop.",
    )
    refusal_message = fields.Char(
        copy=False,
        readonly=True,
        help="Why the connection had to stop, as shown in its form.",
    )
    is_account_proven = fields.Boolean(
        copy=False,
        readonly=True,
        help="Amazon itself named the Selling Partner ID, or answered for its "
        "listings.",
    )
    waits_for_settings = fields.Boolean(compute="_compute_waits_for_settings")
    authorized_on = fields.Date(
        copy=False,
        readonly=True,
        help="When the seller authorised the application. Amazon wants it renewed "
        "every 365 days.",
    )
    authorization_ends_on = fields.Date(compute="_compute_ends")
    authorization_days_left = fields.Integer(compute="_compute_ends")
    secret_ends_on = fields.Date(compute="_compute_ends")
    secret_days_left = fields.Integer(compute="_compute_ends")

    # === FIELDS: RESPONSIBLES === #
    order_user_id = fields.Many2one(
        comodel_name="res.users",
        string="For Orders",
        domain=[("share", "=", False)],
        tracking=True,
        help="Gets the activities about orders: what Amazon cancelled or changed, what "
        "is to be invoiced otherwise. Empty: the responsible.",
    )
    warehouse_user_id = fields.Many2one(
        comodel_name="res.users",
        string="For the Warehouse",
        domain=[("share", "=", False)],
        tracking=True,
        help="Gets the activities about deliveries: shipments that Amazon cannot be "
        "told of, lines that came too late, what no delivery brings. Empty: the "
        "responsible.",
    )
    listing_user_id = fields.Many2one(
        comodel_name="res.users",
        string="For Listings",
        domain=[("share", "=", False)],
        tracking=True,
        help="Gets the activities about listings and their quantities. Empty: the "
        "responsible.",
    )

    # === FIELDS: INVENTORY === #
    inventory_checked_on = fields.Datetime(
        copy=False,
        readonly=True,
        help="When the quantities of all listings were last compared with Amazon's.",
    )

    # === FIELDS: RELATED RECORDS === #
    storefront_ids = fields.One2many(
        comodel_name="amazon.storefront",
        inverse_name="connection_id",
        context={"active_test": False},
    )
    listing_ids = fields.One2many(
        comodel_name="amazon.listing", inverse_name="connection_id"
    )
    order_ids = fields.One2many(
        comodel_name="amazon.order", inverse_name="connection_id"
    )
    job_ids = fields.One2many(comodel_name="amazon.job", inverse_name="connection_id")
    history_ids = fields.One2many(
        comodel_name="amazon.history", inverse_name="connection_id"
    )
    has_storefront = fields.Boolean(compute="_compute_has_storefront")
    listing_count = fields.Integer(compute="_compute_counts")
    unlinked_count = fields.Integer(
        string="Listings Not Linked", compute="_compute_unlinked_count"
    )
    order_count = fields.Integer(compute="_compute_counts")
    order_problem_count = fields.Integer(
        string="Orders Held or Failed", compute="_compute_counts"
    )
    shipment_problem_count = fields.Integer(
        string="Shipments Blocked or Failed", compute="_compute_counts"
    )

    _seller_region_unique = models.UniqueIndex(
        "(seller_id, region, environment) WHERE seller_id IS NOT NULL",
        "This selling account is already connected in this region.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("orders_synced_until")
    def _check_orders_synced_until(self):
        # Amazon's clock may be ahead of ours by a little.
        limit = fields.Datetime.now() + timedelta(hours=1)
        for connection in self:
            if (
                connection.orders_synced_until
                and connection.orders_synced_until > limit
            ):
                raise ValidationError(
                    self.env._(
                        "Orders Synced Until cannot be in the future: the orders up to "
                        "then would never come in."
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("name", "store_name", "marketplace_id.name", "environment")
    def _compute_display_name(self):
        for connection in self:
            name = (
                connection.store_name
                or connection.name
                or connection.marketplace_id.name
                or self.env._("New store")
            )
            if connection.environment == "sandbox":
                name = self.env._("%s (sandbox)", name)
            connection.display_name = name

    @api.depends("state", "refusal", "lwa_client_id")
    def _compute_waits_for_settings(self):
        """Whether a new secret in the Settings lets the connection go on."""
        for connection, stored in zip(self, self.sudo(), strict=True):
            connection.waits_for_settings = (
                stored.state == "reauthorize"
                and stored.refusal == "client"
                and not stored.lwa_client_id
            )

    @api.depends("authorized_on", "secret_made_on", "lwa_client_id")
    def _compute_ends(self):
        today = fields.Date.context_today(self)
        for connection, stored in zip(self, self.sudo(), strict=True):
            authorized = connection.authorized_on
            ends = authorized and authorized + AUTHORIZATION_LIFE
            connection.authorization_ends_on = ends
            connection.authorization_days_left = (ends - today).days if ends else 0
            ends = self.env["amazon.application"]._get_secret_expiry(stored)
            connection.secret_ends_on = ends
            connection.secret_days_left = (ends - today).days if ends else 0

    @api.depends("storefront_ids.active")
    def _compute_has_storefront(self):
        for connection in self:
            connection.has_storefront = any(connection.storefront_ids.mapped("active"))

    def _compute_counts(self):
        self._set_counts(
            listing_count=("amazon.listing", [("is_parent", "=", False)]),
            order_count=("amazon.order", []),
            order_problem_count=("amazon.order", ORDER_PROBLEMS),
            shipment_problem_count=("amazon.shipment", SHIPMENT_PROBLEMS),
        )

    def _compute_unlinked_count(self):
        # By itself: it is shown where nobody wants all orders counted.
        self._set_counts(unlinked_count=("amazon.listing", NOT_LINKED))

    def _set_counts(self, **counted):
        """Set fields to how many of the connection's records are in a domain.

        One statement for each field, however many connections there are.

        :param counted: ``{field: (model, domain)}``
        """
        for name, (model, domain) in counted.items():
            groups = self.env[model]._read_group(
                Domain("connection_id", "in", self.ids) & Domain(domain),
                ["connection_id"],
                ["__count"],
            )
            found = {connection.id: count for connection, count in groups}
            for connection in self:
                connection[name] = found.get(connection.id, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_credentials_vals(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_new_account(vals)
        self._check_sync_inventory(
            [vals.get("state") for vals in vals_list if vals.get("sync_inventory")]
        )
        connections = super().create(vals_list)
        self.env["amazon.job"]._create_missing(connections)
        return connections

    def write(self, vals):
        vals = self._prepare_credentials_vals(vals)
        self._check_account_change(vals)
        self._check_own_application(vals)
        inventory_on = self._filter_switched_on("sync_inventory", vals)
        self._check_sync_inventory(inventory_on.mapped("state"))
        active_on = self._filter_switched_on("active", vals)
        products_on = self._filter_switched_on("download_products", vals)
        stopped = self.filtered(lambda connection: not connection._is_connected())
        corrected = (self - stopped).filtered(
            lambda connection: connection._is_seller_corrected_by(vals)
        )
        result = super().write(vals)
        self._unlink_renewal_reminders(vals)
        if vals.get("state") in CONNECTED_STATES:
            stopped._reset_refusal()
        self._reset_order_window(vals)
        self._toggle_crons(vals)
        for connection in corrected:
            connection._reset_job_failures()
        for connection in active_on | corrected:
            connection._resume_jobs()
        products_on.sudo().is_relink_due = True
        self._update_inventory_sync(vals, inventory_on)
        return result

    def unlink(self):
        orders = self.env["amazon.order"].sudo()
        orders.search([("connection_id", "in", self.ids)])._delete_discussions()
        result = super().unlink()
        self.env["amazon.job"]._toggle_crons()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_orders(self):
        """The inbox knows which orders came in; without it they would come again."""
        orders = self.env["amazon.order"].sudo()
        domain = [("connection_id", "in", self.ids), ("sale_order_id", "!=", False)]
        if orders.search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "A connection that has sale orders cannot be deleted, else they "
                    "would come in a second time. Set it inactive instead."
                )
            )

    # === CRUD METHODS - STEPS OF CREATE AND WRITE === #

    def _fill_secret_dates(self, vals):
        """Take an authorisation that is entered to be given today, too."""
        vals = super()._fill_secret_dates(vals)
        typed = self.env["amazon.vault"]._clean(vals.get("refresh_token"))
        if not typed or vals.get("authorized_on"):
            return vals
        return vals | {"authorized_on": fields.Date.context_today(self)}

    def _filter_switched_on(self, name, vals):
        """Return the connections whose switch (a boolean) these values turn on."""
        if not vals.get(name):
            return self.browse()
        return self.filtered(lambda connection: not connection[name])

    def _check_sync_inventory(self, states):
        """:raise UserError: when Sync Inventory is switched on in another state"""
        if any(state != "completed" for state in states):
            raise UserError(
                self.env._(
                    "Sync Inventory can be switched on once the set-up is completed: "
                    "the initial import has to go through before, so that Odoo knows "
                    "the store's listings and open orders."
                )
            )

    def _reset_order_window(self, vals):
        """Start the window of orders where a person set the cursor."""
        if "orders_synced_until" in vals and not self.env.context.get("cron_id"):
            self._get_job("download_orders").position = False

    def _toggle_crons(self, vals):
        """Run the scheduled actions only while a connection needs them."""
        # A job switches its own scheduled action off, at its end: the row of a
        # scheduled action that runs is locked.
        if {"active", "state"} & vals.keys() and not self.env.context.get("cron_id"):
            self.env["amazon.job"]._toggle_crons()

    def _update_inventory_sync(self, vals, switched_on):
        """Have the quantities compared when they may be others."""
        if switched_on or COMPARED_ANEW & vals.keys():
            self._request_comparison()
        if vals.get("sync_inventory") is False:
            self.sudo()._end_zero_question()

    # === CRUD METHODS - THE ACCOUNT === #

    def _check_new_account(self, vals):
        """:raise ValidationError: when another connection has the account"""
        marketplace = self.env["amazon.marketplace"].browse(vals.get("marketplace_id"))
        self._check_account_free(
            vals.get("seller_id"), marketplace.region, vals.get("environment")
        )

    def _check_account_change(self, vals):
        """Let a connection be neither moved to another account nor to a taken one.

        :raise UserError: when these values would do so
        """
        changing = self.filtered(lambda connection: connection._is_moved_by(vals))
        for connection in changing:
            connection._check_may_move(vals)
        if vals.keys().isdisjoint(ACCOUNT):
            return
        for connection in changing:
            marketplace = connection.marketplace_id
            if "marketplace_id" in vals:
                marketplace = marketplace.browse(vals["marketplace_id"])
            connection._check_account_free(
                vals.get("seller_id", connection.seller_id),
                marketplace.region,
                vals.get("environment", connection.environment),
            )

    def _check_may_move(self, vals):
        """:raise UserError: when the store was connected once"""
        if self.state != "draft" and not self._is_seller_corrected_by(vals):
            raise UserError(
                self.env._(
                    "%s was connected, so its selling account, marketplace, "
                    "environment and company stay as they are. Connect a new store "
                    "instead.",
                    self.display_name,
                )
            )

    def _is_moved_by(self, vals):
        # Who is new may be moved, so nobody is made new over RPC.
        is_reset = vals.get("state") == "draft" and not self.env.su
        return is_reset or bool(self._get_account_changes(vals))

    def _get_account_changes(self, vals):
        """Return the names (a set) of what makes the account, and changes."""
        kept = self._convert_to_write({name: self[name] for name in KEPT_FOR_GOOD})
        return {
            name for name in KEPT_FOR_GOOD if name in vals and vals[name] != kept[name]
        }

    def _is_seller_corrected_by(self, vals):
        """Whether only the Selling Partner ID changes, and nothing proved the old.

        Amazon answers for listings alone whether the ID is the account's; a mistyped
        one can be connected as well as one whose application lacks the role for them.
        """
        return (
            self._get_account_changes(vals) == {"seller_id"}
            and vals["seller_id"]
            and vals.get("state", self.state) == self.state
            and not self.is_account_proven
            and not self.sudo().listing_ids
        )

    def _check_account_free(self, seller, region, environment=None):
        """Say which connection has the account; the database could not.

        :raise ValidationError: when another connection has it
        """
        other = self._find_account(seller, region, environment or "production")
        if not other:
            return
        other = other.with_env(self.env)
        # Another company's store is nobody's business.
        is_readable = other.has_access("read")
        if is_readable and other.state == "draft":
            raise ValidationError(
                self.env._(
                    "The selling account %(seller)s is already entered in "
                    "%(connection)s, but not connected yet. Open that connection and "
                    "press Connect there, or delete it.",
                    seller=seller,
                    connection=other.display_name,
                )
            )
        self._raise_account_taken(
            seller,
            other.display_name if is_readable else self.env._("another company"),
        )

    def _find_account(self, seller, region, environment):
        """Return the other connection that has an account, in sudo; may be empty."""
        others = self.sudo().with_context(active_test=False)
        if not seller:
            return others.browse()
        return others.search(
            [
                ("seller_id", "=", seller),
                ("region", "=", region),
                ("environment", "=", environment),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )

    def _raise_account_taken(self, seller, owner):
        """:raise ValidationError: always"""
        raise ValidationError(
            self.env._(
                "The selling account %(seller)s is already connected in this "
                "region, by %(connection)s. Use that connection.",
                seller=seller,
                connection=owner,
            )
        )

    def _check_own_application(self, vals):
        """Let neither half of an application of the store's own stand alone.

        :raise UserError: when a secret would never be used, or an identifier stop the
            store for want of its secret
        """
        if vals.keys().isdisjoint({"lwa_client_id", "lwa_client_secret"}):
            return
        secret = self.env["amazon.vault"]._clean(vals.get("lwa_client_secret"))
        for connection in self.sudo():
            client = vals.get("lwa_client_id", connection.lwa_client_id)
            is_new = client and client != connection.lwa_client_id
            has_secret = secret or connection.lwa_client_secret_encrypted
            if is_new and not has_secret and connection._is_connected():
                raise UserError(
                    self.env._(
                        "Enter the client secret together with the client identifier: "
                        "without it %s could not log in to Amazon any more.",
                        connection.display_name,
                    )
                )
            if secret and not client:
                raise UserError(
                    self.env._(
                        "%s uses the application of the Settings. Enter its new client "
                        "secret there, or enter the client identifier of an "
                        "application of the store's own together with its secret.",
                        connection.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_download_products(self):
        """Have the listings downloaded now, in the background."""
        return self._request_job("download_products")

    def action_download_orders(self):
        """Have the orders downloaded now, in the background."""
        return self._request_job("download_orders")

    def action_send_shipments(self):
        """Have the pending shipments sent now, in the background."""
        return self._request_job("send_shipments")

    def action_sync_inventory(self):
        """Have the quantities compared and sent now, in the background."""
        self.ensure_one()
        self.check_access("read")
        if not self.sync_inventory:
            raise UserError(
                self.env._(
                    "Sync Inventory is off. Switch it on under Configuration, or press "
                    "Push now on the listings."
                )
            )
        self._request_comparison()
        return self._request_job("sync_inventory")

    def action_open_listings(self):
        return self._get_own_records_action("amazon_listing_action")

    def action_open_unlinked(self):
        title = self.env._("Listings Not Linked")
        action = self._get_own_records_action(
            "amazon_listing_action", NOT_LINKED, title
        )
        # The list shows what is suggested.
        return action | {"context": {"amazon_not_linked": True}}

    def action_open_orders(self):
        return self._get_own_records_action("amazon_order_action")

    def action_open_order_problems(self):
        title = self.env._("Orders Held or Failed")
        return self._get_own_records_action(
            "amazon_order_action", ORDER_PROBLEMS, title
        )

    def action_open_shipment_problems(self):
        title = self.env._("Shipments Blocked or Failed")
        return self._get_own_records_action(
            "amazon_shipment_mend_action", SHIPMENT_PROBLEMS, title
        )

    def _get_own_records_action(self, name, domain=(), title=None):
        """Return the action of that name, on the connection's own records."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(f"amazon_connector.{name}")
        mine = ("connection_id", "=", self.id)
        shown = {"domain": [mine, *domain], "context": {}}
        return action | shown | (prepare_title(title) if title else {})

    def _get_notification(self, message, kind, jobs=None):
        """Return the action that shows a message and reloads what is open.

        :param str kind: success, info, warning or danger
        :param jobs: the ``amazon.job`` to whose history the message leads
        """
        params = {
            "message": message,
            "type": kind,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        }
        if link := jobs and jobs._get_history_link():
            # Odoo puts links where the message has its placeholders.
            params["message"] = message.replace("%", "%%") + " %s"
            params["links"] = [link]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": params,
        }

    # === BUSINESS METHODS - STATE === #

    def _is_connected(self):
        return self.state in CONNECTED_STATES

    def _get_connected_state(self):
        """Return the state to go back to: an import that was broken off goes on."""
        if self.import_stage:
            return "importing"
        is_imported = self.orders_synced_until or self.import_summary
        return "completed" if is_imported else "authorized"

    def _check_connected(self):
        """:raise UserError: naming what keeps the connection from working"""
        if not self.active:
            raise UserError(
                self.env._("%s is inactive. Set Active first.", self.display_name)
            )
        if not self._is_connected():
            raise UserError(
                self.env._("%s is not connected. Press Connect.", self.display_name)
            )
        if self.environment == "sandbox":
            raise UserError(self._get_sandbox_note())
        self._check_may_speak()

    def _get_sandbox_note(self):
        return self.env._(
            "%s is connected to Amazon's static sandbox, which holds invented examples "
            "only. So nothing is downloaded or sent; Test connection shows whether the "
            "application is set up rightly.",
            self.display_name,
        )

    # === BUSINESS METHODS - JOBS === #

    def _get_job(self, kind):
        """Return the ``amazon.job`` of a kind of these connections, in sudo.

        A connection may have not got the row yet.
        """
        return self.sudo().job_ids.filtered(lambda job: job.kind == kind)

    def _request_job(self, kind):
        """Have a job of these connections run soon, since a person asked for it.

        :return: the action that says so, with a link to what comes of it
        :raise UserError: when one of the connections does not work
        """
        self.check_access("read")
        for connection in self:
            connection._check_connected()
        self.env["amazon.job"]._create_missing(self)
        jobs = self._get_job(kind)
        jobs._request()
        return self._get_started_notification(jobs)

    def _get_started_notification(self, jobs):
        """Return the action that says that these ``amazon.job`` run soon."""
        return self._get_notification(
            self.env._("Started. The result appears in the Integration History."),
            "info",
            jobs,
        )

    def _resume_jobs(self):
        """Have done what was not done while the store was refused or inactive."""
        self.ensure_one()
        if not (self.active and self._is_connected()):
            return
        me = self.sudo()
        if me.state == "authorized":
            me._start_import()
            return
        stage = me.import_stage
        if stage:
            me._report_import(stage, 0, self.env._("Waiting for its turn…"))
        jobs = me._get_job(stage) if stage else me.job_ids
        jobs._wake()

    # === BUSINESS METHODS - ORDERS === #

    def _get_unknown_product(self):
        """Return what becomes of orders for unknown products: partial, create, hold.

        With Download Products on they wait for their products.
        """
        return "hold" if self.download_products else self.unknown_product

    def _get_first_window_start(self):
        """Return from when on (naive UTC) the first download asks for orders."""
        return fields.Datetime.now() - timedelta(days=FIRST_WINDOW_DAYS)

    # === BUSINESS METHODS - INVENTORY === #

    def _request_comparison(self):
        """All quantities may be others now: have them compared soon."""
        self.sudo().inventory_checked_on = False
        self._get_job("sync_inventory").write({"position": False})
        self.env["amazon.stock.change"]._trigger_sync()

    def _end_zero_question(self):
        """Hook: nothing is to be sent any more, so nobody is asked about zeros."""
