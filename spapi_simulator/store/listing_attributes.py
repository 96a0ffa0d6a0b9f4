"""The attributes of drawn listings, in the form of Amazon's product types."""

from datetime import datetime, timezone

from . import article_words as words
from . import catalog_layout as kinds
from .marketplaces import local_price

IMAGE_HOST = "https://images.example.com"


def add_base(found, generator, number, marketplaces):
    """What the article is: name, brand, texts, condition, identifiers, picture."""
    title, asin = generator.shown_title(number), generator.asin(number)
    brand = words.BRANDS[(number + generator.salt) % len(words.BRANDS)]
    barcode = generator.barcode(number)
    text = f"{generator.title(number)}, made to last."
    image = f"{IMAGE_HOST}/{asin}.png"
    incomplete = generator.slot(number).kind == kinds.INCOMPLETE
    for m in marketplaces:
        if title is not None:
            _add(found, m, "item_name", value=title, language_tag=m.language)
        _add(found, m, "brand", value=brand, language_tag=m.language)
        _add(found, m, "product_description", value=text, language_tag=m.language)
        bullet = "Tested by hand."
        _add(found, m, "bullet_point", value=bullet, language_tag=m.language)
        _add(found, m, "main_product_image_locator", media_location=image)
        _add(found, m, "condition_type", value="new_new")
        if not incomplete:
            _add(found, m, "merchant_suggested_asin", value=asin)
        if barcode:
            name = "externally_assigned_product_identifier"
            _add(found, m, name, type=barcode[0], value=barcode[1])


def add_offer(found, marketplaces, dollars, rng):
    """The price for all buyers and sometimes a lower one for businesses."""
    business = rng.random() < 0.15
    for m in marketplaces:
        price = local_price(dollars, m.currency)
        _add_price(found, m, "ALL", price)
        if business:
            _add_price(found, m, "B2B", local_price(dollars * 19 / 20, m.currency))


def add_stock(found, marketplace, channel, quantity=None, lead=None, restock=None):
    """How a listing is fulfilled; ``restock`` in seconds since the epoch."""
    entry = {"fulfillment_channel_code": channel}
    if quantity is not None:
        entry["quantity"] = quantity
    if lead is not None:
        entry["lead_time_to_ship_max_days"] = lead
    if restock is not None:
        moment = datetime.fromtimestamp(restock, timezone.utc)
        entry["restock_date"] = moment.date().isoformat()
    _add(found, marketplace, "fulfillment_availability", **entry)


def add_measures(found, marketplaces, rng):
    """Weight and size."""
    weight = rng.randint(5, 400) / 100
    length, width, height = (rng.randint(20, 900) / 10 for _ in range(3))
    for m in marketplaces:
        _add(found, m, "item_weight", unit="kilograms", value=weight)
        _add(
            found,
            m,
            "item_dimensions",
            length={"unit": "centimeters", "value": length},
            width={"unit": "centimeters", "value": width},
            height={"unit": "centimeters", "value": height},
        )


def add_links(found, generator, number, marketplaces):
    """What ties a listing to others: variation and package."""
    slot = generator.slot(number)
    first = generator.siblings(number)[0]
    if slot.kind in (kinds.PARENT, kinds.CHILD):
        _add_variation(found, generator, number, marketplaces)
    for m in marketplaces:
        if slot.kind == kinds.CASE:
            _add(found, m, "package_level", value="case")
            sku = generator.sku(first + 1)
            _add(found, m, "package_contains_sku", sku=sku, quantity=6)
        elif slot.kind == kinds.CASE_UNIT:
            _add(found, m, "package_level", value="unit")


def _add_variation(found, generator, number, marketplaces):
    _type, _noun, theme, sizes = generator.family(number)
    first = generator.siblings(number)[0]
    parent = generator.sku(first)
    place = number - first - 1
    for m in marketplaces:
        _add(found, m, "variation_theme", name=theme)
        if place < 0:
            _add(found, m, "parentage_level", value="parent")
            continue
        _add(found, m, "parentage_level", value="child")
        _add(
            found,
            m,
            "child_parent_sku_relationship",
            child_relationship_type="variation",
            parent_sku=parent,
        )
        color = words.COLORS[place // len(sizes) if sizes else place]
        _add(found, m, "color", value=color, language_tag=m.language)
        if sizes:
            size = sizes[place % len(sizes)]
            _add(found, m, "size", value=size, language_tag=m.language)


def _add_price(found, marketplace, audience, price):
    _add(
        found,
        marketplace,
        "purchasable_offer",
        currency=marketplace.currency,
        audience=audience,
        our_price=[{"schedule": [{"value_with_tax": price}]}],
    )


def _add(found, marketplace, name, /, **entry):
    entry["marketplace_id"] = marketplace.id
    found.setdefault(name, []).append(entry)
