from . import test_charts
from . import test_overview
from . import test_warehouse_overview
