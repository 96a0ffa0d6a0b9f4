"""Amazon's notifications: destinations, subscriptions and what was delivered."""

from .board import Notifications
from .sources import Sources
