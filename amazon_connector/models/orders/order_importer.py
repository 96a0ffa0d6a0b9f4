"""From inbox rows to confirmed sale orders with their deliveries."""

from .customer import Customers
from .order_products import OrderProducts
from .reflected_state import describe_order
from .sale_lines import (
    adjust_total,
    prepare_sale_lines,
    select_known_items,
    warn_of_measures,
)

NO_TRACKING_CONTEXT = {"tracking_disable": True, "mail_create_nosubscribe": True}


class OrderImporter:
    """Processes the rows of one connection; needs no call to Amazon.

    What is decided about one row, and the values of what is created, are methods of
    ``amazon.order``, which other addons may extend.

    :param connection: one ``amazon.connection``
    :param run: the ``amazon.history`` row of the job's run
    """

    def __init__(self, connection, run):
        connection.ensure_one()
        self.connection = connection
        self.run = run

    def process(self, rows):
        """Create, change or cancel the sale orders of these rows.

        :param rows: ``amazon.order`` of the connection
        """
        orders = {row: row._parse_document() for row in rows}
        for row, order in orders.items():
            if not row.line_ids or row.state == "failed":
                # Kept although it could not be read when it came.
                row._update_from_document(order)
        self._link_existing_sale_orders(orders)
        products = OrderProducts(self.connection, rows.line_ids)
        to_import = {}
        for row, order in orders.items():
            if row._was_imported():
                row._apply_changes(order, products, self.run)
            elif reason := row._get_ignored_reason(order):
                row._set_state("ignored", reason)
            elif reason := row._get_held_reason(order, products):
                row._set_held(reason, self.run)
            else:
                to_import[row] = order
        if to_import:
            self._import(to_import, products)

    def _link_existing_sale_orders(self, orders):
        """Link sale orders that were made of these Amazon orders before.

        They are found by number, so that no order comes in twice even if the inbox
        was lost.

        :param orders: ``{amazon.order: spapi.orders.Order}``
        """
        unlinked = [
            row
            for row in orders
            if row.state in ("new", "held", "failed") and not row.sale_order_id
        ]
        company = self.connection.company_id
        sales = self.connection.env["sale.order"].search(
            [
                ("amazon_order_ref", "in", [row.amazon_order_id for row in unlinked]),
                ("company_id", "=", company.id),
            ]
        )
        by_number = sales.grouped("amazon_order_ref")
        for row in unlinked:
            found = by_number.get(row.amazon_order_id, sales.browse())
            # One that only claims the number has none of Amazon's items.
            refs = set(row.line_ids.mapped("amazon_item_ref"))
            if found := found.filtered(
                lambda sale, refs=refs: (
                    refs & set(sale.order_line.mapped("amazon_item_ref"))
                )
            ):
                row.sale_order_id = found[0]
                row._set_reflected(describe_order(orders[row]))
                is_partial = bool(row._get_missing_lines())
                row._set_state("partial" if is_partial else "imported")
                row.is_address_missing = not row._is_address_filled_in()

    def _import(self, orders, products):
        """Create confirmed sale orders with their deliveries, in one go.

        :param orders: ``{amazon.order: spapi.orders.Order}``
        """
        products.create_missing(orders, self.run)
        # Rows that an earlier run stored; those of this run are counted as created.
        self.run._count(updated=sum(row.state != "new" for row in orders))
        sales = self._create_sale_orders(orders, products)
        for (row, order), sale in zip(orders.items(), sales, strict=True):
            row.sale_order_id = sale
            warn_of_measures(row, order, self.run)
            if not row._get_missing_lines():
                adjust_total(row, order, sale, self.run)
                row._warn_of_taxes(order, sale, self.run)
            row._set_units_shipped_before(order)
        sales.with_context(amazon_no_notes=True).action_confirm()
        sales._check_confirmed()
        for (row, order), sale in zip(orders.items(), sales, strict=True):
            # Confirming stamped the order with the present time.
            sale.date_order = row.purchase_date
            row._set_reflected(describe_order(order))
            row._set_imported_or_partial(self.run)
            row._mark_missing_address(order, self.run)

    def _create_sale_orders(self, orders, products):
        """Return the new ``sale.order``, one for each order, in the same sequence."""
        connection = self.connection.with_context(**NO_TRACKING_CONTEXT)
        customers = Customers(connection, self.run).find_or_create(orders)
        pricelists = {}
        vals_list = []
        for row, order in orders.items():
            contact, delivery = customers[row]
            currency = row._find_currency(order)
            if currency not in pricelists:
                pricelists[currency] = row._find_or_create_pricelist(currency)
            known = select_known_items(order, products)
            position = row._get_fiscal_position(order, contact, delivery)
            lines = prepare_sale_lines(row, known, products, position)
            vals_list.append(
                {
                    "pricelist_id": pricelists[currency].id,
                    "fiscal_position_id": position.id,
                    **row._prepare_sale_order_vals(order, contact, delivery),
                    "order_line": lines,
                }
            )
        return connection.env["sale.order"].create(vals_list)
