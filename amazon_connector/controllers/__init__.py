"""Where Amazon sends the seller's browser back to."""

from . import authorize
