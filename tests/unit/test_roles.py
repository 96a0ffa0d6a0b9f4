"""Each operation of the client says which role it needs."""

from spapi.quota import DEFAULT_RATES
from spapi.roles import ROLES


def test_every_operation_has_a_role():
    assert set(ROLES) == set(DEFAULT_RATES)
