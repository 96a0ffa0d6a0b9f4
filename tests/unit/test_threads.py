"""One client, used by several threads at once."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from amazon_double import errors, reply, token
from spapi.client import SpApiClient
from spapi.errors import SpApiError, UnavailableError
from spapi.tokens import AccessTokens, Credentials

THREADS = 8
REQUESTS = 20
OLD, NEW = "Atza|old", "Atza|new"


class Observer:
    def __init__(self):
        self.before_calls = []
        self.after_calls = []
        self.threads = set()

    def before(self, operation):
        self.before_calls.append(operation)
        self.threads.add(threading.get_ident())

    def after(self, operation, status, rate_limit, request_id):
        self.after_calls.append(status)
        assert threading.get_ident() in self.threads


def same_order(request):
    """Answer getOrder; the first access token is not valid any more."""
    if request["headers"]["x-amz-access-token"] == OLD:
        return errors(403, "Unauthorized", "Denied.", "The access token has expired.")
    order_id = request["path"].partition("?")[0].rsplit("/", 1)[1]
    return reply(200, {"order": {"orderId": order_id}}, delay=0.01)


def test_each_thread_gets_its_own_answers_and_all_log_in_once(amazon, credentials):
    amazon.login_replies = [token(OLD), token(NEW)]
    amazon.replies = [same_order]
    observer = Observer()
    barrier = threading.Barrier(THREADS)

    def ask(number):
        barrier.wait()
        for count in range(REQUESTS):
            order_id = f"{number:03d}-0000000-{count:07d}"
            assert client.get_order(order_id) == {"orderId": order_id}
        return number

    with (
        SpApiClient(
            credentials,
            sp_api_url=amazon.url,
            lwa_url=amazon.url,
            tokens=AccessTokens(),
            observer=observer,
        ) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        assert list(pool.map(ask, range(THREADS))) == list(range(THREADS))
    refused = observer.after_calls.count(403)
    assert 1 <= refused <= THREADS
    assert observer.after_calls.count(200) == THREADS * REQUESTS
    assert len(amazon.requests) == THREADS * REQUESTS + refused
    assert len(observer.before_calls) == len(observer.after_calls)
    assert len(observer.threads) == THREADS
    assert len(amazon.logins) == 2, "One for the old token, one for the new"


def test_threads_that_wait_for_a_login_share_its_failure(monkeypatch):
    credentials, tokens = Credentials("id", "secret", "refresh"), AccessTokens()
    asked, waiting, goes_on = [], threading.Semaphore(0), threading.Event()

    class SeenFuture(Future):
        def result(self, timeout=None):
            waiting.release()
            return super().result(timeout)

    monkeypatch.setattr("spapi.tokens.Future", SeenFuture)

    def fetch():
        asked.append(1)
        assert goes_on.wait(30)
        raise UnavailableError("Down.")

    def get():
        with pytest.raises(UnavailableError) as caught:
            tokens.get(credentials, "u", fetch)
        return caught.value

    with ThreadPoolExecutor(THREADS) as pool:
        results = [pool.submit(get) for _ in range(THREADS)]
        arrived = [waiting.acquire(timeout=30) for _ in range(THREADS - 1)]
        goes_on.set()
        failures = {result.result() for result in results}
    assert all(arrived)
    assert len(asked) == 1
    assert len(failures) == 1
    assert tokens.get(credentials, "u", lambda: ("token", 3600)) == "token"


def test_a_failed_login_is_asked_again(amazon, client):
    amazon.login_replies = [reply(503, None), token()]
    with pytest.raises(SpApiError):
        client.get_marketplace_participations()
    amazon.replies = [reply(200, {"payload": []})]
    assert client.get_marketplace_participations() == []
