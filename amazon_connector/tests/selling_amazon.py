"""An Amazon on which buyers buy: it takes what they order off its own quantities at
once, puts back what they cancel, and changes who fulfils a listing; its answers come
late, get lost, or are refusals, and the worker dies in the middle.

All of it is drawn from one ``random.Random``, so that a history happens again by its
seed.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ..spapi.errors import RejectedError, ThrottledError, UnavailableError
from ..spapi.listings import Submission
from ..spapi.times import format_time
from .builders import build_item, build_order
from .common import FakeAmazon
from .living_amazon import Killed

# How often a call fails, an answer takes its time, and that of a quantity gets lost.
FAILURES, SLOW_ANSWERS, LOST_ANSWERS = 0.1, 0.4, 0.2
SLOWEST_ANSWER = 25  # seconds
# How often a purchase shows in the time at which its listing was changed.
SALES_THAT_SHOW = 0.5
# How often a buyer takes one thing more.
ANOTHER_ITEM = 0.35
CLOSED = "CANCELLED"


@dataclass
class Purchase:
    """What a buyer ordered, in one storefront.

    :ivar items: ``[(key, units)]``; the key is (marketplace, SKU) of a listing, which
        may come more than once
    :ivar is_kept: whether the buyer will not cancel it any more
    """

    number: str
    items: list
    placed: datetime
    status: str
    is_kept: bool = False

    @property
    def is_open(self):
        return self.status != CLOSED

    @property
    def keys(self):
        return [key for key, _units in self.items]

    def get_item_id(self, place):
        return f"{self.number[-15:-8]}{place}"


class SellingAmazon(FakeAmazon):
    """Stands for ``SpApiClient`` of one store.

    :param random: ``random.Random`` that says what happens
    :param clock: freezegun's, moved while an answer takes its time
    :param str prefix: of the order numbers
    :param judge: called with (this, key, units) before a quantity is on its way
    :param meanwhile: called with the operation while its answer takes its time
    :ivar dict purchases: :class:`Purchase` by number
    :ivar dict set_on: when somebody last set the quantity of a listing, by its key
    :ivar dict shown: (time, quantity) that was last shown of a listing, by its key;
        None instead of the quantity of what Amazon fulfils
    :ivar dict handed_over: when Amazon took over the listing, by its key
    :ivar Counter happened: what went wrong, by name
    """

    def __init__(self, random, clock, prefix, judge, meanwhile):
        super().__init__()
        self.random = random
        self.clock = clock
        self.prefix = prefix
        self.judge = judge
        self.meanwhile = meanwhile
        self.keeps_windows = True
        self.purchases = {}
        self.set_on = {}
        self.shown = {}
        self.handed_over = {}
        self.happened = Counter()
        self.is_calm = True
        # What is sent once more after a moment, without another look at the stock.
        self._again = None

    # === WHAT HAPPENS ON AMAZON === #

    def get_quantity(self, key):
        """Return what is offered; ``None`` of what Amazon fulfils."""
        return self.listings[key]["fulfillmentAvailability"][0].get("quantity")

    def buy(self):
        """Have somebody order what is offered; return what to tell of it."""
        keys = [key for key in self.listings if self.get_quantity(key)]
        if not keys:
            return "nothing to buy"
        items = [self._take_into_basket(self.random.choice(keys))]
        while self.random.random() < ANOTHER_ITEM:
            market = items[0][0][0]
            same = [key for key in keys if key[0] == market and self.get_quantity(key)]
            if not same:
                break
            items.append(self._take_into_basket(self.random.choice(same)))
        number = f"{self.prefix}-{len(self.purchases):07}-0000000"
        status = self.random.choice(("PENDING", "PENDING", "UNSHIPPED"))
        purchase = Purchase(number, items, self.get_time(), status)
        self.purchases[number] = purchase
        self.happened["several items"] += len(items) > 1
        self._show_purchase(purchase)
        return f"{number}: {items} {status}"

    def _take_into_basket(self, key):
        units = self.random.randint(1, min(self.get_quantity(key), 5))
        self._add_units(key, -units)
        return key, units

    def pay(self):
        purchase = self._draw_purchase("PENDING")
        if not purchase:
            return "nothing to pay"
        purchase.status = "UNSHIPPED"
        self._show_purchase(purchase)
        return purchase.number

    def cancel(self):
        purchase = self._draw_purchase("PENDING", "PENDING", "UNSHIPPED")
        if not purchase or purchase.is_kept:
            return "nothing to cancel"
        purchase.status = CLOSED
        for key, units in purchase.items:
            self._add_units(key, units)
            # Nobody can tell any more what was sold.
            self.set_on[key] = self.get_time()
        self._show_purchase(purchase)
        return purchase.number

    def set_by_hand(self):
        """Have somebody change a quantity, or who fulfils it, in Seller Central."""
        if not self.listings:
            return "nothing to set"
        key = self.random.choice(list(self.listings))
        if self.random.random() < 0.4:
            return self._change_channel(key)
        if self.get_quantity(key) is None:
            return "nothing to set"
        self._set_quantity(key, self.random.randint(0, 60))
        self._touch(key)
        return f"{key} to {self.get_quantity(key)}"

    def _change_channel(self, key):
        is_amazons = self.get_quantity(key) is None
        if is_amazons and self.random.random() < 0.5:
            return f"{key} stays Amazon's"
        code = "DEFAULT" if is_amazons else "AMAZON_NA"
        self.listings[key]["fulfillmentAvailability"] = [
            {"fulfillmentChannelCode": code} | ({"quantity": 0} if is_amazons else {})
        ]
        if is_amazons:
            self.handed_over.pop(key)
        else:
            self.handed_over[key] = self.get_time()
            self.happened["taken over"] += 1
        self.set_on[key] = self.get_time()
        if self.random.random() < 0.5:
            self._touch(key)
        return f"{key} is {code}"

    def _draw_purchase(self, *statuses):
        status = self.random.choice(statuses)
        found = [one for one in self.purchases.values() if one.status == status]
        return self.random.choice(found) if found else None

    def _add_units(self, key, units):
        quantity = self.get_quantity(key)
        if quantity is not None:
            self.listings[key]["fulfillmentAvailability"][0]["quantity"] += units
            if self.random.random() < SALES_THAT_SHOW:
                self._touch(key)

    def _set_quantity(self, key, quantity):
        self.listings[key]["fulfillmentAvailability"][0]["quantity"] = quantity
        self.set_on[key] = self.get_time()

    def _touch(self, key):
        summary = self.listings[key]["summaries"][0]
        summary["lastUpdatedDate"] = format_time(self.get_time())

    def _show_purchase(self, purchase):
        items = [
            build_item(purchase.get_item_id(place), sku, units)
            for place, ((_market, sku), units) in enumerate(purchase.items)
        ]
        self.add(
            build_order(
                purchase.number,
                items,
                status=purchase.status,
                marketplace=purchase.keys[0][0],
                created=format_time(purchase.placed),
                updated=format_time(self.get_time()),
            )
        )

    # === WHAT AMAZON ANSWERS === #

    @contextmanager
    def ill(self):
        """Let answers come late, and calls fail."""
        self.is_calm = False
        try:
            yield
        finally:
            self.is_calm = True

    def get_time(self):
        return datetime.now(timezone.utc)

    def _called(self, operation, *details):
        super()._called(operation, *details)
        if self.is_calm:
            return
        if self.random.random() < SLOW_ANSWERS:
            seconds = self.random.randint(1, SLOWEST_ANSWER)
            self.clock.tick(timedelta(seconds=seconds))
            self.meanwhile(operation)
        if self.random.random() < FAILURES:
            self._fail(
                UnavailableError("Busy.", operation=operation),
                UnavailableError("Busy.", operation=operation),
                ThrottledError("Too often.", operation=operation, retry_after=30),
                ThrottledError("Too often.", operation=operation, retry_after=0.5),
                Killed(),
            )

    def _fail(self, *failures, when=""):
        failure = self.random.choice(failures)
        self.happened[f"{type(failure).__name__}{when}"] += 1
        raise failure

    def search_listings_items(self, seller_id, **details):
        page = super().search_listings_items(seller_id, **details)
        for document in page.documents:
            key = details["marketplace_id"], document["sku"]
            self._note_shown(key)
        return page

    def get_listings_item(self, seller_id, sku, *, marketplace_id):
        document = super().get_listings_item(
            seller_id, sku, marketplace_id=marketplace_id
        )
        self._note_shown((marketplace_id, sku))
        return document

    def _note_shown(self, key):
        self.shown[key] = self.get_time(), self.get_quantity(key)

    def patch_listings_item(self, seller_id, sku, request, *, marketplace_id):
        key = marketplace_id, sku
        units = request["patches"][0]["value"][0]["quantity"]
        if self._again != (key, units):
            self.judge(self, key, units)
        self._again = None
        try:
            self._called("patchListingsItem", marketplace_id, sku)
        except ThrottledError as error:
            if error.retry_after < 1:
                self._again = key, units
            raise
        if not self.is_calm and self.random.random() < LOST_ANSWERS:
            return self._answer_badly(key, units)
        self._take(key, units)
        return Submission(True, "submission", "")

    def _answer_badly(self, key, units):
        """Refuse a quantity, or take it, and maybe not, and have the answer lost."""
        lost = UnavailableError("Lost.", operation="patchListingsItem")
        refused = RejectedError("No.", operation="patchListingsItem", status=400)
        if self.random.random() < 0.4:
            self._take(key, units)
            self._fail(lost, lost, Killed(), when=" afterwards")
        if self.random.random() < 0.6:
            self._fail(lost, refused)
        self.happened["INVALID"] += 1
        return Submission(False, "submission", "Amazon dislikes it.")

    def _take(self, key, units):
        self.pushed.append((*key, units))
        # What Amazon fulfils it leaves alone here, so that it stays seen.
        if self.get_quantity(key) is not None:
            self._set_quantity(key, units)
            if self.random.random() < SALES_THAT_SHOW:
                self._touch(key)
