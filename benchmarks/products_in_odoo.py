"""The part of the products' benchmark that runs inside a process of Odoo's."""

import json
import resource
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.fields import Command

from odoo.addons.amazon_connector.spapi.listings import is_searchable

from benchmarks.in_odoo import (
    connect,
    get_last_run,
    poll,
    timed,
    use_simulator,
    without_pictures,
)

KIND = "download_products"
PRODUCTS_PER_BATCH = 100
PRODUCTS_TO_WARM_UP = 100
STAMP = "1999-01-01 00:00:00"
TABLES = ("amazon_listing", "product_product", "product_template")


def measure(env, url, account, marketplace, plain_products, result):
    """Download all listings, twice; create some of the products again by hand.

    :param dict account: of the simulator: its credentials
    :param marketplace: Amazon's id of the store's marketplace
    :param plain_products: how many products plain Odoo creates
    :param result: the file for the figures, JSON: seconds, counts and megabytes
    """
    use_simulator(env, url)
    connection = connect(env, account, marketplace, download_products=True)
    connection.download_orders = False
    env.cr.commit()
    _warm_up(env)
    figures = {}
    with without_pictures(env):
        _import(env, connection, figures)
        _import_again(env, connection, figures)
        _compare(env, connection, figures)
    _create_again(env, connection, plain_products, figures)
    Path(result).write_text(json.dumps(figures))


def _warm_up(env):
    """Fill Odoo's own caches."""
    env["product.product"].create(
        [
            {"name": f"Warm {n}", "type": "consu", "is_storable": True}
            for n in range(PRODUCTS_TO_WARM_UP)
        ]
    )
    env.cr.commit()


def _import(env, connection, figures):
    before = _peak()
    poll(env, connection, figures, KIND)
    figures["growth"] = _peak() - before
    for name, shown in (
        ("poll", "import"),
        ("poll_statements", "import_statements"),
        ("poll_calls", "calls"),
    ):
        figures[shown] = figures.pop(name)
    listings = env["amazon.listing"].search([("connection_id", "=", connection.id)])
    sold = listings.filtered(lambda row: not row.is_parent)
    run = get_last_run(env, connection, KIND)
    missing = sold.filtered(lambda row: not row.product_id)
    if missing or listings.filtered("details_pending"):
        reasons = run.line_ids.mapped("message")[:3]
        raise SystemExit(f"{len(missing)} listings without product: {reasons}")
    figures["listings"] = len(listings)
    figures["articles"] = len(set(sold.mapped("asin")) - {False})
    # A search would take these SKUs for several.
    figures["alone"] = len(listings.filtered(lambda row: not is_searchable(row.sku)))
    figures["products"] = len(sold.product_id)
    templates = sold.product_tmpl_id.filtered(lambda one: one.product_variant_count > 1)
    figures["variants"] = len(templates.product_variant_ids)


def _peak():
    """Return the most memory that the process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _import_again(env, connection, figures):
    _stamp(env)
    again = {}
    poll(env, connection, again, KIND)
    figures["second"] = again["poll"]
    figures["second_calls"] = again["poll_calls"]
    figures["second_rows"] = _count_written(env)


def _compare(env, connection, figures):
    """Let a day pass: one run asks for the report, another one reads it."""
    reports = env["amazon.listing.report"].search([])
    reports.requested_on = fields.Datetime.now() - timedelta(days=2)
    env.cr.commit()
    _stamp(env)
    again = {}
    while not env["amazon.listing.report"].search_count(
        [("is_first", "=", False), ("state", "=", "done")]
    ):
        poll(env, connection, again, KIND)
        if env["amazon.listing.report"].search_count([("state", "=", "failed")]):
            raise SystemExit("The comparison failed.")
    figures["comparison"] = again["poll"]
    figures["comparison_rows"] = _count_written(env)


def _stamp(env):
    for table in TABLES:
        env.cr.execute(f"UPDATE {table} SET write_date = %s", [STAMP])
    env.cr.commit()
    env.invalidate_all()


def _count_written(env):
    count = 0
    for table in TABLES:
        env.cr.execute(
            f"SELECT count(*) FROM {table} WHERE write_date IS DISTINCT FROM %s",
            [STAMP],
        )
        count += env.cr.fetchone()[0]
    return count


# === PLAIN ODOO === #


def _create_again(env, connection, count, figures):
    """Create some of the products once more, without the connector."""
    listings = env["amazon.listing"].search(
        [("connection_id", "=", connection.id), ("product_id", "!=", False)],
        order="id",
        limit=count,
    )
    products = listings.product_id
    families = products.product_tmpl_id.filtered(
        lambda template: template.product_variant_count > 1
    )
    singles = products - families.product_variant_ids
    variants = products & families.product_variant_ids
    vals_list = [_read_product(product) for product in singles]
    data = [
        (
            _read_family(family),
            [_read_variant(one) for one in variants & family_variants],
        )
        for family in families
        if (family_variants := family.product_variant_ids) & variants
    ]
    env.cr.commit()
    with timed(env, figures, "plain"):
        for start in range(0, len(vals_list), PRODUCTS_PER_BATCH):
            batch = vals_list[start : start + PRODUCTS_PER_BATCH]
            env["product.product"].create(batch)
            env.cr.commit()
        _create_families(env, data)
    figures["plain_products"] = len(products)


def _read_product(product):
    """Return the values of a product, to create it again."""
    return {
        "name": product.name,
        "description": product.description,
        "default_code": f"{product.default_code} again",
        "barcode": product.barcode and f"9{product.barcode}",
        "list_price": product.list_price,
        "type": product.type,
        "is_storable": product.is_storable,
        "company_id": product.company_id.id,
    }


def _read_family(template):
    lines = template.attribute_line_ids
    return {
        "name": template.name,
        "description": template.description,
        "list_price": template.list_price,
        "type": template.type,
        "is_storable": template.is_storable,
        "company_id": template.company_id.id,
        "attribute_line_ids": [
            Command.create(
                {
                    "attribute_id": line.attribute_id.id,
                    "value_ids": [Command.set(line.value_ids.ids)],
                }
            )
            for line in lines
        ],
    }


def _read_variant(product):
    values = product.product_template_attribute_value_ids.product_attribute_value_id
    return {
        "default_code": f"{product.default_code} again",
        "barcode": product.barcode and f"9{product.barcode}",
        "values": values.ids,
    }


def _create_families(env, data):
    templates = env["product.template"].create([family for family, _variants in data])
    vals_list = []
    for template, (_family, variants) in zip(templates, data, strict=True):
        shown = template.attribute_line_ids.product_template_value_ids
        # Of an attribute that makes all variants instantly they are there already.
        made = {
            one.product_template_attribute_value_ids: one
            for one in template.product_variant_ids
        }
        for variant in variants:
            wanted = set(variant.pop("values"))
            combination = shown.filtered(
                lambda value, wanted=wanted: (
                    value.product_attribute_value_id.id in wanted
                )
            )
            if combination in made:
                made[combination].write(variant)
                continue
            vals_list.append(
                variant
                | {
                    "product_tmpl_id": template.id,
                    "product_template_attribute_value_ids": [
                        Command.set(combination.ids)
                    ],
                }
            )
    env["product.product"].create(vals_list)
