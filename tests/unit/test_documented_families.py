"""Each line of the table of families in docs/behaviour.md is a test of the addon."""

import ast
import itertools
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TESTS = REPOSITORY / "amazon_connector/tests/products/test_variant_families.py"


def documented():
    """What stands in the first column of the table."""
    lines = (REPOSITORY / "docs" / "behaviour.md").read_text().splitlines()
    start = lines.index("| on Amazon | in Odoo afterwards |")
    table = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [line.strip("| ").split(" | ")[0] for line in table]


def shown_by_tests():
    """What the tests of the table call themselves."""
    module = ast.parse(TESTS.read_text())
    (table,) = (
        node
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name == "TestFamilyTable"
    )
    return [
        ast.get_docstring(node)
        for node in table.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_each_line_is_a_test():
    assert sorted(documented()) == sorted(shown_by_tests())
