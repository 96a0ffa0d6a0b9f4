"""The contract tests as a whole call every operation in its good and bad cases."""

import json
from types import SimpleNamespace

import httpx
import pytest
from amazon_model import Models
from answer_judge import AnswerJudge

from spapi_simulator.apis import OPERATIONS


def test_every_operation_was_judged(whole_run, models, answer_judge):
    assert answer_judge.missing(OPERATIONS) == []


@pytest.fixture
def judge(tmp_path):
    """A judge of a model with one operation, whose list of reports has a name."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    responses = {"200": {"schema": schema}, "404": {"schema": schema}}
    operation = {"operationId": "getReport", "responses": responses}
    swagger = {"swagger": "2.0", "paths": {"/reports/{id}": {"get": operation}}}
    (tmp_path / "small.json").write_text(json.dumps(swagger))
    return AnswerJudge(Models(tmp_path))


REPORT = SimpleNamespace(name="getReport", method="GET", path="/reports/{id}")


@pytest.fixture
def answer(base_url):
    """A function that makes an answer which no fault has shaped."""

    def make(status, document, path="/reports/1"):
        request = httpx.Request("GET", base_url + path)
        return httpx.Response(status, json=document, request=request)

    return make


def test_valid_answers_are_remembered(judge, answer):
    assert judge.missing([REPORT]) == ["getReport: no success", "getReport: no refusal"]
    judge(answer(200, {"name": "a"}, "/na/reports/1?x=1"))
    assert judge.missing([REPORT]) == ["getReport: no refusal"]
    judge(answer(404, {"name": "a"}))
    assert judge.missing([REPORT]) == []


@pytest.mark.parametrize(
    ("status", "document"),
    [(200, {"name": 1}), (200, {"nome": "a"}), (401, {}), (500, {})],
)
def test_other_answers_fail_the_test_they_come_in(judge, answer, status, document):
    with pytest.raises(AssertionError, match=f"answered {status}"):
        judge(answer(status, document))
    assert not judge.judged


def test_other_addresses_are_not_judged(judge, answer):
    judge(answer(200, {"name": 1}, "/_simulator/health"))
    assert not judge.judged


def test_answers_shaped_by_a_fault_are_let_pass(api, admin):
    for kind in ("not_json", "json_500", "json_401"):
        admin.add_fault(kind)
        api.search()
