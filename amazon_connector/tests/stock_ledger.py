"""What can be delivered, reckoned from the rows of the database and Amazon's own list
of purchases: a second opinion, with nothing of the addon's own arithmetic in it.

All numbers are whole. Nothing is kept between two readings.
"""

from collections import Counter
from types import SimpleNamespace

# What a rule may be for, the nearest first.
NEAREST_FIRST = (
    "listing",
    "variant",
    "product",
    "category",
    "storefront",
    "connection",
)


class StockLedger:
    """Reads how much there is and who wants it, at one moment.

    :param cr: cursor; what is not flushed does not count
    :param dict kits: ``{product id: {component id: units of it in one}}`` of what is
        made of other products
    :ivar dict listings: rows by (connection id, Amazon's marketplace id, SKU)
    :ivar set known: numbers of the Amazon orders that are in Odoo
    :ivar dict sold: lines of the sale orders by the number of the Amazon order
    """

    def __init__(self, cr, kits=None):
        self.cr = cr
        self.kits = kits or {}
        self.listings = {
            (row.connection_id, row.marketplace, row.sku): row
            for row in self._read(LISTINGS)
        }
        self.places = {}
        for row in self._read(PLACES):
            self.places.setdefault(row.storefront_id, []).append(row.path)
        self.quants = self._read(QUANTS)
        self.lines = self._read(MOVE_LINES)
        self.moves = self._read(MOVES)
        self.sales, self.sold = {}, {}
        for row in self._read(SALES):
            self.sales.setdefault(row.sale_id, []).append(row)
            if row.is_amazons:
                self.sold.setdefault(row.amazon_order_ref, []).append(row)
        self.rules = self._read(RULES)
        self.known = {row.number for row in self._read(ORDERS)}

    def _read(self, query):
        self.cr.execute(query)
        return [SimpleNamespace(**columns) for columns in self.cr.dictfetchall()]

    # === WHAT MAY BE SENT === #

    def is_synced(self, listing):
        """Whether Odoo may set the quantity, but for who fulfils it by now."""
        return bool(
            listing.product_id
            and listing.sync_inventory
            and listing.is_in_use
            and not listing.is_paused
            and "never" not in self.find_rules(listing)
        )

    # === HOW MANY === #

    def count_offered(self, listing, purchases):
        """Return how many are to be offered, by the rules too.

        :param purchases: ``[(connection id, selling_amazon.Purchase)]`` that count
        """
        if not listing.is_active:
            return 0
        units = min(
            max(self.count_free(listing, product_id, purchases), 0) // need
            for product_id, need in self._get_needs(listing.product_id).items()
        )
        return self._apply_rules(listing, units // listing.units_per_listing)

    def _get_needs(self, product_id):
        """Return ``{product id: units}`` of what one unit of a product is made of."""
        return self.kits.get(product_id, {product_id: 1})

    def count_free(self, listing, product_id, purchases):
        """Return how many of a product are there for nobody yet, where the listing
        sells from."""
        paths = self.places.get(listing.storefront_id, [listing.warehouse_path])
        owners = self._get_owners(listing)
        there = sum(
            row.quantity
            for row in self.quants
            if row.product_id == product_id
            and row.owner_id in owners
            and _is_in(row.path, paths)
        )
        reserved = sum(
            row.quantity
            for row in self.lines
            if row.product_id == product_id
            and row.owner_id in owners
            and not row.is_done
            and _is_in(row.path, paths)
        )
        wanted = self._count_wanted(listing, product_id, purchases)
        return round(there - reserved - wanted)

    def _get_owners(self, listing):
        is_own = listing.client_id == listing.company_partner_id
        return {listing.client_id, None} if is_own else {listing.client_id}

    def _count_wanted(self, listing, product_id, purchases):
        """Return how many somebody is to get of the client's stock and has nothing
        reserved for."""
        wanted = 0
        for connection_id, purchase in purchases:
            bought = self.listings[(connection_id, *purchase.items[0][0])]
            lines = self.sold.get(purchase.number, ())
            warehouse_id = lines[0].warehouse_id if lines else bought.warehouse_id
            if (
                bought.client_id != listing.client_id
                or warehouse_id != listing.warehouse_id
            ):
                continue
            if lines:
                wanted += self._count_left(lines, product_id)
            else:
                wanted += self.count_bought(connection_id, purchase)[product_id]
        if listing.client_id == listing.company_partner_id:
            wanted += self._count_wanted_by_hand(listing, product_id)
        return wanted

    def count_bought(self, connection_id, purchase):
        """Return how many of each product a purchase takes that no sale order has."""
        bought = Counter()
        for key, units in purchase.items:
            listing = self.listings[(connection_id, *key)]
            for product_id, need in self._get_needs(listing.product_id).items():
                bought[product_id] += units * listing.units_per_listing * need
        return bought

    def is_any_promised(self):
        """Whether Amazon's buyers wait for goods that no delivery has reserved."""
        return any(
            self._count_left(lines, product_id)
            for lines in self.sold.values()
            for line in lines
            for product_id in self._get_needs(line.product_id)
        )

    def _count_left(self, lines, product_id):
        """Return what the lines of a sale order want and have not reserved or got."""
        wanted = sum(
            line.quantity * self._get_needs(line.product_id).get(product_id, 0)
            for line in lines
        )
        return max(wanted - self._count_taken(lines[0].sale_id, product_id), 0)

    def _count_wanted_by_hand(self, listing, product_id):
        """Return what nobody on Amazon ordered: sale orders, and moves without one."""
        wanted = sum(
            self._count_left(lines, product_id)
            for lines in self.sales.values()
            if not lines[0].is_amazons and lines[0].warehouse_id == listing.warehouse_id
        )
        for move in self.moves:
            is_ours = _is_in(move.path, [listing.warehouse_path])
            if move.product_id == product_id and is_ours:
                wanted += max(move.quantity - move.reserved, 0)
        return wanted

    def _count_taken(self, sale_id, product_id):
        """Return what a sale order has reserved, or its customer has got already."""
        return sum(
            line.quantity
            for line in self.lines
            if line.sale_id == sale_id
            and line.product_id == product_id
            and (line.is_at_customer or not line.is_done)
        )

    # === RULES === #

    def find_rules(self, listing):
        """Return ``{type: row}`` of the nearest rule of each type, but lifted ones."""
        nearest = {}
        for rule in sorted(
            (rule for rule in self.rules if self._is_for(rule, listing)),
            key=lambda rule: (
                NEAREST_FIRST.index(rule.applied_on),
                -(rule.category_path or "").count("/"),
                not rule.connection_id,
            ),
        ):
            nearest.setdefault(rule.rule_type, rule)
        return {kind: rule for kind, rule in nearest.items() if not rule.is_lifted}

    @staticmethod
    def _is_for(rule, listing):
        if rule.connection_id not in (None, listing.connection_id):
            return False
        return {
            "listing": rule.listing_id == listing.id,
            "variant": rule.product_id == listing.product_id,
            "product": rule.product_tmpl_id == listing.product_tmpl_id,
            "category": listing.category_path.startswith(rule.category_path or "-"),
            "storefront": rule.storefront_id == listing.storefront_id,
            "connection": rule.connection_id == listing.connection_id,
        }[rule.applied_on]

    def _apply_rules(self, listing, units):
        values = {kind: rule.value for kind, rule in self.find_rules(listing).items()}
        if "fixed" in values:
            return values["fixed"]
        if units <= values.get("stop_at", -1):
            return 0
        units = max(units - values.get("buffer", 0), 0)
        if "percentage" in values:
            units = units * values["percentage"] // 100
        return min(units, values.get("maximum", units))


def _is_in(path, places):
    return any(path.startswith(place) for place in places)


LISTINGS = """
    SELECT listing.id, listing.connection_id, listing.storefront_id, listing.sku,
           listing.product_id, listing.units_per_listing, listing.sync_inventory,
           listing.to_push, listing.amazon_quantity, listing.is_quantity_unknown,
           listing.pushed_on, listing.is_push_forced,
           market.amazon_marketplace_id AS marketplace,
           storefront.active AS is_in_use,
           COALESCE(storefront.inventory_paused, FALSE) AS is_paused,
           warehouse.id AS warehouse_id, view.parent_path AS warehouse_path,
           connection.client_id, company.partner_id AS company_partner_id,
           product.active AND template.active AS is_active, product.product_tmpl_id,
           COALESCE(category.parent_path, '') AS category_path
      FROM amazon_listing listing
      JOIN amazon_storefront storefront ON storefront.id = listing.storefront_id
      JOIN amazon_marketplace market ON market.id = storefront.marketplace_id
      JOIN amazon_connection connection ON connection.id = listing.connection_id
      JOIN res_company company ON company.id = connection.company_id
      JOIN stock_warehouse warehouse
        ON warehouse.id = COALESCE(storefront.warehouse_id, connection.warehouse_id)
      JOIN stock_location view ON view.id = warehouse.view_location_id
      JOIN product_product product ON product.id = listing.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
 LEFT JOIN product_category category ON category.id = template.categ_id
"""
PLACES = """
    SELECT chosen.amazon_storefront_id AS storefront_id, place.parent_path AS path
      FROM amazon_storefront_stock_location_rel chosen
      JOIN stock_location place ON place.id = chosen.stock_location_id
"""
QUANTS = """
    SELECT quant.product_id, quant.owner_id, place.parent_path AS path,
           SUM(quant.quantity) AS quantity
      FROM stock_quant quant
      JOIN stock_location place ON place.id = quant.location_id
     WHERE place.usage = 'internal'
  GROUP BY quant.product_id, quant.owner_id, place.parent_path
"""
MOVE_LINES = """
    SELECT sale_line.order_id AS sale_id, line.product_id, line.owner_id,
           place.parent_path AS path, move.state = 'done' AS is_done,
           move.state = 'done' AND target.usage = 'customer' AS is_at_customer,
           SUM(line.quantity_product_uom) AS quantity
      FROM stock_move_line line
      JOIN stock_move move ON move.id = line.move_id
      JOIN stock_location place ON place.id = line.location_id
      JOIN stock_location target ON target.id = line.location_dest_id
 LEFT JOIN sale_order_line sale_line ON sale_line.id = move.sale_line_id
     WHERE move.state NOT IN ('draft', 'cancel') AND place.usage = 'internal'
  GROUP BY 1, 2, 3, 4, 5, 6
"""
MOVES = """
    SELECT move.id, move.product_id, place.parent_path AS path,
           move.product_qty AS quantity,
           COALESCE(SUM(line.quantity_product_uom), 0) AS reserved
      FROM stock_move move
      JOIN stock_location place ON place.id = move.location_id
      JOIN stock_location target ON target.id = move.location_dest_id
 LEFT JOIN stock_move_line line ON line.move_id = move.id
     WHERE move.state NOT IN ('draft', 'cancel', 'done')
       AND move.sale_line_id IS NULL
       AND place.usage = 'internal' AND target.usage = 'customer'
  GROUP BY 1, 2, 3, 4
"""
SALES = """
    SELECT sale.id AS sale_id, sale.amazon_order_ref, sale.warehouse_id,
           sale.amazon_order_ref IS NOT NULL AS is_amazons,
           line.product_id, line.product_uom_qty AS quantity,
           line.amazon_item_ref AS item
      FROM sale_order sale
      JOIN sale_order_line line ON line.order_id = sale.id
     WHERE sale.state = 'sale' AND line.product_id IS NOT NULL
"""
RULES = """
    SELECT rule.*, category.parent_path AS category_path
      FROM amazon_inventory_rule rule
 LEFT JOIN product_category category ON category.id = rule.categ_id
"""
ORDERS = "SELECT amazon_order_id AS number FROM amazon_order"
