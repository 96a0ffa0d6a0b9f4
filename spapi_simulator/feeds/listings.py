"""JSON_LISTINGS_FEED: many changes to listings at once, and their report."""

import json
from dataclasses import dataclass, field

from ..errors import parse_json
from ..store.submissions import PATCH, submit
from .listing_messages import VERSION, feed_problem, is_message_id, message_problem
from .results import FeedResult, FeedType

#: Amazon recommends to stay below; the simulator insists on it.
MAX_BYTES = 10 * 1024 * 1024
CONTENT_TYPE = "application/json; charset=UTF-8"
#: Messages between which other work may go on.
_SLICE_MESSAGES = 25


@dataclass
class _Outcome:
    """What became of the messages so far."""

    issues: list = field(default_factory=list)
    seen: set = field(default_factory=set)
    processed: int = 0
    accepted: int = 0
    skus: dict = field(default_factory=dict)

    def count(self, severity):
        """How many issues have a severity."""
        return sum(issue["severity"] == severity for issue in self.issues)

    def summary(self):
        """The summary of the processing report."""
        return {
            "errors": self.count("ERROR"),
            "warnings": self.count("WARNING"),
            "messagesProcessed": self.processed,
            "messagesAccepted": self.accepted,
            "messagesInvalid": self.processed - self.accepted,
        }


def _process(simulator, job):
    document, problem = _read(job)
    if problem is not None:
        issue = {"severity": "ERROR", "message": problem}
        outcome = _Outcome(issues=[issue])
        return FeedResult(
            "FATAL", lambda: _write(_header(job), outcome, None), CONTENT_TYPE
        )
    outcome = _Outcome()
    for message in document["messages"]:
        _take(simulator, job, message, outcome)
        if outcome.processed % _SLICE_MESSAGES == 0:
            yield
    _let_take_effect(simulator, job)
    report = document["header"].get("report")
    header = _header(job, report)

    def write():
        items = None
        if report is not None:
            items = yield from _items(simulator, job, outcome, report["includedData"])
        return (yield from _write(header, outcome, items))

    # Items are shown as they are once the changes are in effect.
    delay = simulator.effect_seconds if report is not None else 0.0
    return FeedResult("DONE", write, CONTENT_TYPE, delay)


def _let_take_effect(simulator, job):
    """Bring the changes into effect in slices, before somebody reads a listing."""
    catalog = simulator.listings[job.seller_id]

    def work():
        while catalog.settle(_SLICE_MESSAGES):
            yield

    # A little later than the last change, so that none is left.
    moment = simulator.clock.timestamp() + simulator.effect_seconds + 0.001
    simulator.agenda.at(moment, work)


def _read(job):
    """(the feed, None) or (None, what is wrong with it)."""
    if len(job.content) > MAX_BYTES:
        return None, "The feed is larger than 10 MiB."
    try:
        document = parse_json(job.content.decode("utf-8"))
    except ValueError:
        return None, "The feed is not valid JSON in UTF-8."
    return document, feed_problem(document, job.seller_id)


def _take(simulator, job, message, outcome):
    outcome.processed += 1
    problem = message_problem(message)
    if problem is None and message["messageId"] in outcome.seen:
        problem = "The messageId is not unique within the feed."
    if problem is not None:
        outcome.issues.append(_issue(message, "ERROR", problem))
        return
    outcome.seen.add(message["messageId"])
    operation = message["operationType"]
    submission = submit(
        simulator,
        job.input.account,
        job.marketplace_ids,
        message["sku"],
        operation,
        message.get("productType"),
        message.get("patches" if operation == PATCH else "attributes"),
        requirements=message.get("requirements", "LISTING"),
    )
    outcome.issues += [_from_listings(message, issue) for issue in submission.issues]
    if submission.status == "ACCEPTED":
        outcome.accepted += 1
        outcome.skus[message["sku"]] = True


def _issue(message, severity, text):
    issue = {"severity": severity, "message": text}
    if isinstance(message, dict):
        if is_message_id(message.get("messageId")):
            issue["messageId"] = message["messageId"]
        if isinstance(message.get("sku"), str) and message["sku"]:
            issue["sku"] = message["sku"]
    return issue


def _from_listings(message, found):
    issue = _issue(message, found["severity"], found["message"])
    issue["code"] = found["code"]
    if found.get("attributeNames"):
        issue["attributeName"] = found["attributeNames"][0]
    return issue


def _header(job, report=None):
    header = {"sellerId": job.seller_id, "version": VERSION, "feedId": job.id}
    if report is not None:
        names = ("includedData", "apiVersion")
        header["report"] = {name: report[name] for name in names}
    return header


def _items(simulator, job, outcome, included):
    """The items that the feed created or changed, as getListingsItem shows them."""
    # Not at the top: the operations know the feeds.
    from ..apis.listings_projection import project

    items = []
    catalog = simulator.listings[job.seller_id]
    for sku in outcome.skus:
        listing = catalog.get(sku)
        if listing is not None:
            base_url = job.input.base_url
            view = project(catalog, listing, job.marketplace_ids, included, base_url)
            items.append(view)
        yield
    return items


def _write(header, outcome, items):
    """The processing report, in pieces."""
    summary = outcome.summary()
    if items is not None:
        issues = [issue for item in items for issue in item.get("issues", ())]
        severities = [issue["severity"] for issue in issues]
        summary["itemSummary"] = {
            "items": len(items),
            "errors": severities.count("ERROR"),
            "warnings": severities.count("WARNING"),
        }
    chunks = [f'{{"header":{_text(header)},"summary":{_text(summary)},'.encode()]
    chunks += yield from _list("issues", outcome.issues)
    if items is not None:
        chunks.append(b",")
        chunks += yield from _list("items", items)
    chunks.append(b"}")
    return chunks


def _list(name, rows):
    chunks = [f'"{name}":['.encode()]
    for start in range(0, len(rows), _SLICE_MESSAGES):
        part = ",".join(map(_text, rows[start : start + _SLICE_MESSAGES]))
        part = f",{part}" if start else part
        chunks.append(part.encode("utf-8", "replace"))
        yield
    chunks.append(b"]")
    return chunks


def _text(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


TYPE = FeedType("JSON_LISTINGS_FEED", _process)
