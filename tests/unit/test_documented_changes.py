"""The table at the end of docs/behaviour.md says what the tests of changes show."""

import ast
import itertools
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TESTS = REPOSITORY / "amazon_connector" / "tests"
# The columns behind the first one.
STAGES = (
    ("new",),
    ("quotation",),
    ("confirmed", "waiting", "reserved"),
    (
        "picked",
        "packed",
        "picked_in_two_steps",
        "picked_in_three_steps",
        "packed_in_three_steps",
    ),
    ("partly",),
    ("shipped",),
    ("invoiced",),
    ("cancelled", "deleted"),
)
# What a cell says, and what the tests call it.
OUTCOMES = {
    "asks for a credit note or invoice": "asks for a credit note",
    "asks for return and credit note": "asks for the return and a credit note",
    "asks for the return": "asks for the return",
    "asks for the return of the item": "asks for the return of a part",
    "asks for the return of what is too much": "asks for the return of a part",
    "asks to answer the buyer": "asks to answer the buyer",
    "asks to redirect": "asks to redirect",
    "cancelled": "cancelled",
    "cancelled, stock is free": "cancelled",
    "changed": "applied",
    "comes in so": "comes in as it is now",
    "comes in, stopped until the address is shown": (
        "comes in and waits for the address"
    ),
    "comes in, stopped ²": "comes in as it is now",
    "delivery closed, with a note": "nothing left to deliver",
    "does not come in": "does not come in",
    "nothing": "nothing",
    "nothing left to deliver": "nothing left to deliver",
    "rest: cancelled; asks for the return": "rest cancelled, asks for the return",
    "rest: changed": "applied",
    "rest: changed; asks to redirect": "applied to the rest, asks to redirect",
    "rest: closed, with a note": "nothing left to deliver",
    "rest: stopped ²": "stopped until Ship Anyway",
    "stopped ¹": "stopped until confirmed",
    "stopped ²": "stopped until Ship Anyway",
    "stopped ² once confirmed": "stopped when confirmed",
    "stopped ³": "stopped until put back",
    "the rest comes in": "comes in as it is now",
    "the rest is delivered": "the rest is delivered",
    "the rest is delivered, with a note": "the rest is delivered",
    "the same": "asks for the return of a part",
    "the same, and a credit note": "asks for return and credit note",
}


def read_dicts(path, **known):
    """Return the dicts that a module writes out, by their names."""
    module = ast.parse(path.read_text())
    nodes = [node for node in module.body if isinstance(node, ast.Assign)]
    names = {"ago": str, "ahead": lambda **_when: "", **known}
    code = compile(ast.Module(nodes, type_ignores=[]), path.name, "exec")
    exec(code, names)  # noqa: S102, it is the repository's own file
    return names


def documented():
    """The table's cells, by change."""
    lines = (REPOSITORY / "docs" / "behaviour.md").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| Amazon's ch"))
    table = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    rows = [line.strip("| ").split(" | ") for line in table]
    return {change.strip(): cells for change, *cells in rows}


def shown_by_tests():
    """What happens, by stage and change."""
    changes = read_dicts(TESTS / "changes_common.py")["CHANGES"]
    path = TESTS / "orders" / "test_changes.py"
    return read_dicts(path, CHANGES=changes)["TABLE"]


def test_each_cell_says_what_its_test_shows():
    wrong = []
    table = shown_by_tests()
    for change, cells in documented().items():
        for cell, stages in zip(cells, STAGES, strict=True):
            for stage in stages:
                if OUTCOMES[cell.strip()] != table[stage][change]:
                    wrong.append((change, stage, cell, table[stage][change]))
    assert wrong == []


def test_each_change_has_a_row_and_each_stage_a_test():
    table = shown_by_tests()
    assert {stage for stages in STAGES for stage in stages} == set(table)
    assert all(list(documented()) == list(row) for row in table.values())
    text = (TESTS / "orders" / "test_changes.py").read_text()
    assert [stage for stage in table if f"def test_{stage}(self)" not in text] == []
