"""Judges the requests that the connector made while tests ran.

    recorded_requests.py FOLDER [--complete]

Prints how many there were of each operation, and what Amazon's models forbid about
them. Ends with 0 when that is nothing, with 1 when it is something or, with
--complete, when an operation of the connector was never called, and with 77 when
Amazon's models are not on this machine.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl

from amazon_model import Models, Request, models_folder

GOOD, BAD, SKIPPED = 0, 1, 77
TOKEN_PATH = "/auth/o2/token"
#: What the client offers beside operations of Amazon's.
NO_OPERATIONS = {
    "close",
    "download_feed_report",
    "download_image",
    "download_report",
    "get_time",
    "upload_feed",
}
FORM = "application/x-www-form-urlencoded"
#: Fields of Login with Amazon's token request by its grant type.
GRANTS = {
    "refresh_token": {"refresh_token"},
    "authorization_code": {"code", "redirect_uri"},
    "client_credentials": {"scope"},
}
COMMON = {"grant_type", "client_id", "client_secret"}


def read_recordings(folder, user_agent):
    """The requests of one client in the files of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if entry.pop("user_agent") == user_agent:
                # The region, where an address of the simulator begins with it.
                entry["path"] = re.sub(r"^/(na|eu|fe)(?=/)", "", entry["path"])
                yield Request(**entry)


def judge_token_request(request):
    """(name, violations) of a request to Login with Amazon."""
    pairs = parse_qsl(request.body, keep_blank_values=True)
    form = dict(pairs)
    grant = form.get("grant_type", "")
    allowed = COMMON | GRANTS.get(grant, set())
    needed = allowed - {"redirect_uri"}
    found = []
    if request.method != "POST" or request.query:
        found.append("a token request is a POST without a query")
    if request.content_type.split(";")[0].strip() != FORM:
        found.append(f"the body's type is {request.content_type or 'not said'}")
    if grant not in GRANTS:
        found.append(f"grant_type {grant or 'missing'} is not known")
    if len(pairs) != len(form):
        found.append("a field was given more than once")
    found += [f"field {name} is not known" for name in sorted(set(form) - allowed)]
    found += [
        f"field {name} is missing" for name in sorted(needed) if not form.get(name)
    ]
    return f"token by {grant}", found


def judge(models, requests):
    """(number of requests by operation, number of them by violation)."""
    counts, violations = Counter(), Counter()
    for request in requests:
        if request.path == TOKEN_PATH:
            name, found = judge_token_request(request)
        else:
            name, found = models.judge(request)
        name = name or f"{request.method} {request.path}"
        counts[name] += 1
        violations.update(f"{name}: {words}" for words in found)
    return counts, violations


def operations_of(client_class):
    """Amazon's names of the operations that a client offers, and its logins."""
    names = {name for name in dir(client_class) if name[0] != "_"} - NO_OPERATIONS
    camel = [re.sub(r"_(\w)", lambda m: m[1].upper(), name) for name in names]
    return {"token by refresh_token", "token by authorization_code", *camel}


def main(arguments=None):
    """Print the verdict; return the exit code."""
    # The connector's package, which has the name of Amazon's own.
    from spapi.client import USER_AGENT, SpApiClient

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--complete", action="store_true")
    options = parser.parse_args(arguments)
    models = Models(models_folder())
    if not len(models):
        print("Amazon's models are missing; SPAPI_MODELS tells where they are.")
        return BAD if os.environ.get("CI") else SKIPPED
    requests = read_recordings(options.folder, USER_AGENT)
    counts, violations = judge(models, requests)
    for name, count in sorted(counts.items()):
        print(f"{count:7} {name}")
    for words, count in sorted(violations.items()):
        print(f"VIOLATION {words} ({count} times)")
    missing = operations_of(SpApiClient) - set(counts) if options.complete else set()
    for name in sorted(missing):
        print(f"NEVER CALLED {name}")
    print(f"{counts.total()} requests, {violations.total()} violations")
    return BAD if violations or missing else GOOD


if __name__ == "__main__":
    sys.exit(main())
