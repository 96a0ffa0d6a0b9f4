"""The table in docs/changes.md has a row for each change that the tests make."""

import ast
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TESTS = REPOSITORY / "amazon_connector" / "tests"


def keys_of(path, name):
    """The keys of a dict that is written out in a module."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return [ast.literal_eval(key) for key in node.value.keys]
    raise AssertionError(f"{path.name} has no {name}")


def documented():
    """The table's cells, by change."""
    lines = (REPOSITORY / "docs" / "changes.md").read_text().splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {change.strip(): cells for change, *cells in rows[2:]}


def test_each_change_has_a_row_and_each_stage_a_cell():
    table = documented()
    assert list(table) == keys_of(TESTS / "changes_common.py", "CHANGES")
    assert {len(cells) for cells in table.values()} == {8}


def test_each_stage_is_a_test():
    path = TESTS / "orders" / "test_changes.py"
    text = path.read_text()
    stages = keys_of(path, "TABLE")
    assert len(stages) == 15
    assert [stage for stage in stages if f"def test_{stage}(self)" not in text] == []
