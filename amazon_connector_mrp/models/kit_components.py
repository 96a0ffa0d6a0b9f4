"""What kits are made of: the one way from a bill of materials to its components.

Odoo's own ``explode`` takes one kit apart at a time and rounds each component; here any
number of kits is taken apart with a few queries, and nothing is rounded.
"""

from collections import defaultdict


class KitComponents:
    """The components of some kits, kits in kits taken apart.

    :param dict boms: ``{product: its mrp.bom}``, of kits, one at least
    :param company: the ``res.company`` whose bills of materials count in kits of kits
    """

    def __init__(self, boms, company):
        self._boms = _add_boms_of_components(boms, company)
        self._needs = {}

    def get(self, kit):
        """Return what one kit is made of, in its unit of measure.

        Services, and what is needed 0 times, are left out. A kit that is in itself, by
        whichever detour, is not taken apart there.

        :param kit: ``product.product``, one of those of ``boms``
        :return: ``{product: quantity in the unit of the product}``
        """
        return self._take_apart(kit, kit)

    def _take_apart(self, kit, above):
        """Return what one kit is made of.

        :param above: the kits that it is in, and itself
        """
        if kit in self._needs:
            return self._needs[kit]
        needs = defaultdict(float)
        for component, quantity in self._get_lines(kit):
            if self._boms.get(component) and component not in above:
                parts = self._take_apart(component, above | component)
                for part, need in parts.items():
                    needs[part] += quantity * need
            elif component.type != "service" and quantity > 0:
                needs[component] += quantity
        if kit == above:
            # Further down it may lack the kits that it is in.
            self._needs[kit] = dict(needs)
        return dict(needs)

    def _get_lines(self, kit):
        """Yield ``(product, quantity in its unit)`` of one kit, line by line."""
        bom = self._boms[kit]
        kits = bom.product_uom_id._compute_quantity(
            bom.product_qty, kit.uom_id, round=False
        )
        for line in bom.bom_line_ids:
            if not line._skip_bom_line(kit):
                component = line.product_id
                quantity = line.product_uom_id._compute_quantity(
                    line.product_qty, component.uom_id, round=False
                )
                yield component, quantity / kits


def find_kit_boms(products, company):
    """Return ``{product: mrp.bom}`` of those of the products that are kits.

    :param products: ``product.product``, archived ones too
    :param company: the ``res.company`` whose bills of materials count, beside those of
        all companies
    """
    if not products:
        return {}
    # Odoo looks at the active variants of a template only.
    boms = products.env["mrp.bom"].sudo().with_context(active_test=False)
    products = products.with_env(boms.env)
    return dict(boms._bom_find(products, company_id=company.id, bom_type="phantom"))


def _add_boms_of_components(boms, company):
    """Return these bills of materials and those of the kits in their kits.

    One query for each level of kits in kits.
    """
    found = level = dict(boms)
    looked_at = next(iter(boms)).union(*boms)
    while level:
        lines = next(iter(level.values())).union(*level.values()).bom_line_ids
        components = lines.product_id - looked_at
        looked_at |= components
        level = find_kit_boms(components, company)
        found = found | level
    return found
