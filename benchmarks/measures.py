"""Every measure by its name."""

from __future__ import annotations

import warnings

from . import (
    commands,
    decade,
    drawing,
    exporting,
    health,
    importing,
    log,
    moving,
    reading,
    records,
    scale,
    syncing,
    upsert,
    using,
    writing,
)

MEASURES = {
    "upsert-sqlite": upsert.sqlite,
    "upsert-postgresql": upsert.postgresql,
    "row-size": upsert.row_size,
    "sync": syncing.requests_and_memory,
    "daemon": syncing.idle_daemon,
    "help": commands.help_page,
    "status": commands.status,
    "records": records.whole_processes,
    "first-paint": commands.first_paint,
    "fit": reading.beside_fitdecode,
    "open": reading.opening,
    "import": reading.importing,
    "importing": importing.archive,
    "importing-many": importing.many,
    "drawing": drawing.charts,
    "health": health.the_place,
    "writing": writing.keystrokes,
    "using": using.app,
    "decade": decade.requests,
    "scale-sqlite": scale.sqlite,
    "scale-postgresql": scale.postgresql,
    "moving": moving.both_ways,
    "exporting": exporting.all_of_health,
    "log": log.of_a_million,
    "log-ten-million": log.of_ten_million,
}
#: Each takes many minutes: `--quick` leaves them out.
LONG = frozenset({"decade", "using", "scale-sqlite", "scale-postgresql", "moving", "exporting", "log"})
#: Longer still: only where it is named.
ON_REQUEST = frozenset({"log-ten-million", "importing-many"})


def measure(name: str) -> bool:
    """Print what a measure finds, line by line as it gets there; whether every promise of it is kept."""
    warnings.simplefilter("ignore")
    kept = True
    for line in MEASURES[name]():
        print(line, flush=True)
        kept = kept and line.kept
    return kept
