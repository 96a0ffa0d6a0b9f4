"""What the simulator keeps of the requests: each one that came whole, and no other."""

import asyncio
import json

import pytest

from spapi_simulator.recorder import Recorder, RecordingApp


@pytest.fixture
def recorded(tmp_path):
    """Return a function: (messages) -> (what was recorded, what the app got)."""

    def record(*messages, path="/listings"):
        left = list(messages)
        received = []

        async def receive():
            return left.pop(0)

        async def application(_scope, receive, _send):
            for _message in messages:
                received.append(await receive())

        scope = {
            "type": "http",
            "method": "PATCH",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        asyncio.run(RecordingApp(application, tmp_path)(scope, receive, None))
        lines = [
            json.loads(line)
            for file in tmp_path.glob("*.jsonl")
            for line in file.read_text().splitlines()
        ]
        return lines, received

    return record


def _part(body, more_body):
    return {"type": "http.request", "body": body, "more_body": more_body}


def test_a_body_in_parts_is_recorded_whole(recorded):
    parts = _part(b'{"a":', True), _part(b" 1}", False)
    lines, received = recorded(*parts)
    assert [line["body"] for line in lines] == ['{"a": 1}']
    assert received == list(parts)


def test_a_client_that_ends_before_its_body_has_asked_for_nothing(recorded):
    messages = _part(b'{"a":', True), {"type": "http.disconnect"}
    lines, received = recorded(*messages)
    assert lines == []
    assert received == list(messages)


@pytest.mark.parametrize(
    "path", ["/documents/1", "/eu/documents/1", "/images/1.png", "/_simulator/orders"]
)
def test_what_is_not_of_the_sp_api_is_not_recorded(recorded, path):
    messages = [_part(b"", False)]
    assert recorded(*messages, path=path) == ([], messages)


def test_documents_of_an_api_are_recorded(recorded):
    path = "/eu/reports/2021-06-30/documents/1"
    lines, _received = recorded(_part(b"", False), path=path)
    assert [line["path"] for line in lines] == [path]


def test_whoever_records_keeps_no_documents(tmp_path):
    Recorder(tmp_path).record("GET", "/documents/1?signature=x", {}, b"")
    assert list(tmp_path.iterdir()) == []
