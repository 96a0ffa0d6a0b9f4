from . import test_counts_by_day
from . import test_failures
from . import test_ir_cron
from . import test_job_plan
from . import test_job_types
from . import test_jobs
from . import test_messages
from . import test_runs
