"""A rule of the administrator's: less than there is, or nothing, is offered."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .inventory_rules import LEVELS, InventoryRules

LISTINGS_SHOWN_IN_WHAT_IF = 10
# So many are worked out while a person waits.
LISTINGS_IN_WHAT_IF = 20_000
TARGETS = {level: field_name for level, (field_name, *_rest) in LEVELS.items()}


class AmazonInventoryRule(models.Model):
    _name = "amazon.inventory.rule"
    _description = "Amazon Inventory Rule"
    _order = "rule_type, applied_on, id"
    _check_company_auto = True

    rule_type = fields.Selection(
        selection=[
            ("percentage", "Percentage"),
            ("buffer", "Safety buffer"),
            ("maximum", "Maximum"),
            ("stop_at", "Stop at"),
            ("fixed", "Fixed quantity"),
            ("never", "Never sync"),
        ],
        string="Rule",
        required=True,
        default="buffer",
    )
    value = fields.Integer(
        default=0,
        aggregator=None,
        help="Units of the listing, or percent.",
    )
    is_lifted = fields.Boolean(
        string="No Such Rule Here",
        help="Ticked: what a rule of this type says farther away does not count here.",
    )
    applied_on = fields.Selection(
        selection=[
            ("connection", "Connection"),
            ("storefront", "Storefront"),
            ("category", "Product Category"),
            ("product", "Product"),
            ("variant", "Product Variant"),
            ("listing", "Listing"),
        ],
        required=True,
        default="connection",
        help="The nearest rule of a type holds: that of the listing before that of the "
        "variant, the product, its category, the storefront, the connection.",
    )
    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        compute="_compute_connection_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        help="Empty: the rule holds in all stores of the company.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    storefront_id = fields.Many2one(
        comodel_name="amazon.storefront",
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        index="btree_not_null",
        ondelete="cascade",
        help="With all categories in it.",
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Product",
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
        help="With all its variants.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product Variant",
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
    )
    listing_id = fields.Many2one(
        comodel_name="amazon.listing",
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
    )
    target_name = fields.Char(string="Applies To", compute="_compute_target_name")
    is_what_if_shown = fields.Boolean(
        string="Show What If",
        store=False,
        help="Ticked: shows what would change, before the rule is saved.",
    )
    what_if = fields.Html(compute="_compute_what_if")

    _value_not_negative = models.Constraint(
        "CHECK(value >= 0)", "The quantity of a rule is 0 or more."
    )
    _percentage_at_most_all = models.Constraint(
        "CHECK(rule_type != 'percentage' OR value <= 100)",
        "Of what there is, at most 100 percent can be offered.",
    )
    _one_of_a_type = models.UniqueIndex(
        "(company_id, rule_type, applied_on, COALESCE(connection_id, 0), "
        "COALESCE(storefront_id, 0), COALESCE(categ_id, 0), "
        "COALESCE(product_tmpl_id, 0), COALESCE(product_id, 0), "
        "COALESCE(listing_id, 0))",
        "There is a rule of this type for it already. Change that one.",
    )

    # === COMPUTE METHODS === #

    @api.depends("applied_on", "storefront_id", "listing_id")
    def _compute_connection_id(self):
        for rule in self:
            if rule.applied_on in ("storefront", "listing"):
                rule.connection_id = rule._get_target().connection_id

    @api.depends("connection_id")
    def _compute_company_id(self):
        for rule in self:
            rule.company_id = (
                rule.connection_id.company_id or rule.company_id or self.env.company
            )

    @api.depends("applied_on", *TARGETS.values())
    def _compute_target_name(self):
        for rule in self:
            names = [rule._get_target().display_name]
            if rule.applied_on in ("category", "product", "variant"):
                names.append(rule.connection_id.display_name)
            rule.target_name = ", ".join(filter(None, names))

    @api.depends("rule_type", "value", "is_lifted", "target_name")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule._describe()} ({rule.target_name})"

    @api.depends(
        "is_what_if_shown",
        "rule_type",
        "value",
        "is_lifted",
        "applied_on",
        *TARGETS.values(),
    )
    def _compute_what_if(self):
        for rule in self:
            is_shown = rule.is_what_if_shown and rule._get_target()
            rule.what_if = rule._describe_what_if() if is_shown else False

    # === CONSTRAINT METHODS === #

    @api.constrains("applied_on", *TARGETS.values())
    def _check_target(self):
        labels = dict(self._fields["applied_on"]._description_selection(self.env))
        for rule in self:
            if not rule._get_target():
                raise ValidationError(
                    self.env._(
                        "Choose what the rule applies to: %s.", labels[rule.applied_on]
                    )
                )

    @api.constrains("rule_type", "applied_on", "is_lifted")
    def _check_never_of_listing(self):
        for rule in self:
            if rule.applied_on == "listing" and rule._is_never():
                raise ValidationError(
                    self.env._(
                        "Switch Sync Inventory off on the listing %s: that is its "
                        "own way never to be synced.",
                        rule.listing_id.sku,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._clear_other_targets()
        rules._mark_listings()
        return rules

    def write(self, vals):
        self._mark_listings()
        result = super().write(vals)
        if "applied_on" in vals:
            self._clear_other_targets()
        self._mark_listings()
        return result

    def unlink(self):
        self._mark_listings()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _clear_other_targets(self):
        """A rule applies to one thing."""
        for rule in self:
            others = [
                name
                for level, name in TARGETS.items()
                if level not in (rule.applied_on, "connection") and rule[name]
            ]
            if others:
                rule.write(dict.fromkeys(others, False))

    def _get_target(self):
        """Return the record that the rule applies to; empty where none is chosen."""
        return self[TARGETS[self.applied_on or "connection"]]

    def _is_never(self):
        return self.rule_type == "never" and not self.is_lifted

    def _describe(self):
        """Return what the rule says, as words."""
        _ = self.env._
        labels = dict(self._fields["rule_type"]._description_selection(self.env))
        if self.is_lifted:
            return _("No rule: %s", labels[self.rule_type])
        if self.rule_type == "never":
            return labels["never"]
        unit = " %" if self.rule_type == "percentage" else ""
        return f"{labels[self.rule_type]} {self.value}{unit}"

    # === BUSINESS METHODS - WHICH LISTINGS === #

    def _get_listing_domain(self):
        """The listings that the rule is for, whether a nearer one holds or not."""
        field_name, compared, operator = LEVELS[self.applied_on]
        target = self[field_name]
        domain = Domain(compared, operator, target._origin.id or target.id)
        domain &= Domain("company_id", "=", self.company_id.id)
        if self.connection_id:
            domain &= Domain("connection_id", "=", self.connection_id._origin.id)
        return domain

    def _find_listings(self):
        domain = Domain.OR(
            rule._get_listing_domain() for rule in self if rule._get_target()
        )
        return self.env["amazon.listing"].sudo().search(domain)

    def _mark_listings(self):
        """Have the quantities worked out anew, by a run that is under way, too.

        A run takes its mark off each listing when Amazon answers, so that a mark on
        the listing itself could be lost. Of many, all of the store are compared, which
        is quicker than to note each product.
        """
        wide = self.filtered(
            lambda rule: rule.applied_on in ("storefront", "connection")
        )
        for connection in wide.connection_id.filtered("sync_inventory"):
            connection._request_comparison()
        if narrow := self - wide:
            products = narrow._find_listings().product_id
            self.env["amazon.stock.change"]._mark_products_changed(products)
        never = self.filtered(lambda rule: rule.rule_type == "never")
        never._find_listings()._unmark_not_synced()

    # === BUSINESS METHODS - WHAT IF === #

    def _describe_what_if(self):
        """Return how many listings would change, and the ten that change most."""
        listings = self.env["amazon.listing"].search(
            (self._get_listing_domain() | self._origin_domain())
            & self.env["amazon.listing"]._get_offerable_domain(),
            limit=LISTINGS_IN_WHAT_IF,
            order="id",
        )
        now = listings._get_quantities_under_rules()
        would = listings._get_quantities_under_rules(
            InventoryRules(listings.connection_id, candidate=self)
        )
        changed = listings.filtered(lambda row: now[row] != would[row])
        largest = changed.sorted(lambda row: -abs((now[row] or 0) - (would[row] or 0)))
        sentence = self.env._(
            "%(changed)s of %(all)s listings would change.",
            changed=len(changed),
            all=len(listings),
        )
        if len(listings) == LISTINGS_IN_WHAT_IF:
            sentence += " " + self.env._("There are more; these were worked out.")
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s → %s</td></tr>")
            % (
                row.sku,
                row.storefront_id.display_name,
                self._name_quantity(now[row]),
                self._name_quantity(would[row]),
            )
            for row in largest[:LISTINGS_SHOWN_IN_WHAT_IF]
        )
        table = Markup("<table class='table table-sm'>%s</table>") % rows
        return Markup("<p>%s</p>%s") % (sentence, table if changed else "")

    def _origin_domain(self):
        """The listings that the rule as it is saved is for."""
        origin = self._origin
        return origin._get_listing_domain() if origin else Domain.FALSE

    def _name_quantity(self, quantity):
        return self.env._("not synced") if quantity is None else quantity
