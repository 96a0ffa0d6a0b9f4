"""Attributes of variants are called as in Amazon's shop."""

import importlib.util
from pathlib import Path

import pytest

PATH = (
    Path(__file__).resolve().parents[2]
    / "amazon_connector/models/products/variation_words.py"
)
spec = importlib.util.spec_from_file_location("variation_words", PATH)
words = importlib.util.module_from_spec(spec)
spec.loader.exec_module(words)


@pytest.mark.parametrize(
    ("identifiers", "language", "names"),
    [
        (["color", "size"], "en_US", ["Color", "Size"]),
        (["color_name", "size_name"], "en_US", ["Color", "Size"]),
        (["apparel_size.size", "color"], "de_DE", ["Größe", "Farbe"]),
        (["item_package_quantity"], "de_DE", ["Item package quantity"]),
        (["size", "ring_size"], "en_GB", ["Size", "Ring size"]),
        (["color"], "", ["Color"]),
        (["."], "", ["."]),
    ],
)
def test_names(identifiers, language, names):
    assert words.get_attribute_names(identifiers, language) == names
