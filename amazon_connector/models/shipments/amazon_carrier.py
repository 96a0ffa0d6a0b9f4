"""Carrier mapping: what Amazon calls the carrier behind a delivery method."""

from odoo import api, fields, models

from ...spapi.shipments import guess_carrier


class AmazonCarrier(models.Model):
    _name = "amazon.carrier"
    _description = "Amazon Carrier Mapping"
    _order = "delivery_carrier_id, marketplace_id"
    _rec_name = "carrier_code"

    delivery_carrier_id = fields.Many2one(
        comodel_name="delivery.carrier",
        string="Delivery Method",
        required=True,
        index=True,
        ondelete="cascade",
    )
    marketplace_id = fields.Many2one(
        comodel_name="amazon.marketplace",
        help="Only for this marketplace; empty: for all that have none of their own.",
    )
    carrier_code = fields.Char(
        required=True,
        help="Exactly as Seller Central spells it: upper and lower case matter. "
        '"Other" for a carrier that Amazon does not list.',
    )
    carrier_name = fields.Char(help='The carrier\'s name, needed with "Other".')
    ship_method = fields.Char(help="Amazon's name of the service, such as Express.")

    _carrier_marketplace_unique = models.UniqueIndex(
        "(delivery_carrier_id, COALESCE(marketplace_id, 0))",
        "This delivery method is already mapped for the marketplace.",
    )
    _other_has_name = models.Constraint(
        "CHECK(carrier_code != 'Other' OR carrier_name != '')",
        'Amazon wants the name of the carrier with "Other".',
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        carriers = super().create(vals_list)
        self.env["amazon.job"]._trigger("send_shipments")
        return carriers

    def write(self, vals):
        result = super().write(vals)
        self.env["amazon.job"]._trigger("send_shipments")
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _find_for(self, delivery_carrier, marketplace):
        """Return what Amazon calls a carrier, or ``None``.

        The mapping made by hand wins, the marketplace's own before the general one;
        then a delivery method whose name or provider says the carrier.

        :param delivery_carrier: the ``delivery.carrier``, may be empty
        :param marketplace: the ``amazon.marketplace`` of the order
        :return: ``{"carrier_code", "carrier_name", "ship_method"}``
        """
        mapped = self.search(
            [
                ("delivery_carrier_id", "=", delivery_carrier.id),
                ("marketplace_id", "in", (False, marketplace.id)),
            ]
        ).sorted(lambda row: not row.marketplace_id)[:1]
        if mapped:
            return {
                "carrier_code": mapped.carrier_code,
                "carrier_name": mapped.carrier_name,
                "ship_method": mapped.ship_method,
            }
        code = guess_carrier(delivery_carrier.name, delivery_carrier.delivery_type)
        if not code:
            return None
        return {"carrier_code": code, "carrier_name": False, "ship_method": False}
