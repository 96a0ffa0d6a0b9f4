"""Restricted data tokens: what they open, and what they do not."""

import pytest

from spapi_simulator.accounts import APPLICATION_ID

TOKENS = "tokens_2021-03-01.json"
PATH = "/tokens/2021-03-01/restrictedDataToken"
ADDRESS = "/orders/v0/orders/{orderId}/address"
DOCUMENT = "/reports/2021-06-30/documents/amzn1.spdoc.1.simulator"


def resource(path=ADDRESS, method="GET", **more):
    """A restricted resource of a request."""
    return {"method": method, "path": path, **more}


@pytest.fixture
def ask(api, model):
    """Calls createRestrictedDataToken; every answer follows Amazon's model."""

    def call(*resources, **more):
        body = {"restrictedResources": list(resources), **more}
        answer = api.client.post(PATH, json=body, headers=api.headers)
        model(TOKENS).validate(answer, PATH, "post")
        return answer

    return call


@pytest.mark.parametrize(
    "resources",
    [
        [resource()],
        [resource("/orders/v0/orders", dataElements=["buyerInfo", "shippingAddress"])],
        [resource("/orders/v0/orders/100-0000000-0000001", dataElements=[])],
        [resource(DOCUMENT)],
        [resource(), resource(DOCUMENT)],
        [resource()] * 50,
        [resource("/mfn/v0/shipments", "POST")],
    ],
)
def test_a_token_for_restricted_resources(ask, resources):
    answer = ask(*resources)
    assert answer.status_code == 200
    assert answer.json()["expiresIn"] == 3600
    assert answer.json()["restrictedDataToken"].startswith("Atz.sprdt|")


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ([], "Empty target resource"),
        ([resource()] * 51, "50"),
        ([resource("/orders/2026-01-01/orders")], "does not have access"),
        ([resource("/sellers/v1/marketplaceParticipations")], "does not have access"),
        ([resource(ADDRESS, "DELETE")], "does not have access"),
        ([resource("/reports/2021-06-30/documents/{id}")], "does not have access"),
        ([resource(ADDRESS, "FETCH")], "method"),
        ([resource("")], "path"),
        ([{"path": ADDRESS}], "method"),
        ([resource("/orders/v0/orders", dataElements=["shoeSize"])], "Invalid Input"),
        ([resource(dataElements=["buyerInfo"])], "Invalid Input"),
        ([resource(dataElements="buyerInfo")], "dataElements"),
        ([resource(colour="red")], "colour"),
        (["/orders/v0/orders"], "restrictedResources"),
    ],
)
def test_impossible_resources_are_refused(ask, resources, words):
    answer = ask(*resources)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["code"] == "InvalidInput"
    assert words in error["message"]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (APPLICATION_ID, 200),
        (None, 200),
        ("amzn1.sellerapps.app.delegate-1", 400),
        ("someone", 400),
    ],
)
def test_only_the_known_application_can_be_the_target(ask, target, status):
    assert ask(resource(), targetApplication=target).status_code == status


def test_the_token_opens_its_resources_only(api, ask, admin, model):
    answer = ask(resource("/orders/v0/orders/{orderId}/regulatedInfo"))
    api.headers = {"x-amz-access-token": answer.json()["restrictedDataToken"]}
    refused = api.search()
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "Unauthorized"
    model("orders_2026-01-01.json").validate(refused, "/orders/2026-01-01/orders")


def test_the_token_opens_the_document_it_names(api, ask, model):
    answer = ask(resource(DOCUMENT))
    api.headers = {"x-amz-access-token": answer.json()["restrictedDataToken"]}
    named, other = api.get(DOCUMENT), api.get(DOCUMENT + "-other")
    # There is no such document: the token opened the door, behind which is nothing.
    assert (named.status_code, other.status_code) == (404, 403)
    path = "/reports/2021-06-30/documents/{reportDocumentId}"
    for refusal in (named, other):
        model("reports_2021-06-30.json").validate(refusal, path)


def test_the_token_lasts_an_hour(api, ask, admin):
    answer = ask(resource(DOCUMENT))
    api.headers = {"x-amz-access-token": answer.json()["restrictedDataToken"]}
    admin.advance_clock(3601)
    expired = api.get(DOCUMENT)
    assert expired.status_code == 403
    assert "expired" in expired.json()["errors"][0]["details"]


def test_a_token_needs_a_seller(api, model):
    api.headers = {}
    answer = api.client.post(PATH, json={"restrictedResources": [resource()]})
    assert answer.status_code == 403
    model(TOKENS).validate(answer, PATH, "post")
