"""By which delivery method a storefront's orders of a service level are shipped.

The first order of a service level makes the row. Its delivery method is guessed by
name, where one of that name is there and no second; else it stays empty, and can be
filled in. What a person chose, also nothing, is never guessed again.
"""

import re

from odoo import api, fields, models

from .order_words import describe_service_level

# By what the name of a delivery method says which service it is.
_NAME_PATTERNS = {
    "standard": r"\bstandard",
    "expedited": r"\b(expedited|express)",
    "priority": r"\bpriority\b",
    "next_day": r"\b(next[ -]?day|overnight)\b",
    "second_day": r"\b(second|2nd|two|2)[ -]?day\b",
    "same_day": r"\bsame[ -]?day\b",
    "scheduled": r"\bscheduled\b",
    "free_economy": r"\beconomy\b",
}


class AmazonDeliveryMethod(models.Model):
    _name = "amazon.delivery.method"
    _description = "Amazon Delivery Method"
    _order = "storefront_id, id"
    _rec_name = "service_level"
    _check_company_auto = True

    storefront_id = fields.Many2one(
        comodel_name="amazon.storefront", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="storefront_id.company_id", store=True, index=True
    )
    service_level = fields.Char(
        string="Service",
        required=True,
        help="Amazon's word (fulfillmentServiceLevel), lower case: standard, "
        "expedited, next_day, …",
    )
    service_level_label = fields.Char(
        string="Promised to the Buyer", compute="_compute_service_level_label"
    )
    carrier_id = fields.Many2one(
        comodel_name="delivery.carrier",
        string="Delivery Method",
        check_company=True,
        ondelete="cascade",
        help="Set on new sale orders and their deliveries. It adds nothing to what the "
        "buyer pays.",
    )
    is_guessed = fields.Boolean(
        string="Guessed",
        help="Found by the name of the delivery method; nobody chose it.",
    )

    _storefront_service_unique = models.Constraint(
        "UNIQUE(storefront_id, service_level)",
        "This service level has a delivery method in the storefront already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("service_level")
    @api.depends_context("lang")
    def _compute_service_level_label(self):
        for method in self:
            method.service_level_label = describe_service_level(
                self.env, method.service_level
            )

    @api.depends("service_level_label", "storefront_id")
    def _compute_display_name(self):
        for method in self:
            method.display_name = (
                f"{method.storefront_id.display_name}: {method.service_level_label}"
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if level := vals.get("service_level"):
                vals["service_level"] = level.strip().lower().replace(" ", "_")
        methods = super().create(vals_list)
        methods.filtered(lambda method: not method.is_guessed)._complete_deliveries()
        return methods

    def write(self, vals):
        """What a person chooses is a guess no more."""
        is_choice = "carrier_id" in vals and "is_guessed" not in vals
        result = super().write(vals | ({"is_guessed": False} if is_choice else {}))
        if is_choice:
            self._complete_deliveries()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _find_or_create(self, storefront, service_level):
        """Return the row of a service level, with a delivery method if one is known.

        :param storefront: one ``amazon.storefront``
        :param str service_level: Amazon's word, lower case
        """
        method = storefront.delivery_method_ids.filtered(
            lambda row: row.service_level == service_level
        )
        if method and (method.carrier_id or not method.is_guessed):
            return method
        carrier = self._guess_carrier(storefront.company_id, service_level)
        if not method:
            return self.create(
                {
                    "storefront_id": storefront.id,
                    "service_level": service_level,
                    "carrier_id": carrier.id,
                    "is_guessed": True,
                }
            )
        if carrier:
            method.write({"carrier_id": carrier.id, "is_guessed": True})
        return method

    @api.model
    def _guess_carrier(self, company, service_level):
        """Return the one ``delivery.carrier`` whose name says it; else none."""
        carriers = self.env["delivery.carrier"].search(
            [("company_id", "in", (False, company.id))]
        )
        pattern = _NAME_PATTERNS.get(service_level)
        named = carriers.filtered(
            lambda carrier: (
                pattern and re.search(pattern, carrier.name or "", re.IGNORECASE)
            )
        )
        return named if len(named) == 1 else named.browse()

    def _complete_deliveries(self):
        """Give open sale orders and deliveries that have none the delivery method."""
        for method in self.sudo().filtered("carrier_id"):
            sales = (
                self.env["amazon.order"]
                .sudo()
                .search(
                    [
                        ("storefront_id", "=", method.storefront_id.id),
                        ("service_level", "=", method.service_level),
                        ("is_to_ship", "=", True),
                    ]
                )
                .sale_order_id.filtered(lambda sale: not sale.carrier_id)
            )
            sales.carrier_id = method.carrier_id
            sales.picking_ids.filtered(
                lambda picking: (
                    picking.picking_type_code == "outgoing"
                    and picking.state not in ("done", "cancel")
                    and not picking.carrier_id
                )
            ).carrier_id = method.carrier_id
