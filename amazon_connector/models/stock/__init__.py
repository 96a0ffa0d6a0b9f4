"""Whose goods an order may take: what touches everybody's stock stands here."""

from . import stock_quant
from . import stock_move
from . import stock_move_line
