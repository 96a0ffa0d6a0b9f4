"""Invented articles that the simulated sellers have on offer."""

import random

from .barcodes import ean13

ADJECTIVES = ("Walnut", "Slate", "Copper", "Linen", "Cork", "Ivory", "Cobalt", "Moss")
NOUNS = (
    "Desk Lamp",
    "Notebook Set",
    "Water Bottle",
    "Kitchen Scale",
    "Wall Clock",
    "Tool Roll",
    "Cutting Board",
    "Garden Trowel",
)
#: How many articles every account has on offer, whatever else it sells.
COMMON = 60
#: The product type of an article, by its noun.
PRODUCT_TYPES = {
    "Desk Lamp": "LAMP",
    "Notebook Set": "OFFICE_PRODUCTS",
    "Water Bottle": "KITCHEN",
    "Kitchen Scale": "KITCHEN",
    "Wall Clock": "CLOCK",
    "Tool Roll": "TOOLS",
    "Cutting Board": "KITCHEN",
    "Garden Trowel": "HOME",
}


def products(seed, count=COMMON):
    """The articles that orders are made of, with prices in US dollars.

    They are the first listings of every account's catalogue, too.
    """
    rng = random.Random(f"{seed}:products")
    titles = [f"{a} {n}" for a in ADJECTIVES for n in NOUNS]
    rng.shuffle(titles)
    return [_product(rng, number, titles[number - 1]) for number in range(1, count + 1)]


def _product(rng, number, title):
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return {
        "sku": f"SIM-{number:04d}",
        "asin": "B0" + "".join(rng.choice(alphabet) for _ in range(8)),
        "title": title,
        "price": f"{rng.randint(5, 120)}.{rng.choice(('00', '49', '90', '99'))}",
        "currency": "USD",
        "barcode": ean13(f"200{number:09d}"),
    }
