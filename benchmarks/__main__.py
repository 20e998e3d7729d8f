"""`just bench [NAME …]`: what the project promises in numbers, measured side by side in one run.

Ratios hold on any machine; seconds and megabytes are of the machine at hand. Exit code 1 where a promise is broken.
"""

from __future__ import annotations

import sys
import warnings

from . import commands, syncing, upsert

MEASURES = {
    "upsert-sqlite": upsert.sqlite,
    "upsert-postgresql": upsert.postgresql,
    "row-size": upsert.row_size,
    "sync": syncing.requests_and_memory,
    "daemon": syncing.idle_daemon,
    "help": commands.help_page,
    "status": commands.status,
    "first-paint": commands.first_paint,
}


def main() -> int:
    warnings.simplefilter("ignore")
    chosen = sys.argv[1:] or list(MEASURES)
    unknown = [name for name in chosen if name not in MEASURES]
    if unknown:
        print(f"error: no measure called {', '.join(unknown)}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    print(f"{'measure':<44}{'measured':>14}{'promised':>14}")
    kept = True
    for name in chosen:
        for line in MEASURES[name]():
            kept = kept and line.kept
            print(line, flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
