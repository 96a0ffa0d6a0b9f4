from . import test_carriers
from . import test_send_shipments
from . import test_warehouse_users
