"""A client of the listings of one account, for the tests of the simulator."""

from urllib.parse import quote

ITEMS = "/listings/2021-08-01/items/{sellerId}"
ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"
MODEL = "listingsItems_2021-08-01.json"
EVERYTHING = (
    "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,"
    "relationships,productTypes"
)
#: From the acceptance of a change until it can be read.
DELAY = 3


class Listings:
    """Calls the Listings Items API as the account of an ``Api``; validates answers."""

    def __init__(self, api, model):
        self.api = api
        self.validate = model(MODEL).validate
        self.seller_id = api.account.seller_id
        self.marketplace = api.account.marketplaces[0].id

    def path(self, sku):
        """The path of a SKU, encoded as Amazon asks."""
        return f"/listings/2021-08-01/items/{self.seller_id}/{quote(sku, safe='')}"

    def get(self, sku, **params):
        """getListingsItem."""
        params.setdefault("marketplaceIds", self.marketplace)
        answer = self.api.get(self.path(sku), **params)
        self.validate(answer, ITEM)
        return answer

    def item(self, sku, **params):
        """All of a listing that there must be."""
        params.setdefault("includedData", EVERYTHING)
        answer = self.get(sku, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def search(self, **params):
        """searchListingsItems."""
        params.setdefault("marketplaceIds", self.marketplace)
        path = f"/listings/2021-08-01/items/{self.seller_id}"
        answer = self.api.get(path, **params)
        self.validate(answer, ITEMS)
        return answer

    def found(self, **params):
        """(number of results, all items) of a search, page by page."""
        items, token = [], {}
        while True:
            answer = self.search(pageSize="20", **params, **token)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            token = {"pageToken": page.get("pagination", {}).get("nextToken")}
            if not token["pageToken"]:
                return page["numberOfResults"], items

    def send(self, method, sku, body=None, **params):
        """A change, answered as Amazon's model says."""
        params.setdefault("marketplaceIds", self.marketplace)
        answer = self.api.client.request(
            method, self.path(sku), params=params, headers=self.api.headers, json=body
        )
        self.validate(answer, ITEM, method.lower())
        return answer

    def patch(self, sku, *patches, product_type="PRODUCT", **params):
        """patchListingsItem."""
        body = {"productType": product_type, "patches": list(patches)}
        return self.send("PATCH", sku, body, **params)

    def put(self, sku, attributes, product_type="PRODUCT", requirements=None, **params):
        """putListingsItem."""
        body = {"productType": product_type, "attributes": attributes}
        if requirements:
            body["requirements"] = requirements
        return self.send("PUT", sku, body, **params)

    def delete(self, sku, **params):
        """deleteListingsItem."""
        return self.send("DELETE", sku, **params)


def quantity(value, op="merge", **entry):
    """A patch that sets the merchant's quantity."""
    row = {"fulfillment_channel_code": "DEFAULT", "quantity": value, **entry}
    return patch("fulfillment_availability", [row], op)


def patch(name, value=None, op="replace"):
    """A patch of one attribute."""
    found = {"op": op, "path": f"/attributes/{name}"}
    return found if value is None else {**found, "value": value}


def offer(price, currency="USD", **entry):
    """An entry of purchasable_offer."""
    return {"currency": currency, "our_price": prices(price), **entry}


def prices(price):
    """A price as purchasable_offer has it."""
    return [{"schedule": [{"value_with_tax": price}]}]


def new_listing(**changes):
    """The attributes of a complete listing; None leaves one out."""
    attributes = {
        "item_name": [{"value": "Birch Stool"}],
        "brand": [{"value": "Fernhollow"}],
        "condition_type": [{"value": "new_new"}],
        "purchasable_offer": [offer(49.5)],
        "fulfillment_availability": [
            {"fulfillment_channel_code": "DEFAULT", "quantity": 4}
        ],
        **changes,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def accepted(answer):
    """The answer to a change that Amazon takes in."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "ACCEPTED", answer.text
    return answer.json()


def codes(answer):
    """The codes of the issues for which Amazon refuses a change."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "INVALID", answer.text
    return [issue["code"] for issue in answer.json()["issues"]]
