"""Kits of bills of materials, as Amazon knows them."""

from . import models
from .hooks import confirm_kits_in_outbox
