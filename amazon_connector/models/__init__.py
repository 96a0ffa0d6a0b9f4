"""Records, rules and jobs: a room for each capability."""

from . import connection
from . import jobs
from . import products
from . import orders
from . import stock
from . import inventory
from . import shipments
from . import privacy
from . import overview
