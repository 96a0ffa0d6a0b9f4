"""Carrier mapping: what Amazon calls the carrier behind a delivery method."""

from odoo import api, fields, models

from ...spapi.shipments import (
    CARRIER_NAME_LIMIT,
    OTHER,
    SHIP_METHODS,
    Carrier,
    get_carrier_codes,
    guess_carrier,
)


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
        help="Chosen from Amazon's list, or exactly as Seller Central spells it: upper "
        'and lower case matter. "Other" for a carrier that Amazon does not list.',
    )
    carrier_name = fields.Char(
        size=CARRIER_NAME_LIMIT, help='The carrier\'s name, needed with "Other".'
    )
    ship_method = fields.Char(
        help="Amazon's name of the service, such as Express. In Germany, Spain and "
        "France an untracked service does not lower your valid tracking rate only if "
        "it is spelled as in Seller Central.",
    )

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
        self._check_shipments_again()
        return carriers

    def write(self, vals):
        result = super().write(vals)
        self._check_shipments_again()
        return result

    def unlink(self):
        result = super().unlink()
        self._check_shipments_again()
        return result

    @api.onchange("carrier_code", "delivery_carrier_id")
    def _onchange_carrier_code(self):
        """Propose the delivery method's name, which Amazon wants with "Other"."""
        if self.carrier_code == OTHER and not self.carrier_name:
            name = self.delivery_carrier_id.name or ""
            self.carrier_name = name[:CARRIER_NAME_LIMIT]

    # === BUSINESS METHODS === #

    @api.model
    def get_carrier_codes(self, marketplace_id=False):
        """Return the codes that Amazon offers in a marketplace, the likely ones first.

        :param marketplace_id: id of the ``amazon.marketplace``, none for all codes
        :return: list of str
        """
        marketplace = self.env["amazon.marketplace"].browse(marketplace_id or ())
        return list(get_carrier_codes(marketplace.country_id.code or ""))

    @api.model
    def get_ship_methods(self, marketplace_id=False, carrier_code=""):
        """Return the services that Seller Central names with a code.

        :param marketplace_id: id of the ``amazon.marketplace``, none for all of them
        :param carrier_code: Amazon's code of the carrier
        :return: list of str, empty when none is known
        """
        marketplace = self.env["amazon.marketplace"].browse(marketplace_id or ())
        country = marketplace.country_id.code
        return [
            method
            for (land, code), methods in SHIP_METHODS.items()
            if code == carrier_code and country in (land, False)
            for method in methods
        ]

    @api.model
    def _find_for(self, delivery_carrier, marketplace):
        """Return what Amazon calls a carrier, or ``None``.

        The mapping made by hand wins, the marketplace's own before the general one;
        then a delivery method whose name or provider says the carrier. One without
        tracking is sent as "Other" by its own name rather than not at all.

        :param delivery_carrier: the ``delivery.carrier``, may be empty
        :param marketplace: the ``amazon.marketplace`` of the order
        :return: ``{"carrier_code", "carrier_name", "ship_method"}``
        """
        # Who ships need not be a user of the connector.
        delivery_carrier = delivery_carrier.sudo()
        if mapped := delivery_carrier.amazon_carrier_ids._get_closest(marketplace):
            return {
                "carrier_code": mapped.carrier_code,
                "carrier_name": mapped.carrier_name,
                "ship_method": mapped.ship_method,
            }
        carrier = guess_carrier(
            delivery_carrier.name,
            delivery_carrier.delivery_type,
            marketplace.sudo().country_id.code or "",
        )
        if not carrier and delivery_carrier.amazon_has_no_tracking:
            carrier = Carrier(OTHER, delivery_carrier.name[:CARRIER_NAME_LIMIT].strip())
        return carrier and {
            "carrier_code": carrier.code,
            "carrier_name": carrier.name or False,
            "ship_method": carrier.ship_method or False,
        }

    def _get_closest(self, marketplace):
        """Return the row of the marketplace, else the one for all, may be empty."""
        return self.filtered(
            lambda row: row.marketplace_id in (marketplace, marketplace.browse())
        ).sorted(lambda row: not row.marketplace_id)[:1]

    def _check_shipments_again(self):
        """Have the shipments that wait for a carrier looked at soon."""
        self.env["amazon.job"]._trigger("send_shipments")

    @api.model
    def _get_mapping_action(self, delivery_carrier, marketplace):
        """Return the dialog that asks what Amazon calls a carrier.

        :param delivery_carrier: the ``delivery.carrier``
        :param marketplace: the ``amazon.marketplace`` where the name is missing
        """
        return {
            "name": self.env._("Map Carrier"),
            "type": "ir.actions.act_window",
            "res_model": "amazon.carrier",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_delivery_carrier_id": delivery_carrier.id,
                "default_marketplace_id": marketplace.id,
            },
        }
