from . import test_corrections
from . import test_migration
from . import test_not_needed
from . import test_parcel_numbers
from . import test_refusals
from . import test_send_shipments
from . import test_ship_date
from . import test_warehouse_users
