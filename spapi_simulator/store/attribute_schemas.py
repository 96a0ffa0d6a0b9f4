"""The attributes of listings that the simulator knows, and the product types.

Amazon publishes a JSON Schema for each product type. The simulator has a small one
for all of its product types: it judges submissions, and the Product Type Definitions
API serves it. Attributes that are not in it are stored as they are submitted.
"""

from dataclasses import dataclass, field

from jsonschema import Draft202012Validator, FormatChecker

PRODUCT_TYPES = {
    "CLOCK": "Clock",
    "HOME": "Home",
    "KITCHEN": "Kitchen",
    "LAMP": "Lamp",
    "LUGGAGE": "Luggage",
    "OFFICE_PRODUCTS": "Office Products",
    "PRODUCT": "Product",
    "SHIRT": "Shirt",
    "SHOES": "Shoes",
    "TOOLS": "Tools",
}
CONDITIONS = (
    "new_new",
    "new_open_box",
    "new_oem",
    "refurbished_refurbished",
    "used_like_new",
    "used_very_good",
    "used_good",
    "used_acceptable",
    "collectible_like_new",
    "collectible_very_good",
    "collectible_good",
    "collectible_acceptable",
    "club_club",
)
#: What a submission with these requirements must contain.
REQUIRED = {
    "LISTING": ("item_name", "brand", "condition_type", "purchasable_offer"),
    "LISTING_PRODUCT_ONLY": ("item_name", "brand"),
    "LISTING_OFFER_ONLY": (
        "condition_type",
        "merchant_suggested_asin",
        "purchasable_offer",
    ),
}
#: A parent of variants has no offer.
REQUIRED_OF_PARENT = ("item_name", "brand", "parentage_level", "variation_theme")


@dataclass(frozen=True)
class Attribute:
    """An attribute: a list of entries, told apart by the values of the selectors."""

    title: str
    properties: dict = field(hash=False)
    required: tuple = ()
    selectors: tuple = ()
    group: str = "product_details"

    @property
    def localized(self):
        """Whether its texts name their language."""
        return "language_tag" in self.properties

    def entry_schema(self, required=True):
        """The JSON Schema of one entry; without ``required`` that of a part of one."""
        return {
            "type": "object",
            "required": list(self.required if required else ()),
            "properties": {**self.properties, "marketplace_id": _MARKETPLACE_ID},
            "additionalProperties": False,
        }

    def is_valid(self, entry, required=True):
        """Whether an entry is valid; with ``required`` off, a part of an entry."""
        key = (self.title, required)
        if key not in _VALIDATORS:
            schema = self.entry_schema(required)
            checker = FormatChecker(("date",))
            _VALIDATORS[key] = Draft202012Validator(schema, format_checker=checker)
        return _VALIDATORS[key].is_valid(entry)


_VALIDATORS = {}
_MARKETPLACE_ID = {"type": "string", "minLength": 1}
_LANGUAGE = {"type": "string", "minLength": 2}


def _text(title, most, localized=True):
    properties = {"value": {"type": "string", "minLength": 1, "maxLength": most}}
    if not localized:
        return Attribute(title, properties, ("value",))
    properties["language_tag"] = _LANGUAGE
    return Attribute(title, properties, ("value",), ("language_tag",))


def _choice(title, values):
    return Attribute(title, {"value": {"enum": list(values)}}, ("value",))


def _measure(units):
    return {
        "unit": {"enum": list(units)},
        "value": {"type": "number", "minimum": 0},
    }


def _lengths():
    units = ("centimeters", "inches", "meters", "millimeters")
    one = {
        "type": "object",
        "properties": _measure(units),
        "required": ["unit", "value"],
    }
    return {name: one for name in ("length", "width", "height")}


