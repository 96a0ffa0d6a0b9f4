"""Which rules hold for a listing, and what they make of what there is.

Of each type of rule the nearest one holds: listing, variant, product, category (and the
categories above it), storefront, connection. Beside each of these, a rule that names a
connection is nearer than one for all of them.

The rules count what Amazon counts: units of the listing (2 packs, not 12 pieces).
"""

from dataclasses import dataclass

from odoo.fields import Domain

# Where a rule stands, the nearest first; the field of the rule that names what it is
# for, the field of a listing that is compared with it, and how.
LEVELS = {
    "listing": ("listing_id", "id", "="),
    "variant": ("product_id", "product_id", "="),
    "product": ("product_tmpl_id", "product_tmpl_id", "="),
    "category": ("categ_id", "product_id.categ_id", "child_of"),
    "storefront": ("storefront_id", "storefront_id", "="),
    "connection": ("connection_id", "connection_id", "="),
}


# What each type of rule makes of the units that there are, in this order.
COUNTS = {
    "stop_at": lambda units, value: 0 if units <= value else units,
    "buffer": lambda units, value: max(units - value, 0),
    "percentage": lambda units, value: units * value // 100,
    "maximum": min,
}


@dataclass(frozen=True)
class Rule:
    """One rule, as it counts.

    :ivar rule_type: see ``amazon.inventory.rule``
    :ivar value: how many units, or percent
    :ivar is_lifted: what farther rules of the type say does not count
    :ivar record_id: of ``amazon.inventory.rule``; None of one that is not saved
    """

    rule_type: str
    value: int = 0
    is_lifted: bool = False
    record_id: int | None = None


def apply_rules(units, rules):
    """Return what is offered, and how the rules come to it.

    First what is kept back (stop at, buffer), then the share, then the maximum. A fixed
    quantity counts whatever there is.

    :param int units: of the listing that there are, 0 or more
    :param dict rules: the :class:`Rule` of each type that holds
    :return: (units to offer, ``[(rule, units after it)]``)
    """
    if "fixed" in rules:
        fixed = rules["fixed"]
        return fixed.value, [(fixed, fixed.value)]
    steps = []
    for rule_type, count in COUNTS.items():
        if rule_type not in rules:
            continue
        counted = count(units, rules[rule_type].value)
        if counted != units:
            steps.append((rules[rule_type], counted))
        units = counted
    return units, steps


class InventoryRules:
    """The rules of some connections, found for any number of their listings.

    :param connections: ``amazon.connection``
    :param candidate: a rule that is not saved yet, ``amazon.inventory.rule``; it counts
        as if it were, and in place of the one that it changes
    """

    def __init__(self, connections, candidate=None):
        rules = connections.env["amazon.inventory.rule"].sudo()
        saved = rules.search(
            Domain("connection_id", "in", (False, *connections.ids))
            & Domain("company_id", "in", connections.company_id.ids)
        )
        if candidate:
            saved = (saved - candidate._origin) | candidate.sudo()
        # {(level, id of what it is for, connection id, company id): {type: Rule}}
        self._rules = {}
        for rule in saved:
            target = rule[LEVELS[rule.applied_on][0]]
            # Of a record that is being edited.
            target_id = target._origin.id or target.id
            connection = rule.connection_id
            key = (
                rule.applied_on,
                target_id,
                connection._origin.id or connection.id,
                rule.company_id.id,
            )
            self._rules.setdefault(key, {})[rule.rule_type] = Rule(
                rule.rule_type, rule.value, rule.is_lifted, rule._origin.id or None
            )

    def get(self, listing):
        """Return ``{type: Rule}`` that hold for a listing, lifted ones left out."""
        if not self._rules:
            return {}
        nearest = {}
        for rules in self._find_nearest_first(listing):
            nearest = rules | nearest
        return {name: rule for name, rule in nearest.items() if not rule.is_lifted}

    def _find_nearest_first(self, listing):
        """Yield ``{type: Rule}`` of each place that counts for a listing."""
        product = listing.product_id.sudo()
        # From the product's own category up.
        path = (product.categ_id.parent_path or "").strip("/")
        categories = [int(part) for part in reversed(path.split("/")) if part]
        connection_id, company_id = listing.connection_id.id, listing.company_id.id
        for level, target_ids in (
            ("listing", [listing.id]),
            ("variant", [product.id]),
            ("product", [product.product_tmpl_id.id]),
            ("category", categories),
            ("storefront", [listing.storefront_id.id]),
            ("connection", [connection_id]),
        ):
            for target_id in target_ids:
                for connection in (connection_id, False):
                    key = (level, target_id, connection, company_id)
                    if key in self._rules:
                        yield self._rules[key]


def get_never_synced_domain(rules):
    """The listings that some rules say are never synced, the nearest of them counting.

    :param rules: ``amazon.inventory.rule`` of the type *never*
    """
    domain = Domain.FALSE
    for level in reversed(LEVELS):
        at_level = rules.filtered(lambda rule, level=level: rule.applied_on == level)
        for rule in at_level.sorted(_get_distance):
            meant = rule._get_listing_domain()
            domain = domain & ~meant if rule.is_lifted else domain | meant
    return domain


def _get_distance(rule):
    """Sort by what is farther first: a category before those in it, all stores before
    one."""
    depth = (rule.categ_id.parent_path or "").count("/")
    return depth, bool(rule.connection_id)
