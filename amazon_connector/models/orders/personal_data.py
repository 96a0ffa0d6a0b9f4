"""What of an order names or locates its buyer, and how to keep it out of a sentence."""

import html
import re
from dataclasses import astuple, replace

from .places import squeeze

# Shorter words are everybody's: "the", "Rom". A whole value is masked all the same.
_WORD_CHARACTERS = 4
_MASK = "•••"


def mask_personal_data(sentence, order):
    """Return a sentence without what names or locates the buyer of an order.

    :param order: ``spapi.orders.Order``
    """
    return mask_texts(sentence, get_spellings(get_personal_texts(order)))


def mask_texts(sentence, spellings):
    """Return a sentence without these texts, as :func:`get_spellings` returns them."""
    lowered = sentence.lower()
    # Of a whole batch of orders there are thousands, and few are in a sentence.
    present = [text for text in spellings if text.lower() in lowered]
    for text in sorted(present, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(text)}(?!\w)"
        sentence = re.sub(pattern, _MASK, sentence, flags=re.IGNORECASE)
    return sentence


def get_personal_texts(order):
    """Return the texts of an order that only its buyer has."""
    texts = {*astuple(order.buyer), *order.delivery_instructions.splitlines()}
    for registration in order.tax_registrations:
        if registration.entity == "buyer":
            texts |= {registration.number, registration.legal_name}
            texts |= _get_address_texts(registration.address)
    for item in order.items:
        texts |= {*item.gift_message.splitlines(), item.customization_url}
    return (texts | _get_address_texts(order.address)) - {""}


def _get_address_texts(address):
    """Return the texts of an address that say more than the region."""
    if not address:
        return set()
    return {*astuple(replace(address, country_code="", state="", kind=""))}


def get_spellings(texts):
    """Return personal texts and their words as an error or a message may spell them."""
    spellings = set()
    for text in texts:
        compact = re.sub(r"[\W_]+", "", text)
        spellings |= {text, html.escape(text), squeeze(text), compact}
        spellings |= {word for word in re.findall(r"\w+", text) if _is_telling(word)}
    return {text for text in spellings if _is_personal(text)}


def _is_telling(word):
    return len(word) >= _WORD_CHARACTERS


def _is_personal(text):
    """Whether a whole value is more than a house number, or a letter."""
    return _is_telling(text) if text.isdigit() else len(text) > 1
