"""An addon that adds one job to the connector, for the tests."""

from . import models
