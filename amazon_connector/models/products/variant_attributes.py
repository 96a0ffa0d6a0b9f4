"""Attributes and values of products, by name: found where there are, made where not.

All products share them. A name is the same in whatever letter case, and in any language
into which it is translated. An attribute that makes no variants is none of them.
"""

from odoo.fields import Command
from odoo.tools import SQL


def name_key(name):
    """Return what two names that mean the same have in common."""
    return _without_spare_blanks(name).casefold()


def _without_spare_blanks(name):
    return " ".join(name.split())


class VariantAttributes:
    """Finds and makes the attributes and values of one batch of families.

    :param env: in whose language new ones are named
    """

    def __init__(self, env):
        self.env = env
        # {name_key: product.attribute}
        self._attributes = {}
        # {(product.attribute, name_key): product.attribute.value}
        self._values = {}

    def get_attributes(self, names):
        """Return ``{name_key: product.attribute}``, all of them, with one search.

        One by which variants are made on demand is taken first: it makes none that
        Amazon has not.
        """
        wanted = {name_key(name): _without_spare_blanks(name) for name in names}
        missing = {k: v for k, v in wanted.items() if k not in self._attributes}
        if missing:
            self._search_attributes(missing)
        new = [name for key, name in missing.items() if key not in self._attributes]
        created = self.env["product.attribute"].create(
            [{"name": name, "create_variant": "dynamic"} for name in new]
        )
        for name, attribute in zip(new, created, strict=True):
            self._attributes[name_key(name)] = attribute
        return {key: self._attributes[key] for key in wanted}

    def get_values(self, wanted):
        """Return ``{(product.attribute, name_key): product.attribute.value}``.

        :param wanted: pairs of a ``product.attribute`` and the name of a value
        """
        names = {
            (attribute, name_key(name)): _without_spare_blanks(name)
            for attribute, name in wanted
        }
        found = self.find_values(wanted)
        new = [pair for pair in names if pair not in found]
        created = self.env["product.attribute.value"].create(
            [{"attribute_id": pair[0].id, "name": names[pair]} for pair in new]
        )
        self._values |= dict(zip(new, created, strict=True))
        return {pair: self._values[pair] for pair in names}

    def find_values(self, wanted):
        """Return what :meth:`get_values` does, without those that are not there."""
        pairs = [(attribute, name_key(name)) for attribute, name in wanted]
        missing = {
            pair: _without_spare_blanks(name)
            for pair, (_attribute, name) in zip(pairs, wanted, strict=True)
            if pair not in self._values
        }
        if missing:
            self._search_values(missing)
        return {pair: self._values[pair] for pair in pairs if pair in self._values}

    def get_line_values(self, wanted):
        """Return ``{(line, value): product.template.attribute.value}``, with few
        queries; the lines get the values that they lack.

        No variant is made, archived or restored by it.

        :param wanted: pairs of a ``product.template.attribute.line`` and a
            ``product.attribute.value`` of its attribute
        """
        if not wanted:
            return {}
        by_line = {}
        for line, value in wanted:
            by_line[line] = by_line.get(line, value) | value
        quiet = {"update_product_template_attribute_values": False}
        for line, values in by_line.items():
            if lacking := values - line.value_ids:
                links = [Command.link(value.id) for value in lacking]
                line.with_context(**quiet).write({"value_ids": links})
        model = self.env["product.template.attribute.value"]
        lines = self.env["product.template.attribute.line"].union(*by_line)
        found = {
            (row.attribute_line_id, row.product_attribute_value_id): row
            for row in model.search([("attribute_line_id", "in", lines.ids)])
        }
        known = model.union(*(found[pair] for pair in wanted if pair in found))
        if archived := known - known._only_active():
            archived.ptav_active = True
        new = [pair for pair in wanted if pair not in found]
        created = model.create(
            [
                {
                    "attribute_line_id": line.id,
                    "product_attribute_value_id": value.id,
                    "price_extra": value.default_extra_price,
                }
                for line, value in new
            ]
        )
        found |= dict(zip(new, created, strict=True))
        return {pair: found[pair] for pair in wanted}

    def get_names(self, attributes):
        """Return ``{product.attribute: set of name_key}``, in all their languages."""
        found = {attribute: set() for attribute in attributes}
        if attributes:
            model = attributes
            model.flush_model(["name"])
            rows = self.env.execute_query(
                SQL(
                    "SELECT a.id, t.value FROM product_attribute a,"
                    " jsonb_each_text(a.name) t WHERE a.id IN %s",
                    tuple(attributes.ids),
                )
            )
            for attribute_id, name in rows:
                found[model.browse(attribute_id)].add(name_key(name))
        return found

    def _search_attributes(self, missing):
        model = self.env["product.attribute"]
        model.flush_model(["name", "active", "create_variant", "sequence"])
        rows = self.env.execute_query(
            SQL(
                "SELECT a.id, t.value FROM product_attribute a,"
                " jsonb_each_text(a.name) t"
                " WHERE a.active AND a.create_variant != 'no_variant' AND %s"
                " ORDER BY a.create_variant != 'dynamic', a.sequence, a.id",
                _is_named(missing.values()),
            )
        )
        for attribute_id, name in rows:
            attribute = model.browse(attribute_id)
            if name_key(name) in missing:
                self._attributes.setdefault(name_key(name), attribute)

    def _search_values(self, missing):
        model = self.env["product.attribute.value"]
        model.flush_model(["name", "active", "attribute_id", "sequence"])
        attributes = self.env["product.attribute"].union(*(pair[0] for pair in missing))
        rows = self.env.execute_query(
            SQL(
                "SELECT v.id, v.attribute_id, t.value"
                " FROM product_attribute_value v, jsonb_each_text(v.name) t"
                " WHERE v.active AND v.attribute_id IN %s AND %s"
                " ORDER BY v.sequence, v.id",
                tuple(attributes.ids),
                _is_named(missing.values()),
            )
        )
        for value_id, attribute_id, name in rows:
            pair = (attributes.browse(attribute_id), name_key(name))
            if pair in missing:
                self._values.setdefault(pair, model.browse(value_id))


def _is_named(names):
    """Return the condition that ``t.value`` is one of the names.

    PostgreSQL and Python do not agree on the letter case of all letters, so the very
    name is looked for as well.
    """
    names = list(names)
    lowered = [name.lower() for name in names]
    return SQL("(t.value = ANY(%s) OR lower(t.value) = ANY(%s))", names, lowered)
