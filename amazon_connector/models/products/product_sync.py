"""From listings to products: linked by SKU, created where there is none, kept true.

A change in the store reaches the product only when Amazon's value differs from the one
that the product last followed (``reflected``), so that what a person changed in Odoo
stays until Amazon changes it, too.
"""

from odoo.fields import Domain

from ...spapi.barcodes import get_number, get_spellings
from .product_resolver import ProductMatch, ProductResolver, reference_of
from .storefront_prices import StorefrontPrices


class ProductSync:
    """Works a batch of listings off.

    :param listings: ``amazon.listing`` rows of one connection
    :param run: the ``amazon.history`` row that counts and reports
    """

    def __init__(self, listings, run):
        self.env = listings.env
        self.listings = listings
        self.run = run
        self.connection = listings.connection_id
        # {reference: ProductMatch}, found before a listing of the batch is linked
        self.matches = ProductResolver(self.connection).resolve(
            map(reference_of, listings)
        )
        # {sku: its listings in all storefronts}
        self.listings_by_sku = listings._get_listings_by_sku()

    def process(self):
        """Link each listing, or create its product; take over what Amazon changed."""
        if self.connection.download_products:
            self.create_products()
        for listing in self.listings:
            reason = self._link(listing)
            # A title, price or barcode of a pack is not that of what is in it.
            if listing.product_id and not listing._is_pack():
                reason = self._update_product(listing) or reason
            if reason and reason != listing.error:
                self.run._warn(listing._get_message(reason), listing)
            listing.write({"to_process": False, "error": reason})
        StorefrontPrices(self.listings, self.run).update()

    def _is_leading(self, listing):
        """Whether this storefront's title, price and picture are the product's.

        The connection's own marketplace leads; without a listing there, the first.
        """
        return self._get_ranked(listing)[:1] == listing

    def _is_barcode_leading(self, listing):
        """Whether this storefront's barcode is the product's: the first that has one.

        An offer on somebody else's article often names none.
        """
        named = self._get_ranked(listing).filtered(lambda row: row._get_barcode())
        return named[:1] == listing

    def _get_ranked(self, listing):
        """Return the listings of the SKU in all storefronts, the leading one first."""
        own = self.connection.marketplace_id
        listed = self.listings_by_sku[listing.sku].filtered(
            lambda row: row.state != "removed"
        )
        return listed.sorted(
            lambda row: (row.storefront_id.marketplace_id != own, row.storefront_id.id)
        )

    # === LINK === #

    def _link(self, listing):
        """Link the only product that can be meant; never a second one for a SKU.

        :return: why there is no product, or ``False``
        """
        if not listing._is_product_missing():
            return False
        match = self.matches[reference_of(listing)]
        if match.is_ambiguous:
            return self.env._(
                "Several products may be meant: %s. Link the right one by hand, or let "
                "only one keep this internal reference.",
                ", ".join(f"{p.display_name} (ID {p.id})" for p in match.usable),
            )
        if match.product and match.product.type != "consu":
            return self.env._(
                "The product with this internal reference, %s, is no goods, so an "
                "order could not deliver it. Link another one by hand.",
                match.product.display_name,
            )
        if match.product:
            siblings = self.listings_by_sku[listing.sku] - listing
            linked = siblings.filtered(lambda row: row.product_id == match.product)
            listing._link_product(match.product, linked[:1])
            self.run._count(updated=1)
        elif match.candidates:
            return self.env._(
                "The product with this internal reference, %s, is archived. Restore "
                "it, or link another one by hand.",
                match.candidates[0].display_name,
            )
        return False

    # === CREATE === #

    def create_products(self):
        """Create the products of the SKUs that nobody has, in one go, and link them.

        A picture, and a barcode that is not free, follow in :meth:`_update_product`.
        """
        first = {}
        for listing in self.listings.filtered(lambda row: row._is_product_missing()):
            reference = reference_of(listing)
            if not self.matches[reference].candidates:
                first.setdefault(reference, listing)
        rows = list(first.values())
        barcodes = self._find_free_barcodes(rows)
        followed, vals_list = [], []
        for listing in rows:
            values = listing._get_amazon_values()
            barcode = barcodes.get(listing, {})
            followed.append(
                {"name": values["name"], "list_price": values["list_price"], **barcode}
            )
            vals_list.append(listing._prepare_product_vals() | barcode)
        products = self.env["product.product"].create(vals_list)
        for listing, product, reflected in zip(rows, products, followed, strict=True):
            listing.write({"product_id": product.id, "reflected": reflected})
            self.matches[reference_of(listing)] = ProductMatch(product)

    def _find_free_barcodes(self, listings):
        """Return ``{listing: {"barcode": …}}`` of those that new products may have.

        Each barcode goes to one product, that of the first listing that says it.
        """
        wanted = {}
        for listing in listings:
            code = not listing._is_pack() and listing._get_barcode()
            if code and self._is_barcode_leading(listing):
                wanted.setdefault(get_number(code), listing)
        holders = self._find_barcode_holders(
            [listing._get_barcode() for listing in wanted.values()],
            self.connection.company_id,
        )
        taken = {get_number(holder.barcode) for holder in holders}
        return {
            listing: {"barcode": listing._get_barcode()}
            for number, listing in wanted.items()
            if number not in taken
        }

    # === TAKE OVER === #

    def _update_product(self, listing):
        """Bring what changed on Amazon to the product.

        :return: what could not be taken over, or ``False``
        """
        if not self.connection.download_products:
            return False
        followed = listing.reflected or {}
        changes = {
            name: value
            for name, value in listing._get_amazon_values().items()
            if value and value != followed.get(name)
        }
        if changes and not self._is_leading(listing):
            changes = {k: v for k, v in changes.items() if k == "barcode"}
        if "barcode" in changes and not self._is_barcode_leading(listing):
            del changes["barcode"]
        if not changes:
            return False
        reason = self._drop_taken_barcode(listing, changes)
        listing.reflected = followed | changes
        self._drop_same_barcode(listing, changes)
        if changes.pop("image", None):
            listing.image_pending = True
        if changes.pop("further_images", None):
            listing.further_images_pending = True
        if listing.product_tmpl_id.product_variant_count > 1:
            # Name and price are shared by all variants of the template.
            changes = {k: v for k, v in changes.items() if k == "barcode"}
        if changes:
            listing.product_id.write(changes)
        return reason

    def _drop_same_barcode(self, listing, changes):
        """Leave the product its own way to write the number that Amazon names."""
        barcode = listing.product_id.barcode
        if get_number(barcode) == get_number(changes.get("barcode")):
            changes.pop("barcode", None)

    def _drop_taken_barcode(self, listing, changes):
        """Take a barcode that somebody else has out of the changes; return why.

        It is not remembered as followed, so that Retry tries it again.
        """
        barcode = changes.get("barcode")
        holder = barcode and self._find_barcode_holder(listing.product_id, barcode)
        if not holder:
            return False
        del changes["barcode"]
        return self.env._(
            "Its barcode %(barcode)s belongs to %(holder)s already, so it was not "
            "written. Clear it there if that is wrong, then press Retry.",
            barcode=barcode,
            holder=self._get_holder_name(listing, holder),
        )

    def _find_barcode_holder(self, product, barcode):
        """Return another product, or packaging, that has the barcode; else nothing."""
        for holder in self._find_barcode_holders([barcode], product.company_id):
            if holder != product:
                return holder
        return None

    def _find_barcode_holders(self, barcodes, company):
        """Return a list of the products and packagings that have one of the barcodes.

        The same number in another length is the same barcode. A product of all
        companies shares its barcodes with each of them.

        :param company: ``res.company`` of the product that is to have it, or none
        """
        spellings = {spelling for code in barcodes for spelling in get_spellings(code)}
        domain = Domain("barcode", "in", list(spellings))
        if company:
            domain &= Domain("company_id", "in", (False, company.id))
        products = self.env["product.product"].sudo().with_context(active_test=False)
        packagings = self.env["product.uom"].sudo()
        return [*products.search(domain), *packagings.search(domain)]

    def _get_holder_name(self, listing, holder):
        """Return what to call who has the barcode; another company's is nobody's."""
        if holder.company_id - listing.company_id:
            return self.env._("a product of another company")
        return holder.display_name
