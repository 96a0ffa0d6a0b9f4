"""Invented names, texts and product types of listings."""

from typing import NamedTuple

from .articles import ADJECTIVES, NOUNS

MATERIALS = ("Oak", "Steel", "Cotton", "Glass", "Bamboo", "Wool", "Clay")
BRANDS = ("Fernhollow", "Tidewell", "Brassmoor", "Lumenna", "Pebblecroft")
COLORS = ("Blue", "Green", "Grey", "Red", "Black", "White")


class Family(NamedTuple):
    """What the variants of an article have in common; they differ in color and size."""

    product_type: str
    noun: str
    theme: str
    sizes: tuple


#: Families by the number of their children.
FAMILIES = {
    6: (
        Family("SHIRT", "Shirt", "SIZE/COLOR", ("S", "M", "L")),
        Family("SHOES", "Walking Shoes", "SIZE/COLOR", ("40", "41", "42")),
    ),
    3: (
        Family("LUGGAGE", "Cabin Suitcase", "COLOR", ()),
        Family("HOME", "Throw Pillow", "COLOR", ()),
    ),
}
#: What articles without a type of their own belong to.
GENERIC = "PRODUCT"
FOREIGN = (
    "手作りの木製ボウル 漆仕上げ",
    "Ручная кофемолка «Снегирь»",
    "مصباح مكتب نحاسي",
    "Κεραμικό βάζο με λαβές",
    "봄바람 린넨 커튼 2장",
    "शीशम की लकड़ी का डिब्बा",
    "עט נובע מעץ זית",
    "冬用ひざ掛け 🧶 ウール100%",
)
HTML = (
    "<b>{title}</b> &amp; refill <i>(2 pack)</i>",
    '<p class="title">{title}</p><br/>',
    '{title} <script>alert("title")</script>',
    "{title} &lt;limited&gt; &quot;edition&quot; &#9733;",
)
#: What a SKU may contain and a URL must not; {} is the number of the listing.
ODD_SKUS = (
    "SIM {} BLUE/L",
    "SIM-{}#2",
    "SIM-{}-100%COTTON",
    "SIM&{}&CO",
    "SIM-{}+REFILL",
    "SIM-{}-CAFÉ",
    "SIM-{}?A=1;B",
    "SIM-{}-50%25",
    'SIM({})\'N"Q"',
    "SIM-{}-ÄÖ:@=$,!*~",
)
_FILLER = " with reinforced seams, care instructions and a spare part in every box"


def title_of(number, salt):
    """The title of listing ``number``: words that can be searched for."""
    place = number * 7919 + salt
    adjective = ADJECTIVES[place % len(ADJECTIVES)]
    material = MATERIALS[place // 8 % len(MATERIALS)]
    return f"{adjective} {material} {noun_of(number, salt)} {number}"


def noun_of(number, salt):
    """What listing ``number`` is."""
    return NOUNS[(number * 7919 + salt) // 56 % len(NOUNS)]


def long_title(title):
    """The title made exactly 200 characters long, Amazon's maximum."""
    return (title + _FILLER * 3)[:200]
