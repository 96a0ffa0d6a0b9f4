"""A delivery method, and what Amazon is told of the parcels that it carries."""

from odoo import api, fields, models

# What the carrier behind a delivery method is recognised by.
_RECOGNISED_BY = {"name", "delivery_type", "amazon_has_no_tracking"}


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    amazon_has_no_tracking = fields.Boolean(
        string="Has No Tracking",
        help="For letters, your own van and other services without a tracking number: "
        "a shipment does not wait for one. Amazon, which demands a number, is told "
        "the delivery's own reference.",
    )
    amazon_carrier_ids = fields.One2many(
        comodel_name="amazon.carrier",
        inverse_name="delivery_carrier_id",
        string="Amazon's Carriers",
        groups="amazon_connector.amazon_connector_group_user",
    )
    amazon_recognised_as = fields.Char(
        string="Amazon's Carrier",
        compute="_compute_amazon_recognition",
        compute_sudo=True,
        help="What Amazon is told of parcels that this method carries, in the "
        "marketplaces where you sell.",
    )
    amazon_recognition = fields.Selection(
        string="Recognised",
        selection=[
            ("unmapped", "Unmapped"),
            ("recognised", "By its name"),
            ("mapped", "Mapped by hand"),
        ],
        compute="_compute_amazon_recognition",
        compute_sudo=True,
        search="_search_amazon_recognition",
        help="Shipments of an unmapped method wait until it is mapped.",
    )
    amazon_delivery_count = fields.Integer(
        string="Amazon Deliveries",
        compute="_compute_amazon_delivery_count",
        compute_sudo=True,
    )
    is_used_for_amazon = fields.Boolean(
        string="Used for Amazon",
        compute="_compute_is_used_for_amazon",
        compute_sudo=True,
        search="_search_is_used_for_amazon",
        help="Deliveries of Amazon orders have it, or are to get it.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "name",
        "delivery_type",
        "amazon_has_no_tracking",
        "amazon_carrier_ids.marketplace_id",
        "amazon_carrier_ids.carrier_code",
        "amazon_carrier_ids.carrier_name",
        "amazon_carrier_ids.ship_method",
    )
    def _compute_amazon_recognition(self):
        marketplaces = self._get_amazon_marketplaces()
        for method in self:
            found = {
                marketplace: self.env["amazon.carrier"]._find_for(method, marketplace)
                for marketplace in marketplaces
            }
            method.amazon_recognised_as = self._describe_amazon_carriers(found)
            if not all(found.values()):
                method.amazon_recognition = "unmapped"
            elif method.amazon_carrier_ids:
                method.amazon_recognition = "mapped"
            else:
                method.amazon_recognition = "recognised"

    @api.model
    def _search_amazon_recognition(self, operator, value):
        if operator != "in":
            return NotImplemented
        methods = self.with_context(active_test=False).search([])
        wanted = methods.filtered(lambda method: method.amazon_recognition in value)
        return [("id", "in", wanted.ids)]

    def _compute_amazon_delivery_count(self):
        counts = self._count_amazon_deliveries()
        for method in self:
            method.amazon_delivery_count = counts.get(method._origin.id, 0)

    def _compute_is_used_for_amazon(self):
        used = self._get_used_for_amazon()
        for method in self:
            method.is_used_for_amazon = method._origin in used

    @api.model
    def _search_is_used_for_amazon(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self.sudo()._get_used_for_amazon().ids)]

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if _RECOGNISED_BY & vals.keys():
            self.env["amazon.carrier"]._check_shipments_again()
        return result

    # === ACTION METHODS === #

    def action_map_amazon_carrier(self):
        """Say what Amazon calls the carrier: a new mapping, or those there are."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Amazon's Carrier of %s", self.name),
            "res_model": "amazon.carrier",
            "context": {"default_delivery_carrier_id": self.id},
        }
        if self.amazon_carrier_ids:
            return action | {
                "view_mode": "list,form",
                "domain": [("delivery_carrier_id", "=", self.id)],
            }
        return action | {"view_mode": "form", "target": "new"}

    # === BUSINESS METHODS === #

    @api.model
    def _get_amazon_marketplaces(self):
        """Return where the connected accounts sell; an empty record if nowhere yet."""
        storefronts = self.env["amazon.storefront"].sudo().search([])
        return storefronts.marketplace_id or [self.env["amazon.marketplace"]]

    def _describe_amazon_carriers(self, found):
        """Return what Amazon is told, with the marketplaces where they differ.

        :param found: ``{marketplace: what amazon.carrier._find_for returned}``
        """
        nothing = self.env._("Nothing")
        places = {}
        for marketplace, carrier in found.items():
            words = carrier and (carrier["carrier_name"], carrier["ship_method"])
            text = carrier["carrier_code"] if carrier else nothing
            text = ", ".join([text, *(word for word in words or () if word)])
            places.setdefault(text, []).append(marketplace.name)
        if len(places) == 1:
            return "" if nothing in places else next(iter(places))
        return "; ".join(
            f"{text} ({', '.join(names)})" for text, names in places.items()
        )

    @api.model
    def _count_amazon_deliveries(self):
        """Return ``{id of the method: number of deliveries of Amazon orders}``."""
        groups = self.env["stock.picking"]._read_group(
            [
                ("carrier_id", "!=", False),
                ("sale_id.amazon_order_ids", "!=", False),
                ("state", "!=", "cancel"),
            ],
            ["carrier_id"],
            ["__count"],
        )
        return {carrier.id: count for carrier, count in groups}

    @api.model
    def _get_used_for_amazon(self):
        """Return the methods of Amazon orders, also those that are still to come."""
        chosen = self.env["amazon.delivery.method"].search([]).carrier_id
        return chosen | self.browse(self._count_amazon_deliveries())
