"""What is true of every order of the simulator, whatever happened to it."""

import re
from decimal import Decimal

#: How an amount of a currency is written; currencies not named here have cents.
FORMS = {"JPY": r"-?\d+"}
CENTS = r"-?\d+\.\d\d"
SHIPPED = ("SHIPPED", "PARTIALLY_SHIPPED")


def check_order(order):
    """Assert that money, quantities, packages, times and status agree."""
    _check_money(order)
    _check_quantities(order)
    _check_packages(order)
    _check_times(order)


def amount(money):
    """The number of a Money, which must have the decimals of its currency."""
    form = FORMS.get(money["currencyCode"], CENTS)
    assert re.fullmatch(form, money["amount"]), money
    return Decimal(money["amount"])


def currencies(document):
    """All currencies that a document names."""
    if isinstance(document, dict):
        own = {v for k, v in document.items() if k == "currencyCode"}
        return own.union(*map(currencies, document.values()))
    if isinstance(document, list):
        return set().union(*map(currencies, document))
    return set()


def _check_money(order):
    assert len(currencies(order)) == 1
    total = sum(_check_item_money(item) for item in order["orderItems"])
    rows = order["proceeds"]["breakdowns"]
    own = [amount(r["subtotal"]) for r in rows if r["type"] == "DELIVERY_TIP"]
    grand_total = amount(order["proceeds"]["grandTotal"])
    assert grand_total == total + sum(own)
    assert grand_total == sum(amount(row["subtotal"]) for row in rows)
    for row in rows:
        parts = [
            amount(part["subtotal"])
            for item in order["orderItems"]
            for part in item["proceeds"]["breakdowns"]
            if part["type"] == row["type"]
        ]
        assert row["type"] == "DELIVERY_TIP" or amount(row["subtotal"]) == sum(parts)
    if "payment" in order:
        executions = order["payment"]["paymentExecutions"]
        paid = [amount(execution["paymentAmount"]) for execution in executions]
        assert sum(paid) == grand_total
        assert min(paid) >= 0
    else:
        assert grand_total == 0


def _check_item_money(item):
    rows = {row["type"]: row for row in item["proceeds"]["breakdowns"]}
    assert len(rows) == len(item["proceeds"]["breakdowns"])
    unit = amount(item["product"]["price"]["unitPrice"])
    assert amount(rows["ITEM"]["subtotal"]) == unit * item["quantityOrdered"]
    for kind, row in rows.items():
        subtotal = amount(row["subtotal"])
        assert (subtotal <= 0) if kind == "DISCOUNT" else (subtotal >= 0)
        assert ("detailedBreakdowns" in row) == (kind in ("TAX", "DISCOUNT"))
        if "detailedBreakdowns" in row:
            details = [amount(d["value"]) for d in row["detailedBreakdowns"]]
            assert subtotal == sum(details)
    total = amount(item["proceeds"]["proceedsTotal"])
    assert total == sum(amount(row["subtotal"]) for row in rows.values())
    return total


def _check_quantities(order):
    status = order["fulfillment"]["fulfillmentStatus"]
    fulfilled = unfulfilled = 0
    for item in order["orderItems"]:
        done = item["fulfillment"]["quantityFulfilled"]
        open_ = item["fulfillment"]["quantityUnfulfilled"]
        assert min(done, open_, item["quantityOrdered"]) >= 0
        if status == "CANCELLED":
            assert "cancellationExecution" in item["cancellation"]
            assert (done, open_) == (0, 0)
        else:
            assert done + open_ == item["quantityOrdered"]
        if item["quantityOrdered"] == 0:
            assert "cancellationExecution" in item["cancellation"]
        fulfilled, unfulfilled = fulfilled + done, unfulfilled + open_
    assert (fulfilled > 0) == (status in SHIPPED)
    assert (unfulfilled == 0) == (status in ("SHIPPED", "CANCELLED"))


def _check_packages(order):
    block = order["fulfillment"]
    told = block["fulfilledBy"] == "MERCHANT" and block["fulfillmentStatus"] in SHIPPED
    assert bool(order.get("packages")) == told
    packed = {item["orderItemId"]: 0 for item in order["orderItems"]}
    packages = order.get("packages", [])
    for package in packages:
        for row in package["packageItems"]:
            assert row["quantity"] >= 1
            packed[row["orderItemId"]] += row["quantity"]
            if "transparencyCodes" in row:
                assert len(set(row["transparencyCodes"])) == row["quantity"]
    references = [package["packageReferenceId"] for package in packages]
    assert len(set(references)) == len(references)
    if told:
        for item in order["orderItems"]:
            done = item["fulfillment"]["quantityFulfilled"]
            assert packed[item["orderItemId"]] == done


def _check_times(order):
    assert order["createdTime"] <= order["lastUpdatedTime"]
    block = order["fulfillment"]
    ship, deliver = block["shipByWindow"], block["deliverByWindow"]
    moments = (
        order["createdTime"],
        ship["earliestDateTime"],
        ship["latestDateTime"],
        deliver["latestDateTime"],
    )
    assert list(moments) == sorted(moments)
    for package in order.get("packages", ()):
        assert order["createdTime"] <= package["shipTime"]
