"""Pictures from public servers: only pictures, of a bearable size, and no secrets."""

import socket
import struct
import threading
import zlib
from contextlib import contextmanager
from io import BytesIO

import pytest
from amazon_double import HTML, reply
from PIL import Image
from spapi import public
from spapi.errors import RejectedError, SpApiError, UnavailableError
from spapi.public import IMAGE_LIMIT, fetch_image, open_session

PNG = {"Content-Type": "image/png"}
HOST = "m.media-amazon.com"


def picture(kind="PNG", size=(3, 2)):
    stream = BytesIO()
    Image.new("RGB", size).save(stream, kind)
    return stream.getvalue()


def huge_png(width, height):
    """The beginning of a picture of that many pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    checksum = struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + checksum


def webp(kind, data):
    return b"RIFF\x40\0\0\0WEBP" + kind + b"\x40\0\0\0" + data


def test_a_picture_is_its_bytes_and_no_token_goes_along(amazon, client):
    amazon.replies = [reply(200, picture(), PNG)]
    assert client.download_image(amazon.url + "/1.png?size=2") == picture()
    assert "x-amz-access-token" not in amazon.requests[0]["headers"]
    assert not amazon.logins


@pytest.mark.parametrize(
    "answer",
    [
        reply(404, b"", PNG),
        reply(200, HTML),
        reply(302, b"", PNG | {"Location": "http://127.0.0.1:1/"}),
        reply(200, b"\0" * (IMAGE_LIMIT + 1), PNG),
        reply(200, b"", PNG),
        reply(200, b"\x89PNG", PNG),
        reply(200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", PNG),
        reply(200, b"BM" + b"\0" * 100, PNG),
        reply(200, huge_png(10_000, 5_001), PNG),
        reply(200, huge_png(60_000, 60_000), PNG),
        reply(200, webp(b"VP8X", b"\0" * 4 + b"\xff" * 6), PNG),
        reply(200, webp(b"VP9 ", b"\0" * 20), PNG),
    ],
)
def test_what_is_no_picture_is_refused(amazon, client, answer):
    amazon.replies = [answer]
    with pytest.raises(RejectedError):
        client.download_image(amazon.url + "/1.png")


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG"),
        picture("JPEG"),
        picture("GIF"),
        picture("WEBP"),
        webp(b"VP8X", b"\0" * 10),
        webp(b"VP8L", b"\x2f" + b"\0" * 10),
    ],
)
def test_the_four_kinds_of_pictures_are_taken(amazon, client, content):
    amazon.replies = [reply(200, content, {"Content-Type": "image/x"})]
    assert client.download_image(amazon.url + "/1") == content


def test_a_promised_size_is_believed(amazon, client, monkeypatch):
    monkeypatch.setattr(public, "_read_content", None)
    amazon.replies = [reply(200, b"\0" * (IMAGE_LIMIT + 1), PNG)]
    with pytest.raises(RejectedError, match="15 MiB"):
        client.download_image(amazon.url + "/1.png")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x/1",
        "file:///x",
        "http://192.0.2.1/1.png",
        "https://10.0.0.5/1.png",
        "https://[::1]/1.png",
        "https://example.com/1.png",
        f"http://{HOST}/1.png",
        f"https://{HOST}:8443/1.png",
        f"https://{HOST}.example.com/1.png",
        f"https://user@{HOST}/1.png",
        "https://evilmedia-amazon.com/1.png",
        f"https://example.com/{HOST}/1.png",
        f"https://example.com\\@{HOST}/1.png",
    ],
)
def test_only_amazons_servers_are_asked(amazon, client, monkeypatch, url):
    monkeypatch.setattr(socket, "create_connection", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    with pytest.raises(RejectedError):
        client.download_image(url)
    assert not amazon.requests


def test_this_machine_is_asked_only_beside_a_simulator(amazon):
    amazon.replies = [reply(200, picture(), PNG)]
    with open_session() as session:
        for from_here in (False, True):
            if from_here:
                fetch_image(session, amazon.url, timeout=(5, 5), from_here=True)
            else:
                with pytest.raises(RejectedError, match="Amazon's servers"):
                    fetch_image(session, amazon.url, timeout=(5, 5))
            assert len(amazon.requests) == from_here


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.5",
        "169.254.169.254",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.5",
        "64:ff9b::a00:5",
        "2002:a00:5::1",
    ],
)
def test_a_public_name_with_a_private_address_is_not_asked(monkeypatch, address):
    def look_up(host, port, *_args, **_kwargs):
        assert host == HOST
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("52.94.236.248", port)), (*kind, (address, port))]

    def connect(*_args, **_kwargs):
        raise AssertionError("It was asked.")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with open_session() as session:
        with pytest.raises(RejectedError, match="no public address"):
            fetch_image(session, f"https://{HOST}/1.png", timeout=(5, 5))


def test_a_name_that_changes_its_address_meanwhile_gets_no_request(monkeypatch):
    """The connection shows where it leads in the end."""
    server = socket.create_server(("127.0.0.1", 0))
    here = server.getsockname()
    find = socket.getaddrinfo
    asked = []

    def look_up(host, *args, **kwargs):
        asked.append(host)
        found = find(*here, type=socket.SOCK_STREAM)
        kind = found[0][:4]
        return [(*kind, ("52.94.236.248", 443))] if len(asked) == 1 else found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with server, open_session() as session:
        with pytest.raises(RejectedError, match="no public address"):
            fetch_image(session, f"https://{HOST}/1.png", timeout=(5, 5))
        assert asked == [HOST, HOST]
        server.settimeout(5)
        connection, _address = server.accept()
        with connection:
            assert connection.recv(100) == b""


def test_the_original_is_asked_for_first(monkeypatch):
    asked = []

    def fetch(_session, url, *_args):
        asked.append(url)
        if "_SL500_" not in url:
            raise RejectedError("Not there.")
        return b"small"

    monkeypatch.setattr(public, "_fetch", fetch)
    url = f"https://{HOST}/images/I/61a-b._SL500_.jpg"
    assert fetch_image(None, url, timeout=(5, 5)) == b"small"
    assert asked == [f"https://{HOST}/images/I/61a-b.jpg", url]


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
    amazon.replies = [reply(200, picture(), PNG | {"Set-Cookie": "seen=1; Path=/"})]
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
            fetch_image(session, url, timeout=(5, 5), seconds=0.1, from_here=True)


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
