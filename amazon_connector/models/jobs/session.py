"""What a slice speaks with Amazon through: one client, opened when first needed.

Requests that do not depend on each other may be under way at the same time, so that
the time of an answer does not limit a store that Amazon's quota would let go faster.
Threads only send; records are touched by the thread of the job alone.
"""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import datetime, timezone
from itertools import islice

from ...spapi.errors import AuthError, SpApiError, ThrottledError
from ...tools import name_database
from ..connection.amazon_quota import LONGEST_SLEEP, QuotaObserver

# More requests of one store than these are never under way at the same time.
REQUESTS_IN_FLIGHT = 8


class AmazonSession:
    """The client of a run and the counts of its calls.

    :ivar QuotaObserver observer: asks the quota before each call, and counts
    """

    def __init__(self, connection):
        self.connection = connection
        self.observer = QuotaObserver(connection.env, connection._get_quota_account())
        self._client = None

    @property
    def client(self):
        """The ``SpApiClient`` of the store.

        :raise UserError: when the credentials are missing or cannot be read
        """
        self._ensure_open()
        return self._client

    def _ensure_open(self):
        if self._client is None:
            self._client = self.connection._open_client(self.observer)

    def close(self):
        """Close the client; the next use opens another one."""
        if self._client is not None:
            ahead = self._client.get_time() - datetime.now(timezone.utc)
            self.observer.close(ahead.total_seconds())
            self._client.close()
            self._client = None

    def send_each(self, requests, meanwhile=None):
        """Send requests, several at a time; yield each outcome as it comes.

        Nothing more is sent once one was throttled or denied; those under way are
        still waited for and yielded.

        :param requests: iterable of ``(key, callable)``, each callable makes one call
            of the client; the next one is taken when there is room for it
        :param meanwhile: called once, in the thread of the job, while the first
            requests are under way
        :return: generator of ``(key, answer, error)``: the error is an ``SpApiError``
            or ``None``; keys that were not sent are not yielded
        """
        left = iter(requests)
        if REQUESTS_IN_FLIGHT == 1:
            if meanwhile:
                meanwhile()
            for key, request in left:
                answer, error = self._send(request)
                yield key, answer, error
                if _ends_all(error):
                    return
            return
        # Here, since threads touch no record.
        self._ensure_open()
        dbname = self.connection.env.cr.dbname
        with ThreadPoolExecutor(
            REQUESTS_IN_FLIGHT, "amazon-request", name_database, (dbname,)
        ) as threads:
            under_way = {}

            def send_next():
                for key, request in islice(left, REQUESTS_IN_FLIGHT - len(under_way)):
                    under_way[threads.submit(self._send, request)] = key

            send_next()
            if meanwhile:
                meanwhile()
            while under_way:
                done, _others = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    answer, error = future.result()
                    if _ends_all(error):
                        left = iter(())
                    yield under_way.pop(future), answer, error
                # Not before: what an answer is written down with is committed, so
                # that the next requests go by what is there now.
                send_next()

    def _send(self, request):
        """Send one request, again after a short shortage of quota.

        :return: (answer, ``None``) or (``None``, ``SpApiError``)
        """
        try:
            try:
                return request(), None
            except ThrottledError as error:
                if not 0 < (error.retry_after or 0) <= LONGEST_SLEEP:
                    raise
                # The count of the quota is corrected by now, and waits before asking.
                return request(), None
        except SpApiError as error:
            return None, error


def _ends_all(error):
    """Whether what Amazon says of one request holds for the others, too."""
    return isinstance(error, AuthError | ThrottledError)
