"""Jobs: service tasks, timers, start timers and continuations. All verbs of the noun, gathered.

`job_lists` finds them, `job_views` reads one, `job_leases` and `job_outcomes` are what workers do, `job_changes` what
operators do, `due_jobs` what Baton does itself when one is due.
"""

from baton.bpm.runtime.due_jobs import execute_due, run_now
from baton.bpm.runtime.job_changes import reschedule, set_retries
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.job_leases import activate, extend
from baton.bpm.runtime.job_lists import JobCondition, list_
from baton.bpm.runtime.job_outcomes import complete, fail, throw_error
from baton.bpm.runtime.job_views import JobView, get

__all__ = [
    "JobCondition",
    "JobKind",
    "JobView",
    "activate",
    "complete",
    "execute_due",
    "extend",
    "fail",
    "get",
    "list_",
    "reschedule",
    "run_now",
    "set_retries",
    "throw_error",
]
