"""Pictures from public servers: only pictures, of a bearable size, and no secrets."""

import socket
import threading
from contextlib import contextmanager

import pytest
from amazon_double import HTML, reply
from spapi.errors import RejectedError, SpApiError, UnavailableError
from spapi.public import IMAGE_LIMIT, fetch_image, open_session

PNG = {"Content-Type": "image/png"}


def test_a_picture_is_its_bytes_and_no_token_goes_along(amazon, client):
    amazon.replies = [reply(200, b"\x89PNG", PNG)]
    assert client.download_image(amazon.url + "/1.png?size=2") == b"\x89PNG"
    assert "x-amz-access-token" not in amazon.requests[0]["headers"]
    assert not amazon.logins


@pytest.mark.parametrize(
    "answer",
    [
        reply(404, b"", PNG),
        reply(200, HTML),
        reply(302, b"", PNG | {"Location": "http://127.0.0.1:1/"}),
        reply(200, b"\0" * (IMAGE_LIMIT + 1), PNG),
    ],
)
def test_what_is_no_picture_is_refused(amazon, client, answer):
    amazon.replies = [answer]
    with pytest.raises(RejectedError):
        client.download_image(amazon.url + "/1.png")


@pytest.mark.parametrize(
    "url", ["", "ftp://x/1", "http://192.0.2.1/1.png", "file:///x"]
)
def test_a_picture_is_brought_by_https_only(amazon, client, url):
    with pytest.raises(RejectedError):
        client.download_image(url)
    assert not amazon.requests


@pytest.mark.parametrize(
    "answer",
    [reply(429, b"", PNG), reply(503, HTML), reply(200, b"", PNG, 3), "reset"],
)
def test_a_server_that_fails_is_asked_again_later(amazon, client, answer):
    amazon.replies = [answer]
    with pytest.raises(UnavailableError) as caught:
        client.download_image(amazon.url + "/1.png")
    assert caught.value.operation == "downloadImage"
    assert caught.value.retryable
    assert caught.value.__context__ is None, "It would show the address"


def test_no_cookie_and_no_stored_password_is_sent(
    amazon, client, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    amazon.replies = [reply(200, b"\x89PNG", PNG | {"Set-Cookie": "seen=1; Path=/"})]
    for _ in range(2):
        client.download_image(amazon.url + "/1.png")
    for request in amazon.requests:
        assert not request["headers"].keys() & {"cookie", "authorization"}


@contextmanager
def dripping_server():
    """Promise a large picture and send 8 KiB of it again and again."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        connection, _address = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(
                b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n"
                b"content-length: 10000000\r\n\r\n"
            )
            try:
                while not stop.wait(0.02):
                    connection.sendall(b"\0" * 8192)
            except OSError:
                # The other side had enough.
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/1.png"
    finally:
        stop.set()
        thread.join()
        server.close()


def test_a_picture_that_takes_too_long_is_given_up():
    with dripping_server() as url, open_session() as session:
        with pytest.raises(UnavailableError, match="too slow"):
            fetch_image(session, url, timeout=(5, 5), seconds=0.1)


def test_a_server_that_is_not_there_is_asked_again_later(client):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/1.png"
        with pytest.raises(UnavailableError):
            client.download_image(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://exa mple.com/1.png",
        "https://.example/1.png",
        "https://" + "a" * 300 + "/1.png",
        "https://[::1/1.png",
        "https://example.com:99999/1.png",
        "https://\ud800.example/1.png",
    ],
)
def test_an_address_that_is_none_is_refused(client, url):
    with pytest.raises(SpApiError) as caught:
        client.download_image(url)
    assert type(caught.value) is RejectedError
