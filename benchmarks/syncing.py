"""A first sync of 60 days and their activities: how often Garmin is asked, and how much memory it takes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from garminsync_tui.garmin.endpoints import endpoints_of
from garminsync_tui.simulator import Simulator

from .home import GARMINSYNC, linked_home, prepared_home
from .line import Line

DAYS = 60
#: What the best-known peer asks for the same 60 days and 60 activities, measured with the same kind of server.
PEER_REQUESTS_A_DAY = 10.2


#: A metric of each endpoint that a first version has to have.
CORE = (
    "steps_total",
    "resting_heart_rate",
    "hrv_status",
    "heart_rate",
    "sleep",
    "stress_level",
    "steps",
    "weight",
)


def requests_and_memory() -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as folder, Simulator(days=DAYS) as server:
        home = linked_home(Path(folder), server)
        server.reset_stats()
        started = time.perf_counter()
        sync = [GARMINSYNC, "--home", str(home), "sync", "--since", server.athlete.first_day.isoformat()]
        process = subprocess.Popen(sync, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        asked = server.stats()["requests"]["total"]
        activities = len(server.activity_ids())
        server.reset_stats()
        subprocess.run(sync, check=True, capture_output=True)
        again = server.stats()["requests"]["total"]
        server.reset_stats()
        core = [option for metric in CORE for option in ("--metric", metric)]
        subprocess.run([*sync, "health", "--full", *core], check=True, capture_output=True)
        core_asked = server.stats()["requests"]["total"] + activities
    chosen = endpoints_of("standard")
    metrics = sum(len(endpoint.metrics) for endpoint in chosen)
    ranges = sum(-(-DAYS // endpoint.window_days) for endpoint in chosen if endpoint.window_days > 1)
    yield Line(f"requests a day, core, {DAYS} days + {activities} activities", core_asked / DAYS, "", 6.3)
    # Five answers a day, each range in as few windows as it allows, each activity's file, and a few to look around.
    most = 5 * DAYS + 1.05 * ranges + activities + 4
    yield Line(f"requests a day, {metrics} metrics and activities", asked / DAYS, "", most / DAYS)
    yield Line(f"the same, of a peer's {PEER_REQUESTS_A_DAY}", 100 * asked / DAYS / PEER_REQUESTS_A_DAY, "%", 65)
    yield Line("requests of a sync without news", again, "", 3)
    yield Line("peak memory of that sync", usage.ru_maxrss / 1024, "MB", 200)
    yield Line("seconds of that sync", seconds, "s", 120)


def idle_daemon() -> Iterable[Line]:
    with prepared_home(days=2) as home:
        process = subprocess.Popen(
            [GARMINSYNC, "--home", str(home), "daemon"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            time.sleep(20)
            memory = psutil.Process(process.pid).memory_info().rss / 2**20
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=15)
    yield Line("memory of an idle daemon", memory, "MB", 110)
