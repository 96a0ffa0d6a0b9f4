"""The table *When a parcel leaves* of docs/behaviour.md says what its test shows."""

import ast
import itertools
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SHOWN = REPOSITORY / "amazon_connector/tests/shipments/test_parcels_table.py"
# The dicts that say what the words of each column stand for.
COLUMNS = ("STEPS", "STATES", "TOLD", "PERSON")


def documented():
    """The table's rows."""
    lines = (REPOSITORY / "docs" / "behaviour.md").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| what the wa"))
    table = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [tuple(line.strip("| ").split(" | ")) for line in table]


def shown_by_test():
    """What the test's module writes out of each column, by the variable's name."""
    module = ast.parse(SHOWN.read_text())
    nodes = [node for node in module.body if isinstance(node, ast.Assign)]
    values = {node.targets[0].id: node.value for node in nodes}
    words = {
        name: [ast.literal_eval(key) for key in values[name].keys] for name in COLUMNS
    }
    return words | {"TABLE": ast.literal_eval(values["TABLE"])}


def test_each_row_is_one_of_the_test():
    rows = shown_by_test()["TABLE"]
    assert documented() == rows
    assert len({row[:2] for row in rows}) == len(rows)


def test_the_test_knows_no_words_that_no_row_has():
    shown = shown_by_test()
    columns = zip(*shown["TABLE"], strict=True)
    for name, cells in zip(COLUMNS, columns, strict=True):
        assert set(shown[name]) == set(cells), name
