from . import test_kit_parcels
from . import test_kit_changes
from . import test_installation
from . import test_kit_histories
from . import test_kit_packs
from . import test_batches
from . import test_parcels_table
from . import test_kit_quantities
