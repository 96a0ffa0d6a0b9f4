"""The usage plans are those that the descriptions of Amazon's models give."""

import re

from spapi_simulator.apis import OPERATIONS
from spapi_simulator.usage_plans import published_plans

#: A row of the table under "Rate (requests per second) | Burst".
ROW = re.compile(r"^\|(?: *Default *\|)? *([\d.]+) *\| *(\d+) *\|", re.MULTILINE)


def described_plan(description):
    """(rate, burst) of the first row of an operation's table, or None."""
    _before, heading, table = description.partition("Rate (requests per second)")
    row = ROW.search(table) if heading else None
    return row and (float(row[1]), int(row[2]))


def test_every_operation_has_the_plan_of_its_model(models):
    for operation in OPERATIONS:
        model = models.describing(operation.method, operation.path)
        item = model.swagger["paths"][operation.path][operation.method.lower()]
        assert item["operationId"] == operation.name
        plan = described_plan(item["description"])
        assert plan, f"{operation.name} has no table"
        assert operation.plans()[operation.name] == plan, operation.name


def test_operations_that_are_not_simulated_have_theirs_as_well(models):
    plans, compared = published_plans(), 0
    for model in models:
        for method, path, item in model.operations():
            plan = described_plan(item.get("description", ""))
            found = plans.get(f"{method.upper()} {path}")
            if plan and found:
                compared += 1
                assert tuple(found) == (item["operationId"], *plan)
    assert compared > len(OPERATIONS)
