"""The settings of a connection, the same in the guided set-up and on its form."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ENVIRONMENTS = [
    ("production", "Production"),
    ("sandbox", "Amazon's static sandbox"),
]

UNKNOWN_PRODUCT = [
    ("partial", "Let Odoo create partial orders"),
    ("create", "Create nonexistent products when orders are downloaded"),
    ("hold", "Hold the order until its products are linked"),
]


class AmazonConnectionMixin(models.AbstractModel):
    _name = "amazon.connection.mixin"
    _description = "Amazon Connection Settings"

    # === FIELDS: CONNECT === #
    environment = fields.Selection(
        selection=ENVIRONMENTS,
        required=True,
        default="production",
        help="The static sandbox answers fixed questions with invented data. It shows "
        "whether an application is set up rightly; no order of it is real.",
    )
    marketplace_id = fields.Many2one(
        comodel_name="amazon.marketplace",
        required=True,
        tracking=True,
        help="The store's own marketplace. Other marketplaces of the account are "
        "listed under Storefronts once the store is connected.",
    )
    region = fields.Selection(related="marketplace_id.region", store=True)

    # === FIELDS: GENERAL === #
    name = fields.Char(
        string="Connection Store Name",
        readonly=True,
        copy=False,
        help="What Amazon calls the store. It is read from Amazon.",
    )
    store_name = fields.Char(
        tracking=True, help="Your own name for the store; it is shown instead."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        required=True,
        check_company=True,
        compute="_compute_company_defaults",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Orders of this store are delivered from here.",
    )
    client_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        check_company=True,
        compute="_compute_company_defaults",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Whose goods are sold in this store: your own company, or the client "
        "that your warehouse ships for. Of a client, only stock that they own is used.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
        help="Gets an activity when something needs a person.",
    )

    # === FIELDS: CONFIGURATION === #
    download_products = fields.Boolean(
        default=True,
        tracking=True,
        help="Each listing is linked to the product that has its SKU as internal "
        "reference; where there is none, a product is created. Title, price, barcode "
        "and picture follow the store. Nothing in the store is changed.",
    )
    download_orders = fields.Boolean(
        default=True,
        tracking=True,
        help="Paid orders that you ship yourself become confirmed sale orders. The SKU "
        "on Amazon is the internal reference of the product, unless its listing is "
        "linked to another one.",
    )
    unknown_product = fields.Selection(
        selection=UNKNOWN_PRODUCT,
        string="Unknown Products",
        required=True,
        default="hold",
        tracking=True,
        help="What becomes of an order for a SKU that no product has as internal "
        "reference. With Download Products on, it waits until its products are "
        "downloaded.",
    )
    sync_inventory = fields.Boolean(
        copy=False,
        tracking=True,
        help="Amazon offers what is free in the warehouse, of the client's stock. "
        "Whatever changes it is sent within seconds. Listings that Amazon fulfils are "
        "left alone. It can be switched on once the set-up is completed.",
    )
    send_shipments = fields.Boolean(
        string="Send Shipment Info to Store",
        default=True,
        tracking=True,
        help="A validated delivery is confirmed to Amazon with carrier, tracking "
        "number, items and quantities.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_company_defaults(self):
        for connection in self:
            company = connection.company_id
            if connection.warehouse_id.company_id != company:
                connection.warehouse_id = self.env["stock.warehouse"].search(
                    [("company_id", "=", company.id)], limit=1
                )
            if not self._is_client_of(connection.client_id, company):
                connection.client_id = company.partner_id

    # === CONSTRAINT METHODS === #

    @api.constrains("client_id", "company_id")
    def _check_client(self):
        for connection in self:
            client, company = connection.client_id, connection.company_id
            if not self._is_client_of(client, company):
                raise ValidationError(
                    self.env._(
                        "%(partner)s is, or belongs to, a company of this Odoo. Choose "
                        "the company itself (%(company)s), or one of its clients.",
                        partner=client.display_name,
                        company=company.partner_id.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _is_client_of(self, client, company):
        """Whether a partner may be the client: not of, and not itself, another.

        A contact of a company owns no goods; they would wait beside its stock forever.
        """
        if not client or (client.company_id and client.company_id != company):
            return False
        if own := client.sudo().ref_company_ids:
            return company in own
        return not client.sudo().commercial_partner_id.ref_company_ids

    def _valid_field_parameter(self, field, name):
        # The guided set-up has no chatter and takes no notice of it.
        return name == "tracking" or super()._valid_field_parameter(field, name)
