"""A window of orders on Amazon, read page by page: where it stands, as plain data.

Amazon's pages can go wrong in many ways: the same page or token comes again and again,
pages are empty and promise another one, a token is too old or refused, a right question
is refused for hours. None of that may lose an order or turn round for ever, so the
window counts what brought it nothing, and can be started again or divided.
"""

import hashlib
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone

from ...spapi.times import parse_time

# Amazon's pagination tokens live for 24 hours.
TOKEN_LIFE = timedelta(hours=23)
# Amazon does not show changes younger than two minutes.
AMAZON_LAG = timedelta(minutes=2)
# So many pages that came before, one after the other, lead nowhere; …
IDLE_PAGES = 3
# … so do so many empty ones, each of which promises another.
EMPTY_PAGES = 15
# So often a window is started again without getting any further.
FRUITLESS_RESTARTS = 2
# What is read again before the last order that was seen.
RESTART_MARGIN = timedelta(minutes=1)
# A shorter window is not divided.
SHORTEST_DIVIDED = timedelta(minutes=10)
# Pages that are remembered, to know one again.
PAGES_REMEMBERED = 500

# What a window goes by: Amazon's words for its parameters, and the order's field.
BY_CHANGE = "last_updated"
BY_CREATION = "created"
_TIME_FIELDS = {BY_CHANGE: "lastUpdatedTime", BY_CREATION: "createdTime"}
_MOMENTS = ("since", "before", "until", "token_time", "latest", "next_try")


@dataclass
class OrderWindow:
    """A window of ``searchOrders``; all times are aware.

    :ivar since: from when on
    :ivar by: :data:`BY_CHANGE` or :data:`BY_CREATION`
    :ivar before: up to when Amazon is asked, None for as far as it shows orders
    :ivar until: up to when Amazon's pages go; known from the first page on
    :ivar token: for the next page, and when it was given
    :ivar pages: short hashes of the pages that were read
    :ivar idle: pages in a row that came before
    :ivar empty: empty pages in a row
    :ivar latest: time of the last order, as long as they come in the order of time
    :ivar is_ordered: whether they do
    :ivar restarts: how often it was started again without getting any further
    :ivar refusals: how often Amazon refused its first page
    :ivar next_try: when it is asked for again
    """

    since: datetime
    by: str = BY_CHANGE
    before: datetime | None = None
    until: datetime | None = None
    token: str | None = None
    token_time: datetime | None = None
    pages: list = field(default_factory=list)
    idle: int = 0
    empty: int = 0
    latest: datetime | None = None
    is_ordered: bool = True
    restarts: int = 0
    refusals: int = 0
    next_try: datetime | None = None

    @classmethod
    def from_json(cls, values):
        moments = {
            name: datetime.fromisoformat(values[name])
            for name in _MOMENTS
            if values.get(name)
        }
        return cls(**values | moments)

    def to_json(self):
        """Return what :meth:`from_json` takes; what is as at first is left away."""
        values = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) not in (None, [], 0)
        }
        moments = {
            name: values[name].isoformat() for name in _MOMENTS if name in values
        }
        return values | moments | {"is_ordered": self.is_ordered}

    def get_search(self):
        """Return the arguments of ``client.search_orders`` that are the window's."""
        return {
            f"{self.by}_after": self.since,
            f"{self.by}_before": self.before,
            "pagination_token": self.token,
        }

    # === QUESTIONS === #

    @property
    def is_open_ended(self):
        """Whether it also covers what Amazon will show later, so none need follow."""
        return not self.before

    @property
    def is_stuck(self):
        return self.idle >= IDLE_PAGES or self.empty >= EMPTY_PAGES

    @property
    def is_moving(self):
        """Whether its last page brought something new."""
        return not (self.idle or self.empty)

    @property
    def is_given_up(self):
        """Whether starting it again led nowhere."""
        return self.restarts >= FRUITLESS_RESTARTS

    def is_due(self, now):
        return not self.next_try or self.next_try <= now

    def is_token_old(self, now):
        return bool(self.token) and now - self.token_time >= TOKEN_LIFE

    def get_share(self):
        """Return how much of the window is read, between 0 and 1."""
        span = max(self.until - self.since, timedelta(seconds=1))
        share = ((self.latest or self.since) - self.since) / span
        return min(max(share, 0), 1)

    # === STEPS === #

    def add_page(self, page, now):
        """Take note of a page that was stored.

        :param page: ``spapi.orders.OrdersPage``
        :return: whether it was the last one
        :rtype: bool
        """
        if not self.until:
            self.until = page.watermark or now - AMAZON_LAG
            if self.before:
                self.until = min(self.until, self.before)
            self.until = max(self.until, self.since)
        self.refusals, self.next_try = 0, None
        if not page.next_token:
            return True
        digest = _get_digest(page)
        self.idle = self.idle + 1 if digest in self.pages else 0
        self.empty = 0 if page.documents or page.set_aside else self.empty + 1
        if self.is_moving and page.documents:
            self._follow_times(page.documents)
        if not self.idle:
            self.pages = [*self.pages, digest][-PAGES_REMEMBERED:]
        self.token, self.token_time = page.next_token, now
        return False

    def restart(self):
        """Start again without token, behind what was seen in the order of time."""
        since = self.since
        if self.latest:
            since = max(since, self.latest - RESTART_MARGIN)
        self.restarts = 0 if since > self.since else self.restarts + 1
        self.since = since
        self._forget_pages()

    def divide(self, now):
        """Return two halves as a list, or the window alone where it is too short."""
        end = self.before or self.until or now - AMAZON_LAG
        if end - self.since < SHORTEST_DIVIDED:
            return [self]
        middle = self.since + (end - self.since) / 2
        middle = middle.replace(microsecond=0)
        return [
            # To the second after: nothing of the moment itself may be left out.
            OrderWindow(
                self.since,
                self.by,
                middle + timedelta(seconds=1),
                restarts=self.restarts,
            ),
            OrderWindow(middle, self.by, self.before, restarts=self.restarts),
        ]

    def _forget_pages(self):
        self.token = self.token_time = self.until = self.latest = None
        self.pages, self.is_ordered = [], True
        self.idle = self.empty = 0

    def _follow_times(self, documents):
        """Remember the time of the last order while they come in the order of time."""
        times = [self._read_time(document) for document in documents]
        if self.latest:
            times.insert(0, self.latest)
        self.is_ordered = self.is_ordered and None not in times
        self.is_ordered = self.is_ordered and times == sorted(times)
        # Amazon's clock may be ahead.
        self.latest = min(times[-1], self.until) if self.is_ordered else None

    def _read_time(self, document):
        try:
            return parse_time(document.get(_TIME_FIELDS[self.by]))
        except ValueError:
            return None


def _get_digest(page):
    """Return a short hash by which a page is known again, an empty one by its token."""
    keys = [f"{one['orderId']} {one.get('lastUpdatedTime')}" for one in page.documents]
    keys = keys or [page.next_token]
    return hashlib.sha256("\n".join(keys).encode("utf-8", "replace")).hexdigest()[:12]


def aware(moment):
    """Return a naive UTC time of Odoo's as an aware one."""
    return moment.replace(tzinfo=timezone.utc)
