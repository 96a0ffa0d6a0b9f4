"""Variation families of Amazon as products with variants.

A family is what the leading listings of a connection (see ``_get_leading``) say of one
parent: its members are variants of one product template, whose attributes are those of
Amazon's theme. Odoo has the variants that Amazon has, and no others. What exists is
never merged, archived or deleted; where it does not fit, that is told.
"""

from collections import Counter
from functools import cached_property

from odoo.fields import Command, Domain

from .product_resolver import ProductResolver, reference_of
from .variant_attributes import VariantAttributes, name_key
from .variation_words import get_attribute_names

PRODUCTS_NAMED = 5


class VariantFamilies:
    """The families that a batch of listings belongs to.

    :param listings: ``amazon.listing`` rows of one connection
    """

    def __init__(self, listings):
        self.env = listings.env
        self.connection = listings.connection_id
        self.attributes = VariantAttributes(self.env)
        # {key: VariantFamily}
        self.families = {}
        # {product.attribute: set of name_key}
        self.names_of_attributes = {}
        # Of families that are not in this batch, but have variants of a template in it.
        self.other_keys = set()
        keys = {row._get_family_key() for row in listings} - {""}
        if keys:
            self._read(keys)

    def __iter__(self):
        return iter(self.families.values())

    def get(self, listing):
        """Return the :class:`VariantFamily` of a listing, ``None`` without one."""
        return self.families.get(listing._get_family_key())

    def _read(self, keys):
        rows = self.env["amazon.listing"].search(
            Domain("connection_id", "=", self.connection.id)
            & (Domain("sku", "in", keys) | Domain("parent_sku", "in", keys))
        )
        self.families = {key: VariantFamily(self, key) for key in sorted(keys)}
        for sku, listed in sorted(rows._get_listings_by_sku().items()):
            leading = listed._get_leading()
            if sku in keys:
                self.families[sku].parent = leading
                continue
            family = leading and self.get(leading)
            # A pack is no variant of what is in it.
            # One that is spelled with other blanks somewhere comes more than once.
            is_member = family and leading in family.members
            if family and not is_member and not leading._is_pack():
                family.members.append(leading)
        self._read_products()

    def _read_products(self):
        """Find the products that the members have, or are going to be linked to."""
        members = [member for family in self for member in family.members]
        matches = ProductResolver(self.connection).resolve(map(reference_of, members))
        templates = self.env["product.template"]
        for family in self:
            for member in family.members:
                match = matches.get(reference_of(member))
                product = member.product_id or (match and match.product)
                if product and product.type == "consu":
                    family.products[member] = product
            templates |= family.get_templates()
        self.names_of_attributes = self.attributes.get_names(
            templates.attribute_line_ids.attribute_id
        )
        self._find_other_families(templates)

    def _find_other_families(self, templates):
        """Find out which of the templates are those of families not among these."""
        others = set(templates.mapped("amazon_family_sku")) - {False, *self.families}
        if others:
            children = self.env["amazon.listing"].search(
                [
                    ("connection_id", "=", self.connection.id),
                    ("parent_sku", "in", list(others)),
                    ("state", "!=", "removed"),
                ]
            )
            self.other_keys = set(children.mapped("parent_sku"))

    # === NEW VARIANTS === #

    def place(self, listings):
        """Decide which of these new products are variants; prepare their templates.

        :param listings: ``amazon.listing`` rows of SKUs that have no product
        :return: ``{listing: values of its product.product}``, only of variants
        """
        wanted = {}
        for listing in listings:
            family = self.get(listing)
            is_member = family and listing in family.members
            if is_member and family.get_combination(listing):
                wanted.setdefault(family, []).append(listing)
        if not wanted:
            return {}
        for family in wanted:
            family.shape(for_new=True)
        self._create_templates(wanted)
        values = self._get_values(wanted)
        placed = {}
        for family, rows in wanted.items():
            if family.template:
                placed |= family.find_free(rows, values)
        line_values = self.attributes.get_line_values(
            dict.fromkeys(pair for pairs in placed.values() for pair in pairs)
        )
        model = self.env["product.template.attribute.value"]
        return {
            listing: listing._prepare_variant_vals(
                model.union(*(line_values[pair] for pair in pairs))
            )
            for listing, pairs in placed.items()
        }

    def _create_templates(self, wanted):
        """Create the templates of the families that have none, in one go.

        :param dict wanted: their new listings by :class:`VariantFamily`
        """
        new = [f for f in wanted if not f.template and not f.is_ambiguous]
        attributes = self.attributes.get_attributes(
            [label for family in new for label in family.labels]
        )
        values = self._get_values({f: wanted[f] for f in new}, attributes)
        templates = self.env["product.template"].with_context(
            create_product_product=False
        )
        created = templates.create(
            [
                self._prepare_template_vals(family, wanted[family], attributes, values)
                for family in new
            ]
        )
        self.names_of_attributes |= self.attributes.get_names(
            created.attribute_line_ids.attribute_id
        )
        for family, template in zip(new, created.with_env(self.env), strict=True):
            family.template = template
            family.follow_title()

    def _prepare_template_vals(self, family, listings, attributes, values):
        """Return the values of the template: what its variants have in common."""
        vals_list = [listing._prepare_product_vals() for listing in listings]
        fields = self.env["product.product"]._fields
        shared = {k: v for k, v in vals_list[0].items() if fields[k].inherited}
        prices = [vals["list_price"] for vals in vals_list if vals["list_price"]]
        lines = []
        for place, key in enumerate(family.keys):
            chosen = self.env["product.attribute.value"].union(
                *(
                    values[attributes[key], name_key(combination[place])]
                    for combination in map(family.get_combination, listings)
                )
            )
            lines.append(
                {
                    "attribute_id": attributes[key].id,
                    "sequence": place + 1,
                    "value_ids": [Command.set(chosen.ids)],
                }
            )
        return shared | {
            **listings[0]._prepare_title_vals(family.title),
            "list_price": min(prices, default=0.0),
            "amazon_family_sku": family.key,
            "attribute_line_ids": [Command.create(line) for line in lines],
        }

    def _get_values(self, wanted, attributes=None):
        """Return ``{(attribute, name_key): value}`` of all these listings.

        :param dict attributes: ``{name_key: product.attribute}``; else those of the
            families' templates
        """
        pairs = []
        for family, listings in wanted.items():
            by_key = attributes or family.get_attributes()
            for combination in map(family.get_combination, listings):
                for key, value in zip(family.keys, combination, strict=True):
                    if key in by_key:
                        pairs.append((by_key[key], value))
        return self.attributes.get_values(pairs)


