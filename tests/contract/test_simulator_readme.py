"""The simulator's README tells the truth about operations, quotas and faults."""

import re
from pathlib import Path

import spapi_simulator
from spapi_simulator.apis import OPERATIONS
from spapi_simulator.faults.repertoire import KINDS

TEXT = (Path(spapi_simulator.__file__).parent / "README.md").read_text("utf-8")
NUMBER = r"[\d.]+"


def rows(heading):
    """The rows of the table below a heading, as lists of cells."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines]


def test_every_operation_with_its_quota():
    told = {row[0]: row[1] for row in rows("Operations")}
    operations = {operation.name: operation for operation in OPERATIONS}
    assert set(told) - {"getAccessToken (LWA)", "website authorisation"} == set(
        operations
    )
    for name, operation in operations.items():
        plans = re.findall(rf"({NUMBER}), ({NUMBER})", told[name])
        expected = [
            (round(rate, 4), burst) for rate, burst in operation.plans().values()
        ]
        assert [(float(rate), int(burst)) for rate, burst in plans] == expected, name


def test_every_fault():
    told = {kind for row in rows("Faults") for kind in re.findall(r"`(\w+)`", row[0])}
    assert told == set(KINDS)
