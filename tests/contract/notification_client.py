"""Calls of the Notifications API, for the application and for sellers."""

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET

MODEL = "notifications.json"
DESTINATIONS = "/notifications/v1/destinations"
DESTINATION = DESTINATIONS + "/{destinationId}"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
OF_TYPE = SUBSCRIPTIONS + "/{notificationType}"
ONE = OF_TYPE + "/{subscriptionId}"
TEST = OF_TYPE + "/testNotification"
ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
SCOPE = "sellingpartnerapi::notifications"


class Caller:
    """Calls the Notifications API; every answer must follow Amazon's model."""

    def __init__(self, client, model, headers):
        self.client, self.model, self.headers = client, model, headers

    def __call__(self, method, template, body=None, params=None, **values):
        answer = self.client.request(
            method,
            template.format(**values),
            json=body,
            params=params,
            headers=self.headers,
        )
        self.model.validate(answer, template, method.lower())
        return answer

    def subscribe(self, destination, kind="ORDER_CHANGE", **changes):
        """createSubscription."""
        body = {"destinationId": destination, "payloadVersion": "1.0", **changes}
        return self("POST", OF_TYPE, body, notificationType=kind)


def queue(arn=ARN, name="orders"):
    """A body of createDestination."""
    return {"name": name, "resourceSpecification": {"sqs": {"arn": arn}}}


def application_token(http, scope=SCOPE):
    """The headers of the application itself."""
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": scope,
    }
    token = http.post("/auth/o2/token", data=form).json()["access_token"]
    return {"x-amz-access-token": token}


def errors(answer):
    """(status, code, details) of a refusal."""
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["details"]
