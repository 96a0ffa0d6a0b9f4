"""The table *When a parcel leaves* of docs/behaviour.md says what its tests show."""

import ast
import itertools
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# In the order of the table's rows.
SHOWN = [
    REPOSITORY / "amazon_connector/tests/shipments/test_parcels_table.py",
    REPOSITORY / "amazon_connector_mrp/tests/test_parcels_table.py",
]
# The dicts that say what the words of each column stand for.
COLUMNS = ("STEPS", "STATES", "TOLD", "PERSON")


def documented():
    """The table's rows."""
    lines = (REPOSITORY / "docs" / "behaviour.md").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| what the wa"))
    table = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [tuple(line.strip("| ").split(" | ")) for line in table]


def shown_by_test(path):
    """What a test's module writes out of each column, by the variable's name."""
    module = ast.parse(path.read_text())
    nodes = [node for node in module.body if isinstance(node, ast.Assign)]
    values = {node.targets[0].id: node.value for node in nodes}
    words = {
        name: [ast.literal_eval(key) for key in values[name].keys] for name in COLUMNS
    }
    return words | {"TABLE": ast.literal_eval(values["TABLE"])}


def test_each_row_is_one_of_the_test():
    rows = [row for path in SHOWN for row in shown_by_test(path)["TABLE"]]
    assert documented() == rows
    assert len({row[:2] for row in rows}) == len(rows)


@pytest.mark.parametrize("path", SHOWN)
def test_the_test_knows_no_words_that_no_row_has(path):
    shown = shown_by_test(path)
    columns = zip(*shown["TABLE"], strict=True)
    for name, cells in zip(COLUMNS, columns, strict=True):
        assert set(shown[name]) == set(cells), name
