"""Every measure by its name."""

from __future__ import annotations

import warnings

from . import commands, scale, syncing, upsert
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
    "scale-sqlite": scale.sqlite,
    "scale-postgresql": scale.postgresql,
}
#: Only when asked for by name: each takes many minutes.
LONG = frozenset({"scale-sqlite", "scale-postgresql"})


def measure(name: str) -> list[Line]:
    """What a measure found."""
    warnings.simplefilter("ignore")
    return list(MEASURES[name]())
