from . import test_access
from . import test_erasure
from . import test_needle
from . import test_neutralize
from . import test_removal
from . import test_security_check
