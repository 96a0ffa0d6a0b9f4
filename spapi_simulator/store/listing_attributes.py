"""The attributes of drawn listings, in the form of Amazon's product types."""

from datetime import datetime, timezone

from . import article_words as words
from . import catalog_layout as kinds
from .draws import whole
from .marketplaces import local_price

IMAGE_HOST = "https://images.example.com"


class Sheet:
    """Writes attributes for the same marketplaces again and again.

    Entries are never changed once they are written, so that those which many
    listings have in common are shared.
    """

    def __init__(self, marketplaces):
        self.marketplaces = marketplaces
        self._ids = [m.id for m in marketplaces]
        self.condition = self.values("new_new")
        self.bullets = self.texts("Tested by hand.")
        self.brands = [self.texts(brand) for brand in words.BRANDS]
        self.colors = {color: self.texts(color) for color in words.COLORS}
        self.levels = {
            level: self.values(level) for level in ("parent", "child", "case", "unit")
        }

    def values(self, value):
        """A value that has no language."""
        return [{"value": value, "marketplace_id": m} for m in self._ids]

    def texts(self, value):
        """A value in the language of each marketplace; the words are the same."""
        return [
            {"value": value, "language_tag": m.language, "marketplace_id": m.id}
            for m in self.marketplaces
        ]

    def entries(self, **entry):
        """The same members for each marketplace."""
        return [{**entry, "marketplace_id": m} for m in self._ids]


def base(sheet, generator, number):
    """What the article is: name, brand, texts, condition, identifiers, picture."""
    asin, plain = generator.asin(number), generator.title(number)
    title, barcode = generator.shown_title(number, plain), generator.barcode(number)
    found = {} if title is None else {"item_name": sheet.texts(title)}
    found["brand"] = sheet.brands[(number + generator.salt) % len(sheet.brands)]
    found["product_description"] = sheet.texts(f"{plain}, made to last.")
    found["bullet_point"] = sheet.bullets
    image = f"{IMAGE_HOST}/{asin}.png"
    found["main_product_image_locator"] = sheet.entries(media_location=image)
    found["condition_type"] = sheet.condition
    if generator.slot(number).kind != kinds.INCOMPLETE:
        found["merchant_suggested_asin"] = sheet.values(asin)
    if barcode:
        kind, value = barcode
        name = "externally_assigned_product_identifier"
        found[name] = sheet.entries(type=kind, value=value)
    return found


def offers(sheet, dollars, business):
    """The price for all buyers and, where asked for, a lower one for businesses."""
    found = [_offer(m, "ALL", dollars) for m in sheet.marketplaces]
    if business:
        found += [_offer(m, "B2B", dollars * 19 / 20) for m in sheet.marketplaces]
    return found


def _offer(marketplace, audience, dollars):
    price = local_price(dollars, marketplace.currency)
    return {
        "currency": marketplace.currency,
        "audience": audience,
        "our_price": [{"schedule": [{"value_with_tax": price}]}],
        "marketplace_id": marketplace.id,
    }


def stock(marketplace, channel, quantity=None, lead=None, restock=None):
    """How a listing is fulfilled; ``restock`` in seconds since the epoch."""
    entry = {"fulfillment_channel_code": channel}
    if quantity is not None:
        entry["quantity"] = quantity
    if lead is not None:
        entry["lead_time_to_ship_max_days"] = lead
    if restock is not None:
        moment = datetime.fromtimestamp(restock, timezone.utc)
        entry["restock_date"] = moment.date().isoformat()
    entry["marketplace_id"] = marketplace.id
    return entry


def measures(sheet, rng):
    """Weight and size."""
    length, width, height = (
        {"unit": "centimeters", "value": whole(rng, 20, 900) / 10} for _ in range(3)
    )
    weight = whole(rng, 5, 400) / 100
    return {
        "item_weight": sheet.entries(unit="kilograms", value=weight),
        "item_dimensions": sheet.entries(length=length, width=width, height=height),
    }


def links(sheet, generator, number):
    """What ties a listing to others: variation and package."""
    slot = generator.slot(number)
    if slot.kind in kinds.PARENTS | kinds.CHILDREN:
        return _variation(sheet, generator, number)
    if slot.kind == kinds.CASE:
        unit = generator.sku(generator.siblings(number)[1])
        return {
            "package_level": sheet.levels["case"],
            "package_contains_sku": sheet.entries(sku=unit, quantity=6),
        }
    if slot.kind == kinds.CASE_UNIT:
        return {"package_level": sheet.levels["unit"]}
    return {}


def _variation(sheet, generator, number):
    family = generator.family(number)
    found = {"variation_theme": sheet.entries(name=family.theme)}
    variant = generator.variant(number)
    if variant is None:
        found["parentage_level"] = sheet.levels["parent"]
        return found
    color, size = variant
    found["parentage_level"] = sheet.levels["child"]
    found["child_parent_sku_relationship"] = sheet.entries(
        child_relationship_type="variation", parent_sku=generator.parent_sku(number)
    )
    if color:
        found["color"] = sheet.colors[color]
    if size:
        found["size"] = sheet.texts(size)
    return found
