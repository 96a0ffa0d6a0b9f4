"""The state of one simulator: everything the endpoints work on."""

from .agenda import Agenda
from .apis import OPERATIONS
from .apis.report_schedules import ReportSchedules
from .clock import Clock
from .documents import Documents
from .faults import Faults
from .journal import Journal
from .lwa import Lwa
from .notifications import Notifications, Sources
from .processing import SECONDS, Processing
from .quotas import Quotas
from .store.catalog import catalogs
from .store.orders import Store
from .store.submissions import DELAY_SECONDS


class Simulator:
    """Clock, accounts' data, tokens, quotas, faults and journal together.

    ``speed`` is how many times as fast as real time the clock runs, by which
    everything goes; ``processing_seconds`` are seconds of the clock;
    ``redirect_uris`` are those of the application at the start.
    """

    def __init__(
        self,
        seed=1,
        orders=40,
        quota_factor=1.0,
        listings=240,
        speed=1.0,
        processing_seconds=SECONDS,
        redirect_uris=(),
    ):
        #: From the acceptance of a change to a listing until it can be read.
        self.effect_seconds = DELAY_SECONDS
        self.clock = Clock(speed)
        self.notifications = Notifications(self.clock, seed)
        self.listings = catalogs(self.clock, seed, listings)
        self.store = Store(self.clock, seed, orders)
        self.lwa = Lwa(self.clock, redirect_uris)
        self.quotas = Quotas(self.clock, _plans(), quota_factor)
        self.faults = Faults(self.clock, seed)
        self.journal = Journal()
        self.agenda = Agenda(self.clock)
        self.documents = Documents(self.clock, seed)
        self.processing = Processing(self.clock, self.agenda, processing_seconds)
        self.report_schedules = ReportSchedules()
        Sources(self.notifications).watch(self)

    def reset(self):
        """Return to the start; tokens stay valid, as clients keep them."""
        self.clock.reset()
        self.notifications.reset()
        for catalog in self.listings.values():
            catalog.reset()
        self.store.reset()
        self.lwa.reset()
        self.quotas.reset()
        self.faults.clear()
        self.journal.clear()
        self.agenda.clear()
        self.documents.reset()
        self.processing.reset()
        self.report_schedules.reset()


def _plans():
    return {name: plan for o in OPERATIONS for name, plan in o.plans().items()}
