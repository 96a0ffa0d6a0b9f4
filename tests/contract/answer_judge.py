"""Judges the simulator's answers in whichever test they come, and remembers them."""

import re
from urllib.parse import urljoin

import httpx
from jsonschema import ValidationError

from spapi_simulator.admin import SimulatorAdmin

#: The gateway's own refusals and faults say nothing about an operation's bad case.
BAD_CASES = frozenset({400, 404, 409})
_ORDERS = "/orders/2026-01-01/"
_REGION = re.compile("/(na|eu|fe)(?=/)")


class AnswerJudge:
    """A response hook of httpx: every answer must follow Amazon's model.

    ``judged`` are the (METHOD, path of the model, status) of all valid answers. With
    ``invented`` a test has put documents of its own into orders, which are shown.
    """

    def __init__(self, models):
        self._operations = [
            (method.upper(), _pattern(path), path, model)
            for model in models
            for method, path, _description in model.operations()
        ]
        self.judged = set()
        self.invented = False

    def __call__(self, response):
        method, path, model = self._find(response.request)
        if model is None:
            return
        response.read()
        try:
            assert response.status_code < 500, "the simulator failed"
            model.validate(response, path, method.lower())
        except (AssertionError, ValidationError, ValueError) as error:
            if not self._shows_invention(path, response) and not hit_by_fault(response):
                what = f"{method} {path} answered {response.status_code}"
                raise AssertionError(f"{what}: {error}") from error
            return
        self.judged.add((method, path, response.status_code))

    def missing(self, operations):
        """What no valid answer was seen of, in words."""
        found = []
        for operation in operations:
            seen = {
                status
                for method, path, status in self.judged
                if (method, path) == (operation.method, operation.path)
            }
            if not any(200 <= status < 300 for status in seen):
                found.append(f"{operation.name}: no success")
            if not seen & BAD_CASES:
                found.append(f"{operation.name}: no refusal")
        return found

    def _shows_invention(self, path, response):
        return self.invented and path.startswith(_ORDERS) and response.is_success

    def _find(self, request):
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        path = _REGION.sub("", path, count=1) if _REGION.match(path) else path
        for method, pattern, template, model in self._operations:
            if method == request.method and pattern.fullmatch(path):
                return method, template, model
        return None, None, None


class ObservedAdmin(SimulatorAdmin):
    """The admin client; tells the judge of documents that a test invents."""

    def __init__(self, url, judge):
        super().__init__(url)
        self._judge = judge

    def reset(self):
        """Return to the state at the start."""
        super().reset()
        self._judge.invented = False

    def create_orders(self, seller_id, **wishes):
        """Generate orders."""
        self._judge.invented |= "document" in wishes
        return super().create_orders(seller_id, **wishes)

    def change_order(self, order_id, partial=None, status=None, age_seconds=0):
        """Merge a partial document, or bring the order into a status."""
        self._judge.invented |= bool(partial)
        return super().change_order(order_id, partial, status, age_seconds)


def hit_by_fault(response):
    """Whether the simulator's journal tells of a fault that shaped an answer."""
    journal = urljoin(str(response.request.url), "/_simulator/journal?limit=50")
    answer = httpx.get(journal, trust_env=False, verify=False, timeout=10)
    entries = answer.json()["entries"]
    request_id = response.headers.get("x-amzn-RequestId")
    return any(e["fault"] for e in entries if e["request_id"] == request_id)


def _pattern(path):
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
