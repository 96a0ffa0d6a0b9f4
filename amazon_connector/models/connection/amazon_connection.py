"""One Amazon selling account in one region, authorised once."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# An order that was placed before the connection is downloaded when Amazon changed
# it within this many days before the store was connected.
FIRST_WINDOW_DAYS = 30

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


# Listings that could be bought and that no product stands for.
NOT_LINKED = [
    ("product_id", "=", False),
    ("is_parent", "=", False),
    ("state", "!=", "removed"),
]


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
        "Set it back to download a period again; nothing is doubled.",
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
        string="Listings Not Linked", compute="_compute_counts"
    )
    order_count = fields.Integer(compute="_compute_counts")
    order_problem_count = fields.Integer(
        string="Orders in Trouble", compute="_compute_counts"
    )
    shipment_problem_count = fields.Integer(
        string="Shipments in Trouble", compute="_compute_counts"
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

    @api.depends("storefront_ids.active")
    def _compute_has_storefront(self):
        for connection in self:
            connection.has_storefront = any(connection.storefront_ids.mapped("active"))

    def _compute_counts(self):
        def counts(model, domain):
            groups = self.env[model]._read_group(
                Domain("connection_id", "in", self.ids) & Domain(domain),
                ["connection_id"],
                ["__count"],
            )
            return {connection.id: count for connection, count in groups}

        listings = counts("amazon.listing", [("is_parent", "=", False)])
        unlinked = counts("amazon.listing", NOT_LINKED)
        orders = counts("amazon.order", [])
        trouble = counts("amazon.order", [("state", "in", ("held", "failed"))])
        shipments = counts("amazon.shipment", [("state", "in", ("blocked", "failed"))])
        for connection in self:
            connection.listing_count = listings.get(connection.id, 0)
            connection.unlinked_count = unlinked.get(connection.id, 0)
            connection.order_count = orders.get(connection.id, 0)
            connection.order_problem_count = trouble.get(connection.id, 0)
            connection.shipment_problem_count = shipments.get(connection.id, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._fill_secret_dates(self._clean_pasted(v)) for v in vals_list]
        for vals in vals_list:
            marketplace = self.env["amazon.marketplace"].browse(
                vals.get("marketplace_id")
            )
            self._check_account_free(
                vals.get("seller_id"), marketplace.region, vals.get("environment")
            )
        connections = super().create(vals_list)
        self.env["amazon.job"]._create_missing(connections)
        return connections

    def write(self, vals):
        vals = self._fill_secret_dates(self._clean_pasted(vals))
        self._refuse_other_account(vals)
        self._check_own_application(vals)
        switched_on = self.filtered(lambda one: vals.get("active") and not one.active)
        stopped = self.filtered(lambda connection: not connection._is_connected())
        corrected = (self - stopped).filtered(lambda one: one._is_corrected_by(vals))
        result = super().write(vals)
        self._unlink_renewal_reminders(vals)
        if vals.get("state") in CONNECTED_STATES:
            stopped._reset_refusal()
        if "orders_synced_until" in vals and not self.env.context.get("cron_id"):
            # The window begins anew from there.
            for connection in self:
                connection._get_job("download_orders").position = False
        # A job switches its own scheduled action off, at its end: the row of a
        # scheduled action that runs is locked.
        if {"active", "state"} & vals.keys() and not self.env.context.get("cron_id"):
            self.env["amazon.job"]._toggle_crons()
        for connection in corrected:
            connection._reset_job_failures()
        for connection in switched_on | corrected:
            connection._resume_jobs()
        return result

    def unlink(self):
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

    # === BUSINESS METHODS === #

    def _get_job(self, kind):
        """Return the ``amazon.job`` of a kind, in sudo; empty when there is none."""
        return self.sudo().job_ids.filtered(lambda job: job.kind == kind)

    def _get_unknown_product(self):
        """Return what becomes of orders for unknown products.

        With Download Products on they wait for their products.
        """
        return "hold" if self.download_products else self.unknown_product

    def _get_first_window_start(self):
        return fields.Datetime.now() - timedelta(days=FIRST_WINDOW_DAYS)
