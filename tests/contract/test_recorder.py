"""What the simulator keeps of the requests: each one that came whole, and no other."""

import asyncio
import json

import pytest

from spapi_simulator.recorder import RecordingApp


@pytest.fixture
def recorded(tmp_path):
    """Return a function: (messages) -> (what was recorded, what the app got)."""

    def record(*messages):
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
            "path": "/listings",
            "raw_path": b"/listings",
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
