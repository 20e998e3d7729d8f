"""`just bench [NAME …]`: what the project promises in numbers, measured side by side in one run.

Without names it is everything but the ten million rows of the log and the hundred thousand files, and `--quick`
leaves out what takes many minutes.
Ratios hold on any machine; seconds and megabytes are of the machine at hand. Exit code 1 where a promise is broken.
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

from .measures import LONG, MEASURES, ON_REQUEST, measure


def main() -> int:
    names = sys.argv[1:]
    if names == ["--quick"]:
        names = [name for name in MEASURES if name not in LONG | ON_REQUEST]
    chosen = names or [name for name in MEASURES if name not in ON_REQUEST]
    unknown = [name for name in chosen if name not in MEASURES]
    if unknown:
        print(f"error: no measure called {', '.join(unknown)}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    print(f"{'measure':<56}{'measured':>14}{'promised':>14}", flush=True)
    # Each in a fresh process: the peak memory that the system tells of a child begins with what its parent held.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as processes:
        kept = [processes.submit(measure, name).result() for name in chosen]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
