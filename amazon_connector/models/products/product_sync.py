"""From listings to products: linked by SKU, created where there is none, kept true.

A change in the store reaches the product only when Amazon's value differs from the one
that the product last followed (``reflected``), so that what a person changed in Odoo
stays until Amazon changes it, too.
"""

from odoo.fields import Domain

from ...spapi.barcodes import get_number, get_spellings
from .product_resolver import ProductMatch, ProductResolver, reference_of
from .storefront_prices import StorefrontPrices
from .variant_family import VariantFamilies

# The note "Product created" costs a seventh of an import; the product says itself, in
# its tab Product Listings, what it was created for.
QUIET = {"mail_create_nolog": True}


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
        # {sku: its listings in all storefronts}
        self.listings_by_sku = listings._get_listings_by_sku()
        # {reference: ProductMatch}, found before a listing of the batch is linked
        self.matches = ProductResolver(self.connection).resolve(
            map(reference_of, listings),
            listings.union(*self.listings_by_sku.values()),
        )
        self.families = VariantFamilies(listings)
        # {listing: what Amazon says of it}, of the products that are just created.
        self.said = {}
        # The product.template records of families that got a price.
        self.priced = self.env["product.template"]

    def process(self):
        """Link each listing, or create its product; take over what Amazon changed."""
        if self.connection.download_products:
            self.create_products()
            self._update_families()
        reasons = {}
        for listing in self.listings:
            reasons[listing] = self._link(listing)
            # A title, price or barcode of a pack is not that of what is in it.
            if listing.product_id and not listing._is_pack():
                reasons[listing] = self._update_product(listing) or reasons[listing]
        self.listings.to_process = False
        # A parent may have been processed long before its variants.
        for listing in self.listings.union(*(f.parent for f in self.families)):
            reason = reasons.get(listing) or self._explain_family(listing)
            self._tell(listing, reason)
        self.priced._set_lowest_price()
        StorefrontPrices(self.listings, self.run).update()

    def _tell(self, listing, reason):
        """Show a problem on the listing, and once in the history; ``False``: none."""
        if reason and reason != listing.error:
            self.run._warn(listing._get_message(reason), listing)
        if reason != listing.error:
            listing.error = reason

    def _is_leading(self, listing):
        """Whether this storefront's title, price and picture are the product's."""
        return self.listings_by_sku[listing.sku]._get_leading() == listing

    def _is_barcode_leading(self, listing):
        """Whether this storefront's barcode is the product's: the first that has one.

        An offer on somebody else's article often names none.
        """
        ranked = self.listings_by_sku[listing.sku]._get_ranked()
        return ranked.filtered(lambda row: row._get_barcode())[:1] == listing

    def _update_families(self):
        for family in self.families:
            family.shape()
            family.update_title()

    def _explain_family(self, listing):
        """Return why the listing, or its family, is not as on Amazon, or ``False``."""
        family = self.connection.download_products and self.families.get(listing)
        return family.explain(listing) if family else False

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

        Pictures are fetched later; a barcode that is not free is told of by
        :meth:`_update_product`.
        """
        first = {}
        for listing in self.listings.filtered(lambda row: row._is_product_missing()):
            reference = reference_of(listing)
            if not self.matches[reference].candidates:
                first.setdefault(reference, self._get_family_row(listing))
        rows = list(first.values())
        variants = self.families.place(rows)
        barcodes = self._find_free_barcodes(rows)
        followed, vals_list = [], []
        for listing in rows:
            values = self.said[listing] = listing._get_amazon_values()
            barcode = barcodes.get(listing, {})
            vals = self._prepare_vals(listing, variants, barcode, values)
            vals_list.append(vals)
            followed.append(
                {
                    "name": values["name"],
                    "list_price": values["list_price"],
                    "variation": values["variation"],
                    **{k: v for k, v in vals.items() if k == "barcode"},
                    **self._get_first_pictures(listing, values),
                }
            )
        created = self.env["product.product"].with_context(**QUIET).create(vals_list)
        products = created.with_env(self.env)
        self.env["amazon.listing"]._link_created(
            {
                listing: {
                    "product_id": product.id,
                    "reflected": reflected,
                    "image_pending": "image" in reflected,
                    "further_images_pending": "further_images" in reflected,
                }
                for listing, product, reflected in zip(
                    rows, products, followed, strict=True
                )
            }
        )
        for listing, product in zip(rows, products, strict=True):
            self.matches[reference_of(listing)] = ProductMatch(product)
            if family := self.families.get(listing):
                family.products[listing] = product
        templates = self.env["amazon.listing"].union(*variants).product_tmpl_id
        self.priced |= templates.filtered("amazon_family_sku")

    def _get_first_pictures(self, listing, values):
        """Return those of Amazon's values that say which pictures a new product gets.

        As in :meth:`_update_product`, they are those of the leading storefront.
        """
        if listing._is_pack() or not self._is_leading(listing):
            return {}
        return {
            name: values[name] for name in ("image", "further_images") if values[name]
        }

    def _prepare_vals(self, listing, variants, barcode, amazon):
        """Return the values of a new product, a variant or not.

        What is shared with other companies has other barcodes to avoid, so that
        :meth:`_update_product` brings it.
        """
        vals = variants.get(listing)
        if not vals:
            return listing._prepare_product_vals(amazon) | barcode
        template = self.env["product.template"].browse(vals["product_tmpl_id"])
        is_own = template.company_id == self.connection.company_id
        return vals | (barcode if is_own else {})

    def _get_family_row(self, listing):
        """Return which listing of the SKU says where in its family it stands."""
        leading = self.listings_by_sku[listing.sku]._get_leading()
        is_member = leading._is_product_missing() and self.families.get(leading)
        return leading if is_member else listing

    def _find_free_barcodes(self, listings):
        """Return ``{listing: {"barcode": …}}`` of those that new products may have.

        Each barcode goes to one product, that of the first listing that says it.
        """
        wanted = {}
        for listing in listings:
            code = not listing._is_pack() and listing._get_barcode()
            if code and self._is_barcode_leading(listing):
                wanted.setdefault(get_number(code), (listing, code))
        holders = self._find_barcode_holders(
            [code for _listing, code in wanted.values()], self.connection.company_id
        )
        taken = {get_number(holder.barcode) for holder in holders}
        return {
            listing: {"barcode": code}
            for number, (listing, code) in wanted.items()
            if number not in taken
        }

    # === TAKE OVER === #

    def _update_product(self, listing):
        """Bring what changed on Amazon to the product.

        :return: what could not be taken over, or ``False``
        """
        if not self.connection.download_products:
            return False
        if not listing.reflected:
            listing._link_product(listing.product_id)
            return False
        followed = listing.reflected
        changes = {
            name: value
            for name, value in self._get_said(listing).items()
            if value and value != followed.get(name)
        }
        if changes and not self._is_leading(listing):
            changes = {k: v for k, v in changes.items() if k == "barcode"}
        if "barcode" in changes and not self._is_barcode_leading(listing):
            del changes["barcode"]
        if not changes:
            return False
        reasons = [
            self._drop_taken_barcode(listing, changes),
            self._move_variant(listing, changes),
        ]
        listing.reflected = followed | changes
        self._drop_same_barcode(listing, changes)
        changes.pop("variation", None)
        if changes.pop("image", None):
            listing.image_pending = True
        if changes.pop("further_images", None):
            listing.further_images_pending = True
        self._update_variant(listing, changes)
        if changes:
            titled = listing._prepare_title_vals(changes.pop("name", False))
            listing.product_id.write(changes | titled)
        return " ".join(filter(None, reasons)) or False

    def _get_said(self, listing):
        """Return what Amazon says of a listing, see ``_get_amazon_values``.

        The template of a family may have a price in another currency than its company.
        """
        is_family = bool(listing._get_family_key())
        said = self.said.pop(listing, None)
        return listing._get_amazon_values() if said is None or is_family else said

    def _update_variant(self, listing, changes):
        """Take out of the changes what the variants of a template share.

        The price is written as the variant's own.
        """
        product, template = listing.product_id, listing.product_tmpl_id
        family = self.families.get(listing)
        has_variants = template.product_variant_count > 1
        if has_variants or (family and family.names(template)):
            changes.pop("name", None)
        if has_variants or product.price_extra:
            if price := changes.pop("list_price", None):
                product._set_amazon_price(price)
                self.priced |= template.filtered("amazon_family_sku")

    def _move_variant(self, listing, changes):
        """Bring changed values to the variant; return why that cannot be.

        They are not remembered as followed then, so that Retry tries it again.
        """
        family = self.families.get(listing)
        reason = bool(family and "variation" in changes) and family.move(listing)
        if reason:
            del changes["variation"]
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
