"""Keeping the libraries' logs free of tokens, URLs and buyers' data."""

import logging

# These log every URL, and below that headers with the access token and documents
# with buyers' addresses. Named one by one: the library sets its own levels.
_CHATTY = (
    "httpx",
    "httpcore",
    "sp_api",
    "sp_api.base.client",
    "sp_api.auth.access_token_client",
)


def quieten():
    """Let the libraries log warnings and worse only; never lowers a level."""
    for name in _CHATTY:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
