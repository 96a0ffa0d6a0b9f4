import json
import os
from pathlib import Path

import pytest
from amazon_double import running_double
from hypothesis import HealthCheck, settings
from spapi.client import Credentials, SpApiClient
from spapi.tokens import AccessTokens

# Whether a machine is fast is not what these tests ask.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def amazon():
    with running_double() as double:
        yield double


@pytest.fixture
def credentials():
    return Credentials("client-id", "secret-of-client", "Atzr|secret-refresh")


@pytest.fixture
def patience(request):
    """The seconds to wait for an answer: few only where a test's comes too late."""
    callspec = getattr(request.node, "callspec", None)
    answer = callspec.params.get("answer") if callspec else None
    late = isinstance(answer, dict) and answer["delay"]
    return 1 if late else 60


@pytest.fixture
def client(amazon, credentials, patience):
    with SpApiClient(
        credentials,
        sp_api_url=amazon.url,
        lwa_url=amazon.url,
        tokens=AccessTokens(),
        timeout=(60, patience),
    ) as made:
        yield made


@pytest.fixture(scope="session")
def orders_model():
    folder = os.environ.get("SPAPI_MODELS")
    folder = Path(folder) if folder else REPOSITORY.parent / "shared/sp-api-models"
    path = folder / "orders_2026-01-01.json"
    if not path.is_file():
        # A build server without the models would prove nothing and look well.
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("Amazon's models are not here; set SPAPI_MODELS to their folder.")
    return json.loads(path.read_text())
