"""Kits and their components as SQL: for searches in which nothing is read by itself.

What is found is a superset where a product has several bills of materials, or where a
line of one is for some variants only; :mod:`.kit_components` knows exactly.
"""

from odoo.tools import SQL


def select_related(products):
    """Select the ids of products, of what they are made of, and of the kits made of it.

    :param products: ``product.product``
    """
    return SQL(
        """
        WITH RECURSIVE part(id) AS (
            SELECT UNNEST(%(ids)s::int[])
            UNION
            SELECT pair.part_id FROM part CROSS JOIN LATERAL (%(parts)s) pair
        ), related(id) AS (
            SELECT id FROM part
            UNION
            SELECT pair.kit_id FROM related CROSS JOIN LATERAL (%(kits)s) pair
        )
        SELECT id FROM related
        """,
        ids=products.ids,
        parts=_select_pairs(products.env, SQL("kit.id = part.id OFFSET 0")),
        kits=_select_pairs(products.env, SQL("line.product_id = related.id OFFSET 0")),
    )


def select_kits_of(products):
    """Select the ids of the kits that some products are components of.

    Kits of kits among them.

    :param products: ``product.product``
    """
    return SQL(
        """
        WITH RECURSIVE related(id) AS (
            %(direct)s
            UNION
            SELECT pair.kit_id FROM related CROSS JOIN LATERAL (%(kits)s) pair
        )
        SELECT id FROM related
        """,
        direct=SQL(
            "SELECT kit_id FROM (%s) pair",
            _select_pairs(
                products.env, SQL("line.product_id = ANY(%s::int[])", products.ids)
            ),
        ),
        kits=_select_pairs(products.env, SQL("line.product_id = related.id OFFSET 0")),
    )


def select_kits_without_stock(env, company):
    """Select the ids of the kits that have components, but none that is in stock.

    :param company: the ``res.company`` whose bills of materials count
    """
    template = env["product.template"]
    own = SQL("(bom.company_id IS NULL OR bom.company_id = %s)", company.id)
    return SQL(
        """
        WITH RECURSIVE pair AS (%(pairs)s), part(kit_id, part_id) AS (
            SELECT kit_id, part_id FROM pair
            UNION
            SELECT part.kit_id, pair.part_id
            FROM part JOIN pair ON pair.kit_id = part.part_id
        )
        SELECT part.kit_id
        FROM part
        JOIN product_product product ON product.id = part.part_id
        JOIN product_template template ON template.id = product.product_tmpl_id
        WHERE template.type != 'service'
        AND NOT EXISTS (SELECT FROM pair WHERE pair.kit_id = part.part_id)
        GROUP BY part.kit_id
        HAVING NOT BOOL_OR(COALESCE(template.is_storable, FALSE))
        """,
        pairs=_select_pairs(env, own),
        to_flush=[template._fields[name] for name in ("type", "is_storable")],
    )


def _select_pairs(env, condition):
    """Select ``(kit_id, part_id)``: kits, and what stands in their bill of materials.

    :param SQL condition: which of them, by ``line``, ``bom`` and ``kit``. Inside a
        recursion it ends with ``OFFSET 0``: PostgreSQL takes the few rows there for
        many, and would read all bills of materials instead of those it finds by index.
    """
    used = {
        "mrp.bom": ("active", "type", "company_id", "product_id", "product_tmpl_id"),
        "mrp.bom.line": ("bom_id", "product_id", "product_qty"),
        "product.product": ("product_tmpl_id",),
    }
    return SQL(
        """
        SELECT kit.id AS kit_id, line.product_id AS part_id
        FROM mrp_bom_line line
        JOIN mrp_bom bom ON bom.id = line.bom_id
        JOIN product_product kit ON kit.product_tmpl_id = bom.product_tmpl_id
            AND (bom.product_id IS NULL OR bom.product_id = kit.id)
        WHERE bom.active AND bom.type = 'phantom' AND line.product_qty > 0 AND %s
        """,
        condition,
        to_flush=[
            env[model]._fields[name] for model, names in used.items() for name in names
        ],
    )
