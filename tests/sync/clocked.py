"""The program in a process whose clock is ahead: `python clocked.py SECONDS ARGUMENT…`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import time_machine

from garminsync_tui.__main__ import main

with time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(sys.argv[1])), tick=True):
    sys.exit(main(sys.argv[2:]))
