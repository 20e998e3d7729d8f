"""The durable queue: the table `sync_jobs` and nothing beside it.

`Queue` is for who asks for jobs, `Leases` for who does them. A job is done under a lease and a fence: the partial
unique index `uq_sync_jobs_one_runner` keeps two runners of one account apart, the fence keeps a runner whose job was
taken over from writing.
"""

from .leases import MOST_CRASHES, Claim, Leases, Transaction
from .log import EVENTS_KEPT
from .requests import Queue, utc_now
from .runners import forget, register, tell_alive

__all__ = [
    "EVENTS_KEPT",
    "MOST_CRASHES",
    "Claim",
    "Leases",
    "Queue",
    "Transaction",
    "forget",
    "register",
    "tell_alive",
    "utc_now",
]
