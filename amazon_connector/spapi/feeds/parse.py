"""Reading the processing report of a listings feed, version 2."""

import json

from ..errors import UnreadableError, clean_text
from ..json_fields import block_at, blocks_at, count_at, text_at
from .types import ProcessingReport

# All of it, unpacked: some issues of each of 25,000 messages.
REPORT_LIMIT = 64 * 1024 * 1024
_REASON_CHARACTERS = 1000
_BROKEN = "Amazon's processing report cannot be read."


def read_processing_report(content, feed_id):
    """Return the :class:`.ProcessingReport` of a feed.

    Warnings are no refusals: Amazon takes the message nevertheless.

    :param bytes content: the document, unpacked
    :param str feed_id: of which feed it has to be
    :raises UnreadableError: when it is no such report, or that of another feed
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableError(_BROKEN) from None
    if not isinstance(document, dict):
        raise UnreadableError(_BROKEN)
    summary, issues = document.get("summary"), document.get("issues")
    if not isinstance(summary, dict) or not isinstance(issues, list):
        raise UnreadableError(_BROKEN)
    if text_at(block_at(document, "header"), "feedId") != feed_id:
        raise UnreadableError("Amazon's processing report is that of another feed.")
    by_message, by_sku, of_feed = {}, {}, []
    for issue in blocks_at(document, "issues"):
        if issue.get("severity") != "ERROR":
            continue
        sentence = clean_text(issue.get("message")) or clean_text(issue.get("code"))
        _find_place(issue, by_message, by_sku, of_feed).append(sentence)
    return ProcessingReport(
        reasons={key: _join(sentences) for key, sentences in by_message.items()},
        sku_reasons={sku: _join(sentences) for sku, sentences in by_sku.items()},
        feed_reason=_join(of_feed),
        accepted=count_at(summary, "messagesAccepted"),
        refused=count_at(summary, "messagesInvalid"),
    )


def _find_place(issue, by_message, by_sku, of_feed):
    """Return the list of sentences that an issue belongs to."""
    message_id = issue.get("messageId")
    if isinstance(message_id, str) and message_id.isdecimal():
        message_id = int(message_id[:20])
    if isinstance(message_id, int) and not isinstance(message_id, bool):
        return by_message.setdefault(message_id, [])
    sku = issue.get("sku")
    if isinstance(sku, str) and sku:
        return by_sku.setdefault(sku, [])
    return of_feed


def _join(sentences):
    """Return the sentences as one text, each once."""
    text = " ".join(filter(None, dict.fromkeys(sentences)))
    if len(text) <= _REASON_CHARACTERS:
        return text
    return text[: _REASON_CHARACTERS - 1] + "…"
