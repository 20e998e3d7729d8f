"""Every measure by its name."""

from __future__ import annotations

import warnings

from . import commands, syncing, upsert
from .line import Line

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


def measure(name: str) -> list[Line]:
    """What a measure found."""
    warnings.simplefilter("ignore")
    return list(MEASURES[name]())
