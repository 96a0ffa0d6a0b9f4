"""What an operation of the SP-API is: where it is, what it takes, what it does."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .bodies import Body
from .parameters import Parameter
from .usage_plans import published_plan


@dataclass(frozen=True)
class Operation:
    """An operation as Amazon's model describes it.

    ``handler`` takes the simulator and a ``Call`` and gives (status, document);
    a document of None is an answer without a body. ``grantless`` operations are
    called with a token of the application itself, all others with a seller's.
    ``plan_of`` names the plan of a call that has a usage plan of its own, for
    instance a feed type; ``extra_plans`` are these plans by name.
    """

    name: str
    method: str
    path: str
    handler: Callable
    query: tuple[Parameter, ...] = ()
    body: Body | None = None
    grantless: bool = False
    plan_of: Callable | None = None
    extra_plans: dict = field(default_factory=dict, hash=False)

    def plans(self):
        """{name: (requests per second, burst)} of all its usage plans."""
        return {self.name: published_plan(self.method, self.path), **self.extra_plans}

    def plan(self, call):
        """The name of the usage plan that a call draws on."""
        return (self.plan_of and self.plan_of(call)) or self.name
