"""How the quantity of a listing comes about, in words that lead to the records."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from .available_quantity import OWING_ORDERS, count_units
from .inventory_rules import InventoryRules, apply_rules

# The parts whose records can be opened: their model, and the server action that does.
PART_ACTIONS = {
    "on_hand": ("stock.quant", "amazon_listing_action_on_hand"),
    "kits": ("stock.quant", "amazon_listing_action_on_hand"),
    "others": ("stock.quant", "amazon_listing_action_others"),
    "reserved": ("stock.move", "amazon_listing_action_reserved"),
    "ordered": ("amazon.order", "amazon_listing_action_ordered"),
    "promised": ("stock.move", "amazon_listing_action_promised"),
}


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    quantity_explanation = fields.Html(
        string="How It Is Calculated", compute="_compute_quantity_explanation"
    )

    # === COMPUTE METHODS === #

    @api.depends("odoo_quantity")
    def _compute_quantity_explanation(self):
        parts = self._get_quantity_parts()
        rules = InventoryRules(self.connection_id)
        for listing in self:
            lines = listing._explain_quantity(parts[listing], rules)
            listing.quantity_explanation = Markup("<br/>").join(lines)

    def _explain_quantity(self, parts, rules):
        """Return, line by line, how the quantity comes about or why there is none.

        :param InventoryRules rules: those of its connection
        """
        _ = self.env._
        if reason := self._get_not_synced_reason(rules):
            return [_("Not synced. %s", reason)]
        if not self.product_id.active:
            return [_("The product is archived, so none is offered.")]
        units = count_units(parts, self.units_per_listing)
        lines = self._explain_parts(parts)
        if self._is_pack():
            lines.append(
                _(
                    "= %(quantity)s of the listing, each with %(units)s units",
                    quantity=units,
                    units=self.units_per_listing,
                )
            )
        lines += self._explain_rules(units, rules)
        if not self.connection_id.sync_inventory:
            lines.append(_("Sync Inventory is off: it is sent only by Push now."))
        return lines

    def _explain_parts(self, parts):
        available = self.storefront_id._get_available_quantity()
        return [
            self._link_part(part, text)
            for part, text in available.explain(self.product_id, parts)
        ]

    def _link_part(self, part, text):
        """Return the text as a link to the records of a part.

        Who may not read these reads the sentence all the same.
        """
        model, name = PART_ACTIONS.get(part, (None, None))
        if not model or not self.env[model].has_access("read"):
            return text
        path = f"amazon.listing/{self.id}/action-amazon_connector.{name}"
        return self._link(path, text)

    def _explain_rules(self, units, rules):
        records = self.env["amazon.inventory.rule"].sudo()
        offered, steps = apply_rules(units, rules.get(self))
        lines = [
            self._link(
                f"amazon.inventory.rule/{rule.record_id}",
                self.env._(
                    "%(rule)s → %(units)s",
                    rule=records.browse(rule.record_id).display_name,
                    units=after,
                ),
            )
            for rule, after in steps
        ]
        return [*lines, self.env._("= %s offered", offered)]

    @api.model
    def _link(self, path, text):
        return Markup('<a href="/odoo/%s">%s</a>') % (path, text)

    # === ACTION METHODS === #

    def action_open_on_hand(self):
        """Open the stock that is offered, whoever owns it."""
        return self._get_stock_action(Domain.TRUE)

    def action_open_others(self):
        """Open the stock that belongs to others than the client."""
        return self._get_stock_action(~Domain("owner_id", "in", self._get_owner_ids()))

    def action_open_reserved(self):
        """Open the moves that reserve the client's stock."""
        return self._get_moves_action(
            self.env._("Reserved: %s", self.sku),
            Domain("state", "in", ("assigned", "partially_available")),
        )

    def action_open_promised(self):
        """Open the moves that want stock and have not reserved all of it."""
        return self._get_moves_action(
            self.env._("To Be Delivered: %s", self.sku),
            Domain("state", "in", ("waiting", "confirmed", "partially_available")),
        )

    def action_open_ordered(self):
        """Open the Amazon orders that want the product and have no stock reserved.

        It may be in a kit.
        """
        self.ensure_one()
        products = self.product_id | self.product_id._get_amazon_kits()
        skus = products.amazon_listing_ids.mapped("sku")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_order_action"
        ) | {
            "name": self.env._("Ordered: %s", self.sku),
            "domain": list(
                OWING_ORDERS
                & Domain("line_ids.reference", "in", [sku.strip() for sku in skus])
            ),
            "context": {},
        }

    def _get_owner_ids(self):
        store = self.connection_id
        return self.env["stock.quant"]._get_client_owner_ids(
            store.client_id, store.company_id
        )

    def _get_stock_action(self, whose):
        """Return the action that opens the stock behind the quantity.

        :param Domain whose: of which owners
        """
        self.ensure_one()
        return self._get_list_action(
            "stock.quant",
            self.env._("Stock: %s", self.sku),
            whose & self._get_product_domain() & self._get_place_domain(),
        )

    def _get_moves_action(self, title, states):
        self.ensure_one()
        return self._get_list_action(
            "stock.move",
            title,
            states & self._get_product_domain() & self._get_place_domain(),
        )

    def _get_product_domain(self):
        """The product, or what it is made of."""
        kits = self.product_id._get_amazon_kit_needs(self.company_id)
        needs = kits.get(self.product_id, {})
        products = self.product_id.browse().union(*needs) or self.product_id
        return Domain("product_id", "in", products.ids)

    def _get_place_domain(self):
        places = self.storefront_id._get_stock_places()
        return Domain("location_id", "child_of", places.ids)

    @api.model
    def _get_list_action(self, model, title, domain):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False, "delete": False},
        }
