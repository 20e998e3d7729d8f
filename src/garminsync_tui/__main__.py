"""`garminsync`, also as `python -m garminsync_tui`."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    os.umask(0o077)  # before the first file: -wal and -shm take over the mode the database was made with
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold opened tokens
    if "GARMINSYNC_KEY" in os.environ:  # before anything is started from here
        from .store.outer_key import take_from_environment

        take_from_environment()
    from .cli import run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
