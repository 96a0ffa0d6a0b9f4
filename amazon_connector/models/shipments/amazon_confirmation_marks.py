"""How far Amazon is told of what was shipped: said alike of deliveries and orders.

It is not stored: a job that confirms a shipment writes that shipment alone, and meets
nobody who writes the delivery or the sale order.
"""

from odoo import api, fields, models
from odoo.fields import Domain

# The worst first: several parcels are as far as the worst of them.
CONFIRMATION_STATES = [
    ("refused", "Refused"),
    ("blocked", "Blocked"),
    ("waiting", "Waiting"),
    ("confirmed", "Confirmed"),
    ("not_needed", "Nothing to tell"),
]
# What the states of amazon.shipment mean.
_STATES = {
    "refused": ("failed",),
    "blocked": ("blocked",),
    "waiting": ("pending", "sent", "unknown"),
    "confirmed": ("done",),
    "not_needed": ("not_needed",),
}
# What left and is not in the outbox yet, and whether it can get there.
_LEFT = Domain("amazon_unsettled_since", "!=", False) & Domain(
    "location_dest_id.usage", "=", "customer"
)
_UNSETTLED = {
    "blocked": Domain("amazon_settling_error", "!=", False),
    "waiting": Domain("amazon_settling_error", "=", False),
}
OPEN_CONFIRMATION_STATES = ("refused", "blocked", "waiting")


class AmazonConfirmationMarks(models.AbstractModel):
    _name = "amazon.confirmation.marks"
    _description = "Confirmation to Amazon"
    # The way from the record to its rows of amazon.shipment.
    _amazon_shipment_path = "shipment_ids"
    # The way to its deliveries, of which some may have no shipments yet.
    _amazon_delivery_path = "picking_ids"

    amazon_confirmation_state = fields.Selection(
        selection=CONFIRMATION_STATES,
        string="Confirmation",
        compute="_compute_amazon_confirmation",
        search="_search_amazon_confirmation_state",
        help="How far Amazon is told of what was shipped: as far as the worst parcel.",
    )
    amazon_confirmation_reason = fields.Text(
        string="Confirmation Reason", compute="_compute_amazon_confirmation"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        lambda self: [
            *(f"{self._amazon_shipment_path}.{name}" for name in ("state", "error")),
            *(
                f"{self._amazon_delivery_path}.{name}".lstrip(".")
                for name in ("amazon_unsettled_since", "amazon_settling_error")
            ),
        ]
    )
    def _compute_amazon_confirmation(self):
        for record in self:
            # Who ships or sells need not see the outbox.
            known = record.sudo()
            shipments = known.mapped(self._amazon_shipment_path)
            unsettled = known._get_unsettled_parcels()
            record.amazon_confirmation_state = _get_worst(shipments, unsettled)
            reasons = shipments.filtered("error").mapped("error")
            reasons += unsettled.filtered("amazon_settling_error").mapped(
                "amazon_settling_error"
            )
            record.amazon_confirmation_reason = "\n".join(dict.fromkeys(reasons))

    def _get_unsettled_parcels(self):
        """Return the deliveries that left and are not in the outbox yet."""
        deliveries = self
        if self._amazon_delivery_path:
            deliveries = self.mapped(self._amazon_delivery_path)
        return deliveries.filtered(
            lambda picking: (
                picking.amazon_unsettled_since
                and picking.location_dest_id.usage == "customer"
            )
        )

    @api.model
    def _search_amazon_confirmation_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        worst = list(OPEN_CONFIRMATION_STATES)
        if set(value) == set(worst):
            # Whatever is open of it: no worse state has to be left out.
            return self._get_shipment_domain(worst)
        return Domain.OR(self._get_confirmation_domain(state) for state in value)

    @api.model
    def _get_confirmation_domain(self, state):
        """Return the domain of the records of one state, ``False`` for none."""
        states = [name for name, _label in CONFIRMATION_STATES]
        if not state:
            return ~self._get_shipment_domain(states)
        if state not in _STATES:
            return Domain.FALSE
        worse = states[: states.index(state)]
        domain = self._get_shipment_domain([state])
        return domain & ~self._get_shipment_domain(worse) if worse else domain

    @api.model
    def _get_shipment_domain(self, states):
        """Return the domain of what has a shipment in one of these states."""
        return Domain.OR(self._get_shipment_domains(states))

    @api.model
    def _get_shipment_domains(self, states):
        """Return the domains of that: in the outbox, and not there yet."""
        found = [one for state in states for one in _STATES[state]]
        domains = [_reach(self._amazon_shipment_path, Domain("state", "in", found))]
        if unsettled := [_UNSETTLED[name] for name in states if name in _UNSETTLED]:
            parcels = _LEFT & Domain.OR(unsettled)
            domains.append(_reach(self._amazon_delivery_path, parcels))
        return domains


def _reach(path, domain):
    """Return the domain of what leads to records of a domain."""
    for name in reversed(path.split(".") if path else ()):
        domain = Domain(name, "any!", domain)
    return domain


def _get_worst(shipments, unsettled):
    found = set(shipments.mapped("state"))
    for picking in unsettled:
        found.add("blocked" if picking.amazon_settling_error else "pending")
    for state, _label in CONFIRMATION_STATES:
        if found.intersection(_STATES[state]):
            return state
    return False
