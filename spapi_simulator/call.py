"""A request as the handler of an operation sees it."""

from dataclasses import dataclass, field

from .accounts import Account


@dataclass
class Call:
    """Who asks, and for what.

    ``account`` is None for grantless operations. ``path`` and ``query`` hold the
    parameters by their names in Amazon's model, ``body`` the decoded body;
    ``base_url`` is the address under which the client reached the simulator,
    ``segments`` the path piece by piece, without a region.
    """

    account: Account | None
    application: str
    path: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    body: object = None
    base_url: str = ""
    segments: list = field(default_factory=list)
