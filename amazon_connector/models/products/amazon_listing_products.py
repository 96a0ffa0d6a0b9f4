"""The product of a listing: found by its SKU, made where there is none, kept true.

A change in the store reaches the product only when Amazon's value differs from the one
that the product last followed (``reflected``), so that what a person changed in Odoo
stays until Amazon changes it, too.
"""

from odoo import api, models
from odoo.fields import Domain

from ...tools import describe_failure, process_rows

BATCH_SIZE = 20


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    # === BUSINESS METHODS - WORK OFF === #

    @api.model
    def _process_next_batch(self, connection, run):
        """Work off a batch of the marked rows; return whether there were any."""
        marked = [("connection_id", "=", connection.id), ("to_process", "=", True)]
        return process_rows(self.search(marked, limit=BATCH_SIZE, order="id"), run)

    def _process_batch(self, run):
        """Link each listing, or make its product; take over what Amazon changed."""
        products = self._products_by_sku()
        families = self._by_sku_everywhere()
        if self.connection_id.download_products:
            self._make_products(products, families)
        for row in self:
            everywhere = families[row.sku]
            reason = row._link(products, everywhere - row, run)
            if row.product_id and row._decides(everywhere):
                reason = row._reflect(run)
            if reason and reason != row.error:
                run._warn(row._sentence(reason), row)
            row.write({"to_process": False, "error": reason})

    def _set_failed(self, error, run):
        reason = describe_failure(self.env, error)
        self.write({"to_process": False, "error": reason})
        run._error(self._sentence(reason), self)

    def _sentence(self, reason):
        return self.env._("Listing %(sku)s: %(why)s", sku=self.sku, why=reason)

    def _by_sku_everywhere(self):
        """Return ``{sku: its listings in all storefronts of the connection}``."""
        return self.search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("sku", "in", self.mapped("sku")),
            ]
        ).grouped("sku")

    def _decides(self, everywhere):
        """Whether this storefront's title, price and picture are the product's.

        The connection's own marketplace does; without a listing there, the first.
        """
        own = self.connection_id.marketplace_id
        ranked = everywhere.filtered(lambda row: row.state != "removed").sorted(
            lambda row: (row.storefront_id.marketplace_id != own, row.storefront_id.id)
        )
        return ranked[:1] == self

    # === BUSINESS METHODS - LINK === #

    def _products_by_sku(self):
        """Return ``{sku: products}`` of the company, the archived ones among them."""
        found = (
            self.env["product.product"]
            .with_context(active_test=False)
            .search(
                [
                    ("default_code", "in", self.mapped("sku")),
                    ("company_id", "in", (False, *self.company_id.ids)),
                ]
            )
        )
        return found.with_env(self.env).grouped("default_code")

    def _link(self, products, siblings, run):
        """Link the only product that can be meant; never a second one for a SKU.

        :param products: ``{sku: products}``
        :param siblings: the listings of the SKU in other storefronts
        :return: why there is no product, or ``False``
        """
        if not self._lacks_product():
            return False
        linked = siblings.filtered("product_id")
        candidates = linked.product_id or products.get(self.sku) or linked.product_id
        usable = candidates.filtered("active")
        if len(usable) > 1:
            return self.env._(
                "Several products may be meant: %s. Link the right one by hand, or let "
                "only one keep this internal reference.",
                ", ".join(f"{p.display_name} (ID {p.id})" for p in usable),
            )
        if usable:
            self._link_to(usable, linked[:1])
            run._count(updated=1)
        elif candidates:
            return self.env._(
                "The product with this internal reference, %s, is archived. Restore "
                "it, or link another one by hand.",
                candidates[0].display_name,
            )
        return False

    def _lacks_product(self):
        return not (self.product_id or self.is_parent or self.state == "removed")

    def _link_to(self, product, sibling=None):
        """Link a product that was there before. It stays as it is.

        Only later changes of Amazon's reach it, and what it follows a sibling in.
        """
        followed = self._store_values()
        for name, value in (sibling and sibling.reflected or {}).items():
            if name != "image" and value and product[name] == value:
                followed[name] = value
        self.write({"product_id": product.id, "reflected": followed})
        wants_picture = self.image_url and self.connection_id.download_products
        if wants_picture and not product.image_128:
            self.image_pending = True

    def _linked_by_hand(self):
        """A person chose the product: it stands for the SKU in every storefront."""
        families = self.sudo()._by_sku_everywhere()
        for row in self.sudo().filtered("product_id"):
            others = families[row.sku].filtered(lambda other: not other.product_id)
            for listing in row | others:
                listing._link_to(row.product_id)
                listing.write({"error": False, "to_process": True})
        # Orders that waited for the product come in at once.
        for connection in self.connection_id:
            connection._get_job("download_orders")._wake()

    # === BUSINESS METHODS - TAKE OVER === #

    def _store_values(self):
        """Return the values of the store that a product follows."""
        # A product of all companies has its price in the currency of the main one.
        priced_in = (self.product_id or self.company_id).currency_id
        return {
            "name": self.title or False,
            # No price is better than one in the wrong currency.
            "list_price": (self.currency_id == priced_in and self.price) or False,
            "barcode": self.barcode or False,
            "image": self.image_url or False,
        }

    def _make_products(self, products, families):
        """Make the products of the SKUs that nobody has, in one go, and link them.

        Barcode and picture follow in :meth:`_reflect`, which knows what is free.

        :param products: ``{sku: products}`` that are there
        :param families: ``{sku: its listings in all storefronts}``
        """
        makers = {}
        for row in self:
            is_known = row.sku in products or families[row.sku].product_id
            if row._lacks_product() and not is_known:
                makers.setdefault(row.sku, row)
        values = {row: row._store_values() for row in makers.values()}
        made = self.env["product.product"].create(
            [row._product_values(store) for row, store in values.items()]
        )
        for (row, store), product in zip(values.items(), made, strict=True):
            followed = {name: store[name] for name in ("name", "list_price")}
            row.write({"product_id": product.id, "reflected": followed})

    def _product_values(self, store):
        return {
            "name": store["name"] or self.sku,
            "default_code": self.sku,
            "type": "consu",
            "is_storable": True,
            "company_id": self.company_id.id,
            "list_price": store["list_price"] or 0.0,
        }

    def _reflect(self, run):
        """Bring what changed on Amazon to the product.

        :return: what could not be taken over, or ``False``
        """
        if not self.connection_id.download_products:
            return False
        followed = self.reflected or {}
        changes = {
            name: value
            for name, value in self._store_values().items()
            if value and value != followed.get(name)
        }
        if not changes:
            return False
        reason = self._refused_barcode(changes)
        self.reflected = followed | changes
        if changes.pop("image", None):
            self.image_pending = True
        if self.product_tmpl_id.product_variant_count > 1:
            # Name and price are shared by all variants of the template.
            changes = {k: v for k, v in changes.items() if k == "barcode"}
        if changes:
            self.product_id.write(changes)
        return reason

    def _refused_barcode(self, changes):
        """Take a barcode that somebody else has out of the changes; return why.

        It is not remembered as followed, so that Retry tries it again.
        """
        barcode = changes.get("barcode")
        holder = barcode and self._holder_of(barcode)
        if not holder:
            return False
        del changes["barcode"]
        return self.env._(
            "Its barcode %(barcode)s belongs to %(holder)s already, so it was not "
            "written. Clear it there if that is wrong, then press Retry.",
            barcode=barcode,
            holder=self._name_of(holder),
        )

    def _holder_of(self, barcode):
        """Return another product, or packaging, that has the barcode.

        A product of all companies shares its barcodes with each of them.
        """
        domain = Domain("barcode", "=", barcode)
        if company := self.product_id.company_id:
            domain &= Domain("company_id", "in", (False, company.id))
        products = self.env["product.product"].sudo().with_context(active_test=False)
        other = Domain("id", "!=", self.product_id.id)
        packagings = self.env["product.uom"].sudo()
        return products.search(domain & other, limit=1) or packagings.search(
            domain, limit=1
        )

    def _name_of(self, holder):
        """Return what to call who has the barcode; another company's is nobody's."""
        if holder.company_id - self.company_id:
            return self.env._("a product of another company")
        return holder.display_name