_PRICES = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["schedule"],
        "properties": {
            "schedule": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["value_with_tax"],
                    "properties": {
                        "value_with_tax": {
                            "type": "number",
                            "exclusiveMinimum": 0,
                            "maximum": 1_000_000_000,
                        },
                        "start_at": {"type": "string"},
                        "end_at": {"type": "string"},
                    },
                    "additionalProperties": False,
                },
            }
        },
        "additionalProperties": False,
    },
}
_MOMENT = {"type": ["object", "null"]}
_OFFER = Attribute(
    "Purchasable Offer",
    {
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "audience": {"enum": ["ALL", "B2B"]},
        "start_at": _MOMENT,
        "end_at": _MOMENT,
        "our_price": _PRICES,
        "discounted_price": _PRICES,
        "minimum_seller_allowed_price": _PRICES,
        "maximum_seller_allowed_price": _PRICES,
        "quantity_discount_plan": {"type": ["array", "null"]},
    },
    ("currency", "our_price"),
    ("audience",),
    "offer",
)
_AVAILABILITY = Attribute(
    "Fulfillment Availability",
    {
        "fulfillment_channel_code": {"type": "string", "minLength": 1},
        "quantity": {"type": "integer", "minimum": 0, "maximum": 99_999_999},
        "lead_time_to_ship_max_days": {"type": "integer", "minimum": 0, "maximum": 30},
        "restock_date": {"type": "string", "format": "date"},
        "is_inventory_available": {"type": "boolean"},
    },
    ("fulfillment_channel_code",),
    ("fulfillment_channel_code",),
    "offer",
)
_RELATION = Attribute(
    "Parentage",
    {
        "child_relationship_type": {"enum": ["variation"]},
        "parent_sku": {"type": "string", "minLength": 1, "maxLength": 40},
    },
    ("parent_sku",),
    ("child_relationship_type",),
    "variations",
)
_IDENTIFIER = Attribute(
    "External Product ID",
    {
        "type": {"enum": ["ean", "gtin", "isbn", "jan", "minsan", "upc"]},
        "value": {"type": "string", "pattern": "^[0-9]{8,14}$"},
    },
    ("type", "value"),
    ("type",),
    "product_identity",
)
#: Attributes by name.
ATTRIBUTES = {
    "item_name": _text("Item Name", 200),
    "brand": _text("Brand", 100),
    "product_description": _text("Product Description", 2000),
    "bullet_point": _text("Bullet Point", 700),
    "color": _text("Color", 50),
    "size": _text("Size", 50),
    "condition_type": _choice("Item Condition", CONDITIONS),
    "parentage_level": _choice("Parentage Level", ("parent", "child")),
    "package_level": _choice("Package Level", ("unit", "case", "pallet")),
    "variation_theme": Attribute(
        "Variation Theme", {"name": {"type": "string", "minLength": 1}}, ("name",)
    ),
    "child_parent_sku_relationship": _RELATION,
    "package_contains_sku": Attribute(
        "Package Contains SKU",
        {
            "sku": {"type": "string", "minLength": 1, "maxLength": 40},
            "quantity": {"type": "integer", "minimum": 1},
        },
        ("sku", "quantity"),
        ("sku",),
        "variations",
    ),
    "externally_assigned_product_identifier": _IDENTIFIER,
    "merchant_suggested_asin": Attribute(
        "Merchant Suggested ASIN",
        {"value": {"type": "string", "pattern": "^[A-Z0-9]{10}$"}},
        ("value",),
        group="product_identity",
    ),
    "main_product_image_locator": Attribute(
        "Main Image URL",
        {"media_location": {"type": "string", "pattern": "^(https?|s3)://."}},
        ("media_location",),
        group="images",
    ),
    "item_weight": Attribute(
        "Item Weight",
        _measure(("grams", "kilograms", "ounces", "pounds")),
        ("unit", "value"),
    ),
    "item_dimensions": Attribute("Item Dimensions", _lengths()),
    "purchasable_offer": _OFFER,
    "fulfillment_availability": _AVAILABILITY,
}
