"""Answers that no working server gives: cut connections, documents gone strange."""

import json
import uuid

from starlette.responses import Response

from ..errors import json_response

_HTML = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center>"
    "</body></html>"
)


class DroppedConnection(Response):
    """No answer at all: the connection is closed."""

    async def __call__(self, scope, receive, send):
        """Cut the connection below HTTP and wait until the server noticed."""
        await _cut(scope, receive)


class CutConnection(Response):
    """The head of an answer and half of its body, then the connection is closed."""

    async def __call__(self, scope, receive, send):
        """Begin as if all were well."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _cut(scope, receive)


async def _cut(scope, receive):
    scope["spapi_simulator.transport"].abort()
    while (await receive())["type"] != "http.disconnect":
        continue


def html(status, title):
    """Answers with a page, as Amazon does in front of its gateway."""
    body = _HTML.format(title)
    return lambda _response, _case: Response(body, status, media_type="text/html")


def nothing(status):
    """Answers without a body."""
    return lambda _response, _case: Response(b"", status)


def unchanged(response, _case):
    """The right answer."""
    return response


def dropped(_response, _case):
    """No answer."""
    return DroppedConnection()


def cut(response, _case):
    """Half of the right answer; no answer when it has no body."""
    if not response.body:
        return DroppedConnection()
    return CutConnection(response.body, response.status_code, dict(response.headers))


def changed(change):
    """Answers with the right document after ``change(document)``, if it succeeded.

    The answer is the right one itself where there is nothing to change.
    """

    def answer(response, _case):
        if response.status_code != 200:
            return response
        document = json.loads(response.body)
        change(document)
        if document == json.loads(response.body):
            return response
        return json_response(document)

    return answer


def _orders(document):
    return document["orders"] if "orders" in document else [document["order"]]


def unknown_values(document):
    """Words in orders that Amazon's model does not have (yet)."""
    for order in _orders(document):
        order["programs"] = [*order.get("programs", ()), "SIMULATED_PROGRAM"]
        order["salesChannel"]["channelName"] = "SIMULATED_CHANNEL"
        if "fulfillment" in order:
            order["fulfillment"]["fulfillmentStatus"] = "INVOICE_UNCONFIRMED"
            order["fulfillment"]["fulfillmentServiceLevel"] = "SIMULATED_LEVEL"


def without_recipient(document):
    """Orders as an application without the restricted roles may see them."""
    for order in _orders(document):
        order.pop("recipient", None)
        order.pop("buyer", None)


def last_token(token):
    """Writes a token where a last page has none."""

    def change(document):
        if "payload" in document:
            place = document["payload"]
        elif "reports" in document or "feeds" in document:
            place = document
        else:
            # Orders, listings and catalogue items have it in an object of its own.
            place = document.setdefault("pagination", {})
        place.setdefault("nextToken", token)

    return change


def invalid_submission(_response, case):
    """A change to a listing is not taken: 200, INVALID, and why."""
    fault = case.fault
    issue = {
        "code": fault.code or "90220",
        "message": fault.message or "The simulator was asked to refuse this.",
        "severity": "ERROR",
        "categories": ["INVALID_ATTRIBUTE"],
    }
    return json_response(
        {
            "sku": case.target.sku,
            "status": "INVALID",
            "submissionId": uuid.uuid4().hex,
            "issues": [issue],
        }
    )