class VariantFamily:
    """One family: its members, their products, and the template that fits.

    :ivar str key: SKU of the parent
    :ivar parent: the ``amazon.listing`` of the parent; empty where it is not listed
    :ivar list members: the leading ``amazon.listing`` of each SKU, in their order
    :ivar dict products: ``{member: product.product}``
    """

    def __init__(self, families, key):
        self.families = families
        self.env = families.env
        self.key = key
        self.parent = self.env["amazon.listing"]
        self.members = []
        self.products = {}
        self._template = None

    # === AMAZON === #

    @property
    def title(self):
        return self.parent.title or False

    @cached_property
    def identifiers(self):
        """Amazon's names of the attributes: those that most of the members have."""
        counted = Counter(
            tuple(name for name, _value in (member.variation or {}).get("values") or ())
            for member in self.members
        )
        del counted[()]
        return counted.most_common(1)[0][0] if counted else ()

    @cached_property
    def labels(self):
        """What the attributes are called in the shop, the connection's own first."""
        own = self.families.connection.marketplace_id
        spoken = min(
            (row for row in self.members if row.variation),
            key=lambda row: row.storefront_id.marketplace_id != own,
        )
        shop = spoken.storefront_id.marketplace_id.language
        language = spoken.variation["language"] or shop or ""
        return get_attribute_names(self.identifiers, language)

    @cached_property
    def keys(self):
        return [name_key(label) for label in self.labels]

    def get_combination(self, member):
        """Return the values of a member, in the order of the attributes.

        ``None`` where Amazon does not name them all.
        """
        said = dict(member._get_variation_values() or ())
        values = [said.get(identifier, "") for identifier in self.identifiers]
        return values if values and all(values) else None

    def get_lacking(self, member):
        """Return what the attributes are called that a member has no value of."""
        said = dict(member._get_variation_values() or ())
        return [
            label
            for identifier, label in zip(self.identifiers, self.labels, strict=True)
            if not said.get(identifier)
        ]

    # === TEMPLATE === #

    def get_templates(self):
        """Return the ``product.template`` records of the members' products."""
        products = self.env["product.product"].union(*self.products.values())
        return products.product_tmpl_id.filtered("active")

    @property
    def template(self):
        """The ``product.template`` of the family; empty where there is none, or where
        several may be meant.
        """
        if self._template is None:
            fitting = self._find_fitting()
            self._template = fitting if len(fitting) == 1 else fitting.browse()
        return self._template

    @template.setter
    def template(self, template):
        self._template = template

    @property
    def is_ambiguous(self):
        return not self.template and len(self._find_fitting()) > 1

    def _find_fitting(self):
        """Return the templates with the family's attributes; its own before others."""
        if not self.identifiers:
            return self.env["product.template"]
        fitting = self.get_templates().filtered(
            lambda template: (
                self._has_attributes(template) and not self._is_of_others(template)
            )
        )
        own = fitting.filtered(lambda row: row.amazon_family_sku == self.key)
        return own or fitting

    def _has_attributes(self, template):
        """Whether the variants of a template differ by the family's attributes."""
        lines = get_variant_lines(template)
        return len(self._find_lines(template)) == len(lines) == len(self.keys)

    def _is_of_others(self, template):
        """Whether another family of the store is the template's, and has children."""
        sku = template.amazon_family_sku
        family = self.families.families.get(sku)
        has_children = family.members if family else sku in self.families.other_keys
        return sku != self.key and bool(has_children)

    def _find_lines(self, template):
        """Return ``{name_key: line}`` of the attributes that a template has already."""
        names = self.families.names_of_attributes
        lines = {}
        for line in get_variant_lines(template):
            for key in self.keys:
                if key in names.get(line.attribute_id, ()):
                    lines.setdefault(key, line)
        return lines

    def get_attributes(self):
        """Return ``{name_key: product.attribute}`` of the template."""
        lines = self._find_lines(self.template)
        return {key: line.attribute_id for key, line in lines.items()}

    def shape(self, for_new=False):
        """Let the only template have the family's attributes, where nothing is lost.

        It is one that this family made, whose variants all have a place in a changed
        theme; or one of a single product that becomes the first variant.

        :param bool for_new: whether there are others that want to join it
        """
        if self.template or self.is_ambiguous or not self.identifiers:
            return
        templates = self.get_templates()
        made = templates.filtered("amazon_family_sku")
        template = made if len(made) == 1 else templates
        if len(template) != 1:
            return
        variants = template.with_context(active_test=False).product_variant_ids
        is_single = len(variants) == 1 and not get_variant_lines(template)
        if not (template.amazon_family_sku or (is_single and for_new)):
            return
        combinations = self._find_places(variants)
        if combinations:
            self._reshape(template, combinations)

    def _find_places(self, variants):
        """Return ``{variant: values}``, each different; ``None`` where one has none."""
        places = {}
        for member, product in self.products.items():
            combination = self.get_combination(member)
            if product in variants and combination:
                if product in places:
                    return None
                places[product] = combination
        different = {tuple(map(name_key, values)) for values in places.values()}
        is_whole = len(places) == len(variants) == len(different)
        return places if is_whole else None

    def _reshape(self, template, combinations):
        """Give a template the family's attributes, and its variants their values.

        :param dict combinations: values by ``product.product``, all of the template
        """
        lines = self._find_lines(template)
        kept = self.env["product.template.attribute.line"].union(*lines.values())
        obsolete = get_variant_lines(template) - kept
        shop = self.families.attributes
        new = [label for label in self.labels if name_key(label) not in lines]
        attributes = shop.get_attributes(new)
        chosen = {key: line.attribute_id for key, line in lines.items()} | attributes
        values = shop.get_values(
            [
                (chosen[key], value)
                for combination in combinations.values()
                for key, value in zip(self.keys, combination, strict=True)
            ]
        )
        model = self.env["product.template.attribute.line"]
        quiet = model.with_context(create_product_product=False)
        for place, key in enumerate(self.keys):
            if key not in lines:
                first = [
                    values[chosen[key], name_key(combination[place])].id
                    for combination in combinations.values()
                ]
                lines[key] = quiet.create(
                    {
                        "product_tmpl_id": template.id,
                        "attribute_id": chosen[key].id,
                        "sequence": place + 1,
                        "value_ids": [Command.set(first)],
                    }
                ).with_env(self.env)
        self.families.names_of_attributes |= shop.get_names(
            self.env["product.attribute"].union(*chosen.values())
        )
        pairs = {
            variant: [
                (lines[key], values[chosen[key], name_key(value)])
                for key, value in zip(self.keys, combination, strict=True)
            ]
            for variant, combination in combinations.items()
        }
        line_values = shop.get_line_values(
            dict.fromkeys(pair for found in pairs.values() for pair in found)
        )
        for variant, found in pairs.items():
            ids = [line_values[pair].id for pair in found]
            variant.product_template_attribute_value_ids = [Command.set(ids)]
        template.amazon_family_sku = self.key
        self._drop_lines(obsolete)
        self._template = template

    def _drop_lines(self, lines):
        """Remove attributes that no variant has any more."""
        if lines:
            self.env.flush_all()
            # Odoo would delete the variants that it remembers to have them.
            self.env.invalidate_all()
            lines.with_context(amazon_keep_variants=True).unlink()

    # === VARIANTS === #

    def get_variants(self):
        """Return ``{frozenset of product.attribute.value ids: active variant}``."""
        variants = self.template.product_variant_ids
        return {
            frozenset(
                variant.product_template_attribute_value_ids.product_attribute_value_id.ids
            ): variant
            for variant in variants
        }

    def get_pairs(self, member, values):
        """Return the template's line and the value of each attribute of a member.

        :param dict values: ``{(attribute, name_key): product.attribute.value}``
        """
        lines = self._find_lines(self.template)
        combination = self.get_combination(member)
        return [
            (lines[key], values[lines[key].attribute_id, name_key(value)])
            for key, value in zip(self.keys, combination, strict=True)
        ]

    def find_free(self, listings, values):
        """Return ``{listing: pairs of line and value}`` of those that find a place.

        A combination is one variant's alone.
        """
        taken = set(self.get_variants())
        placed = {}
        for listing in sorted(listings, key=lambda row: row.sku):
            pairs = self.get_pairs(listing, values)
            place = frozenset(value.id for _line, value in pairs)
            if place not in taken:
                taken.add(place)
                placed[listing] = pairs
        return placed

    def move(self, member):
        """Bring changed values of a member to its variant.

        Where another variant has them that is to have others, too, both move.

        :return: why it cannot be, or ``False``
        """
        if self.get_combination(member) is None or not self._has_variant(member):
            return False
        if self._find_holder(member) == member.product_id:
            return False
        chain, holder = self._find_chain(member)
        if holder:
            return self._explain_taken(member, holder)
        if len(chain) > 1 and self._find_holder(chain[-1]) == member.product_id:
            member.product_id.product_template_attribute_value_ids = [Command.clear()]
            self.env.flush_all()
        for mover in reversed(chain):
            pairs = self._get_own_pairs(mover)
            line_values = self.families.attributes.get_line_values(dict.fromkeys(pairs))
            ids = [line_values[pair].id for pair in pairs]
            mover.product_id.product_template_attribute_value_ids = [Command.set(ids)]
            # Each place is to be left before another one takes it.
            self.env.flush_all()
            followed = mover.reflected or {}
            mover.reflected = followed | {"variation": mover._get_variation_values()}
        return False

    def _find_chain(self, member):
        """Return the members that have to move, and the variant in the way, if any."""
        chain = [member]
        while holder := self._find_holder(chain[-1]):
            if holder == member.product_id:
                break
            follower = next((m for m in self.members if m.product_id == holder), None)
            if (
                follower is None
                or follower in chain
                or not follower._has_new_variation()
                or self.get_combination(follower) is None
            ):
                return chain, holder
            chain.append(follower)
        return chain, None

    def _find_holder(self, member):
        """Return the variant that has a member's combination, or nothing."""
        attributes = self.get_attributes()
        combination = self.get_combination(member)
        values = self.families.attributes.find_values(
            [
                (attributes[key], value)
                for key, value in zip(self.keys, combination, strict=True)
            ]
        )
        if len(values) < len(combination):
            return None
        return self.get_variants().get(frozenset(v.id for v in values.values()))

    def _get_own_pairs(self, member):
        return self.get_pairs(member, self.families._get_values({self: [member]}))

    def _has_variant(self, member):
        return bool(self.template) and member.product_tmpl_id == self.template

    # === TITLE === #

    def names(self, template):
        """Whether the parent's title names the template, not that of a member."""
        return bool(self.title) and template == self.template

    def follow_title(self):
        """Remember that the template has the parent's title."""
        if self.title:
            followed = self.parent.reflected or {}
            self.parent.reflected = followed | {"name": self.title}

    def update_title(self):
        """Bring the parent's title to the template when Amazon changed it.

        At first only where a member's title stands in for it.
        """
        followed = self.parent.reflected or {}
        template = self.template
        if not self.title or not template or followed.get("name") == self.title:
            return
        lent = {(member.reflected or {}).get("name") for member in self.members}
        if "name" in followed or (template.amazon_family_sku and template.name in lent):
            template.write(self.parent._prepare_title_vals(self.title))
        self.follow_title()

    # === WHAT IS TOLD === #

    def explain(self, listing):
        """Return why Odoo has the family, or a member, not as Amazon; or ``False``.

        What concerns the family is told on its parent, else on its first member.
        """
        if listing == (self.parent or self.members[:1] or [None])[0]:
            if reason := self._explain_family():
                return reason
        return listing in self.members and self._explain_member(listing)

    def _explain_member(self, member):
        """Return why a member with a product of its own is no variant."""
        if not member.product_id or self._has_variant(member):
            return False
        if not self.identifiers or len(self.members) == 1:
            return False
        if lacking := self.get_lacking(member):
            return self.env._(
                "Amazon does not say its %(attributes)s, so its product is none of the "
                "variants of %(family)s.",
                attributes=", ".join(lacking),
                family=self._get_name(),
            )
        if not self.template:
            return False
        holder = self._find_holder(member)
        return bool(holder) and self._explain_taken(member, holder)

    def _explain_taken(self, member, holder):
        combination = self.get_combination(member)
        return self.env._(
            "It has the same %(values)s as %(variant)s, so it is not a variant beside "
            "it. Correct one of the two on Amazon.",
            values=", ".join(
                f"{label}: {value}"
                for label, value in zip(self.labels, combination, strict=True)
            ),
            variant=holder.display_name,
        )

    def _explain_family(self):
        """Return why the family is not one product, or not as on Amazon."""
        linked = [member for member in self.members if member.product_id]
        if len(linked) < 2:
            return False
        if not self.identifiers:
            return self.env._(
                "Amazon does not say by what the variants of %s differ, so each is a "
                "product of its own.",
                self._get_name(),
            )
        stray = [
            member
            for member in linked
            if not self._has_variant(member) and not self._explain_member(member)
        ]
        templates = self.env["amazon.listing"].union(*stray).product_tmpl_id
        templates = templates.filtered("active")
        formed = templates.filtered(get_variant_lines)
        if others := formed.filtered(lambda row: not self._has_attributes(row)):
            return self._explain_theme(others[0])
        if self.template and templates or len(templates) > 1:
            return self.env._(
                "The variants of %(family)s are several products in Odoo, which are "
                "not merged: %(products)s.",
                family=self._get_name(),
                products=", ".join(
                    product.display_name
                    for product in (self.template | templates)[:PRODUCTS_NAMED]
                )
                + (" …" if len(templates) >= PRODUCTS_NAMED else ""),
            )
        return False

    def _explain_theme(self, template):
        return self.env._(
            "On Amazon, the variants of %(family)s differ by %(theme)s, those of "
            "%(product)s in Odoo by %(attributes)s. These stay as they are; new ones "
            "do not join them.",
            family=self._get_name(),
            theme=", ".join(self.labels),
            product=template.display_name,
            attributes=", ".join(
                get_variant_lines(template).attribute_id.mapped("name")
            ),
        )

    def _get_name(self):
        return f"{self.title} ({self.key})" if self.title else self.key


def get_variant_lines(template):
    """Return the attribute lines by which the variants of a template differ."""
    lines = template.valid_product_template_attribute_line_ids
    return lines._without_no_variant_attributes()
