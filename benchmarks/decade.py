"""Ten years of health from the simulator: what they cost in requests, and how soon the newest days are there.

The simulator counts, and refuses ranges that are too wide. Ranges are asked for all the days. Endpoints that are asked
day by day cost the same each day, so a year of them is measured: all the days would be tens of thousands of requests.
`GARMINSYNC_BENCH_DAYS` and `GARMINSYNC_BENCH_SAMPLE_DAYS` make both longer or shorter.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from garminsync_tui.garmin.endpoints import ENDPOINTS, Endpoint, endpoints_of
from garminsync_tui.simulator import Simulator

from .home import GARMINSYNC, linked_home
from .line import Line

DAYS = int(os.environ.get("GARMINSYNC_BENCH_DAYS", "3650"))
SAMPLE_DAYS = int(os.environ.get("GARMINSYNC_BENCH_SAMPLE_DAYS", "365"))
#: Requests a day for each choice of samples, beside those for ranges.
PROMISED = {"standard": 5, "full": 9}
#: What two peers ask each day, counted at the same kind of server: garmin-health-data, with the day's activity, and
#: GarminDB, for its statistics alone.
PEER_WITH_ACTIVITIES, PEER_WITHOUT = 10.2, 7.4
FIRST_REQUESTS = 40
FIRST_DAYS, FIRST_SAMPLE_DAYS = 31, 3


def requests(days: int = DAYS, sample_days: int = SAMPLE_DAYS) -> Iterable[Line]:
    with Simulator(days=days) as server:
        yield from _first_requests(server)
        yield from _whole(server, days, min(sample_days, days))


def _is_range(endpoint: Endpoint) -> bool:
    return endpoint.window_days > 1


def _sync(home: Path, server: Simulator, since: date, samples: str) -> Counter[str]:
    """How often each endpoint was asked, by name; under "" what belongs to none."""
    server.reset_stats()
    subprocess.run(
        [GARMINSYNC, "--home", str(home), "sync", "health", "--since", since.isoformat()],
        env={**os.environ, "GARMINSYNC_SAMPLES": samples},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # where the server refuses to go on, that is how it ends
    )
    asked: Counter[str] = Counter()
    for path, count in server.stats()["requests"]["by_path"].items():
        asked[next((endpoint.name for endpoint in ENDPOINTS if _takes(endpoint, path)), "")] += count
    return asked


def _takes(endpoint: Endpoint, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(endpoint.path)), path) is not None


def _first_requests(server: Simulator) -> Iterator[Line]:
    """The server asks to wait an hour after so many requests; then the ledger says which days are there."""
    with tempfile.TemporaryDirectory() as folder:
        home = linked_home(Path(folder), server)
        server.add_faults(
            [
                {"path": "", "count": FIRST_REQUESTS},  # neither status nor kind: the usual answer
                {"path": "", "status": 429, "headers": {"Retry-After": "3600"}},
            ]
        )
        asked = _sync(home, server, server.athlete.first_day, "standard")
        server.clear_faults()
        assert asked.total() > FIRST_REQUESTS, "it was stopped before the end"
        # The newest day in the ledger is today.
        chosen = endpoints_of("standard")
        ranges, narrow = [e for e in chosen if _is_range(e)], [e for e in chosen if not _is_range(e)]
        complete = _complete(home, ranges, FIRST_DAYS), _complete(home, narrow, FIRST_SAMPLE_DAYS)
    said = f"after {FIRST_REQUESTS} requests"
    yield Line(f"ranges with {FIRST_DAYS} days {said}", complete[0], "", len(ranges), at_least=True)
    yield Line(f"samples with {FIRST_SAMPLE_DAYS} days {said}", complete[1], "", len(narrow), at_least=True)


def _complete(home: Path, endpoints: Sequence[Endpoint], days: int) -> int:
    """Of how many endpoints the ledger has each of the last days."""
    with closing(sqlite3.connect(home / "garminsync.db")) as connection:
        (today,) = connection.execute("SELECT max(day) FROM coverage").fetchone()
        first = date.fromisoformat(today) - timedelta(days=days - 1)
        counts = connection.execute(
            "SELECT endpoint, count(*) FROM coverage"
            " WHERE day >= ? AND status IN ('fetched', 'empty') GROUP BY endpoint",
            [first.isoformat()],
        )
        complete = {endpoint for endpoint, count in counts if count == days}
    return sum(endpoint.name in complete for endpoint in endpoints)


def _whole(server: Simulator, days: int, sample_days: int) -> Iterator[Line]:
    """Ranges over all the days first, then samples of the newest of them into the same home."""
    first_day = server.athlete.first_day
    sampled_since = first_day + timedelta(days=days - sample_days)
    activities = len(server.activity_ids()) / days
    with tempfile.TemporaryDirectory() as folder:
        home = linked_home(Path(folder), server)
        started = time.perf_counter()
        asked = _sync(home, server, first_day, "none")
        seconds = time.perf_counter() - started
        ranges = {e.name: -(-days // e.window_days) for e in endpoints_of("none") if _is_range(e)}
        in_ranges = sum(asked[name] for name in ranges)
        yield Line(f"requests for ranges, {days} days", in_ranges, "", 1.05 * sum(ranges.values()))
        yield Line("the most, of what an endpoint's windows need", _most(asked, ranges), "%", 105)
        yield Line(f"all requests of that sync, {_metrics(home)} metrics", asked.total(), "", 0, at_least=True)
        yield Line("requests a second of that sync", asked.total() / seconds, "", 0, at_least=True)
        narrow: Counter[str] = Counter()
        for samples, promised in PROMISED.items():
            narrow += _sync(home, server, sampled_since, samples)
            a_day = sum(narrow[e.name] for e in endpoints_of(samples) if not _is_range(e)) / sample_days
            yield Line(f"requests a day for {samples} samples, {sample_days} days", a_day, "", promised)
            health = asked.total() / days + narrow.total() / sample_days
            yield Line(f"requests a day, {samples}, {_metrics(home)} metrics", health, "", 0, at_least=True)
            # One file for each activity, counted and not fetched; the other peer's number holds none.
            yield _of_peer(samples, "and activities", health + activities, PEER_WITH_ACTIVITIES)
            yield _of_peer(samples, "alone", health, PEER_WITHOUT)


def _most(asked: Counter[str], needed: dict[str, int]) -> float:
    return max(100 * asked[name] / windows for name, windows in needed.items())


def _of_peer(samples: str, what: str, a_day: float, peer: float) -> Line:
    return Line(f"{samples} {what}: of a peer's {peer} a day", 100 * a_day / peer, "%", 0, at_least=True)


def _metrics(home: Path) -> int:
    """Of how many metrics there are values."""
    with closing(sqlite3.connect(home / "garminsync.db")) as connection:
        (count,) = connection.execute("SELECT count(DISTINCT metric_type) FROM health_daily").fetchone()
    return int(count)
