"""How Amazon fails at a tenth of what it is asked while deliveries are confirmed.

Every tenth confirmation fails, every tenth look-up of a lost answer, and every tenth
login: a login is due when a token is refused, which is one of the ways to fail. All is
over with the request.
"""

from collections import Counter

# Of each operation, the first of so many requests that are expected.
EVERY = 10
# The answer of a confirmation that fails so is lost: it is looked up.
LOST = (
    "json_500",
    "json_500_after",
    "html_503",
    "html_503_after",
    "reset",
    "reset_after",
    "reset_in_body",
)
# A confirmation that fails so needs a login.
EXPIRED = "expired_token"
CONFIRMATION_FAULTS = (*LOST, "throttle", "slow", EXPIRED)
LOOK_UP_FAULTS = ("throttle", "json_500", "html_503", "reset", "reset_in_body", "slow")
LOGIN_FAULTS = ("throttle", "json_500", "lwa_html_503", "reset", "slow")
SLOW_SECONDS = 1
# Nobody waits so long: the request takes effect, or does not. A real one costs half a
# minute, so that there are few.
TIMEOUTS = ("timeout_after", "reset")
TIMEOUT_SECONDS = 35
TIMEOUT_EVERY = 250


class Failures:
    """Has Amazon fail, by what is expected to be asked of it.

    :ivar expected: a Counter of the requests by operation that fail in their turn
    :ivar told: a Counter of the faults in words
    """

    def __init__(self, amazon, random, told):
        self.amazon = amazon
        self.random = random
        self.told = told
        self.expected = Counter()

    def expect(self, order_id, count):
        """Expect so many confirmations of an order; one fails if it is its turn."""
        before = self.expected["confirmShipment"]
        self.expected["confirmShipment"] += count
        if self.expected["confirmShipment"] // EVERY > before // EVERY:
            self._fail(order_id)

    def _fail(self, order_id):
        """Have Amazon fail when it is told of the order next."""
        kind, seconds = self.random.choice(CONFIRMATION_FAULTS), 0
        place = self.expected["confirmShipment"]
        if place % TIMEOUT_EVERY < EVERY and place >= TIMEOUT_EVERY:
            kind, seconds = self.random.choice(TIMEOUTS), TIMEOUT_SECONDS
        self.fail(order_id, kind, seconds)

    def fail(self, order_id, kind, seconds=0):
        """Have Amazon fail so at the next confirmation of an order.

        What that makes Odoo ask for next fails, too, if it is its turn.
        """
        self._add(kind, "confirmShipment", order_id, seconds)
        if kind in LOST or seconds > SLOW_SECONDS:
            self._fail_in_turn("getOrder", LOOK_UP_FAULTS, order_id)
        elif kind == EXPIRED:
            self._fail_in_turn("getAccessToken", LOGIN_FAULTS)

    def _fail_in_turn(self, operation, kinds, order_id=None):
        if not self.expected[operation] % EVERY:
            self._add(self.random.choice(kinds), operation, order_id)
        self.expected[operation] += 1

    def _add(self, kind, operation, order_id=None, seconds=0):
        about = {"order_id": order_id} if order_id else {}
        if kind == "slow":
            seconds = seconds or SLOW_SECONDS
        self.amazon.add_fault(kind, operation=operation, delay_seconds=seconds, **about)
        after = " after long" if seconds > SLOW_SECONDS else ""
        self.told[f"fault of {operation}: {kind}{after}"] += 1
