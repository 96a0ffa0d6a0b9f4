"""Kits of bills of materials, as Amazon knows them."""

from . import models
from .hooks import take_up_kits
