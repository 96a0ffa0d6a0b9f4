"""What runs in the background: job types, job rows, the runner, the history."""

from . import amazon_job_mixin
from . import amazon_history_mixin
from . import amazon_history_counters
from . import amazon_history
from . import amazon_history_line
from . import amazon_history_day
from . import amazon_history_report
from . import amazon_job_type
from . import amazon_job
from . import ir_cron
from . import amazon_connection
from . import amazon_connection_import
from . import amazon_connection_catch_up
