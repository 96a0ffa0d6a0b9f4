"""A connection's presence in one marketplace."""

from datetime import timedelta, timezone

from odoo import api, fields, models

# Amazon may show a change later than another of the same moment.
LISTINGS_OVERLAP = timedelta(minutes=10)


class AmazonStorefront(models.Model):
    _name = "amazon.storefront"
    _description = "Amazon Storefront"
    _inherit = ["amazon.guarded"]
    _order = "connection_id, active DESC, marketplace_id"
    _check_company_auto = True

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
    marketplace_id = fields.Many2one(
        comodel_name="amazon.marketplace",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="marketplace_id.currency_id")
    active = fields.Boolean(
        string="Use",
        help="Orders and listings of this marketplace are downloaded only when it is "
        "ticked.",
    )
    suspended = fields.Boolean(
        readonly=True,
        help="Amazon says that the listings in this marketplace are suspended.",
    )
    tax_policy = fields.Selection(
        selection=[("odoo", "Odoo's taxes"), ("amazon", "Amazon's amounts")],
        string="Who accounts for tax",
        compute="_compute_tax_policy",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Odoo's taxes: lines carry the taxes of their product, mapped by the "
        "fiscal position of the buyer, and come to Amazon's amount with tax. Amazon's "
        "amounts: lines carry no tax of Odoo; tax that Amazon does not pay for you is "
        "a line of its own.",
    )
    facilitator_position_id = fields.Many2one(
        comodel_name="account.fiscal.position",
        string="Amazon collects the tax",
        check_company=True,
        help="The fiscal position of orders whose tax Amazon collects and pays itself "
        "(as marketplace facilitator or deemed reseller). Without one, their lines "
        "carry no tax.",
    )
    tax_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Account for tax",
        check_company=True,
        domain="[('internal_group', '=', 'liability'), ('active', '=', True)]",
        help="Where invoices book the tax that Amazon charges and does not pay for "
        "you. Empty: the account of the company's default sales tax.",
    )
    listings_synced_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Listings that Amazon changed up to this time have been downloaded (UTC).",
    )

    _connection_marketplace_unique = models.Constraint(
        "UNIQUE(connection_id, marketplace_id)",
        "A connection has one storefront in each marketplace.",
    )

    @api.depends("connection_id.display_name", "marketplace_id.name")
    def _compute_display_name(self):
        for storefront in self:
            storefront.display_name = (
                f"{storefront.connection_id.display_name} "
                f"({storefront.marketplace_id.name})"
            )

    @api.depends("marketplace_id")
    def _compute_tax_policy(self):
        for storefront in self:
            has_tax = storefront.marketplace_id.prices_include_tax
            storefront.tax_policy = "odoo" if has_tax else "amazon"

    # === CRUD METHODS === #

    def write(self, vals):
        """A storefront that is switched on brings its open orders along."""
        fresh = (
            self.filtered(lambda front: not front.active) if vals.get("active") else ()
        )
        result = super().write(vals)
        for connection in fresh and fresh.connection_id.sudo():
            # A page's token is good for the same marketplaces only.
            connection._get_job("download_orders").position = False
            if connection.orders_synced_until:
                # Never forward: what was missed is still to be downloaded.
                connection.orders_synced_until = min(
                    connection.orders_synced_until, connection._get_first_window_start()
                )
            if connection.sync_inventory:
                connection._request_comparison()
        self._follow_changes(vals)
        return result

    # === BUSINESS METHODS === #

    def _follow_changes(self, vals):
        """Hook: the rooms that add settings do what follows from another one.

        :param dict vals: what was written on these storefronts
        """

    def _get_tax_account(self):
        """Return the ``account.account`` of tax that Amazon does not pay for the
        seller: the chosen one, else that of the company's sales tax; may be empty."""
        if self.tax_account_id:
            return self.tax_account_id
        sales_tax = self.company_id.account_sale_tax_id.sudo()
        return sales_tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        ).account_id[:1]

    def _say_once(self, message, say):
        """Add a line to the history, unless it is there already.

        :param say: ``_warn`` or ``_note`` of the run, an ``amazon.history``
        """
        said = self.env["amazon.history.line"].search_count(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("message", "=", message),
            ],
            limit=1,
        )
        if not said:
            say(message, self)

    def _listings_since(self):
        """Return the aware time to ask for changed listings from; None means all."""
        cursor = self.listings_synced_until
        return (cursor or None) and (cursor - LISTINGS_OVERLAP).replace(
            tzinfo=timezone.utc
        )

    @api.model
    def _update_from_participations(self, connection, participations):
        """Make the storefronts equal to what Amazon lists for the account.

        The connection's own marketplace is switched on, new others stay off, and
        what somebody ticked is kept. One where the account sells no more is switched
        off: Amazon denies every request that names it.

        :param list participations: ``spapi.sellers.Participation``, those that the
            account takes part in
        """
        storefronts = self.with_context(active_test=False)
        known = {
            storefront.marketplace_id.amazon_marketplace_id: storefront
            for storefront in storefronts.search(
                [("connection_id", "=", connection.id)]
            )
        }
        marketplaces = self.env["amazon.marketplace"].search(
            [
                (
                    "amazon_marketplace_id",
                    "in",
                    [participation.marketplace_id for participation in participations],
                )
            ]
        )
        by_ref = {market.amazon_marketplace_id: market for market in marketplaces}
        sold_in = {participation.marketplace_id for participation in participations}
        for ref, storefront in known.items():
            if ref not in sold_in and storefront.active:
                storefront._switch_off()
        for participation in participations:
            ref = participation.marketplace_id
            if ref not in by_ref:
                continue
            if ref in known:
                known[ref].suspended = participation.suspended
                continue
            self.create(
                {
                    "connection_id": connection.id,
                    "marketplace_id": by_ref[ref].id,
                    "active": by_ref[ref] == connection.marketplace_id,
                    "suspended": participation.suspended,
                }
            )

    def _switch_off(self):
        self.active = False
        self.connection_id.message_post(
            body=self.env._(
                "Amazon says that the account does not sell in %s any more. The "
                "storefront was switched off.",
                self.marketplace_id.name,
            )
        )
