"""A client of the simulator's admin interface, for tests and demonstrations."""

from .client import SimulatorAdmin
