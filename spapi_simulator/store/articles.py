"""Invented articles that the simulated sellers have on offer."""

import random

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


def products(seed, count=60):
    """The articles that orders are made of, with prices in US dollars."""
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
        "barcode": _ean13(f"200{number:09d}"),
    }


def _ean13(digits):
    """Add the check digit; the prefix 200 is free for internal use."""
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)
