from . import test_corrections
from . import test_send_shipments
from . import test_warehouse_users
