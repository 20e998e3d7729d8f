"""`just torture`: the long form, with a table at its end. Exit code 1 where anything is not as promised."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from ..servers import administer, database_on, postgresql
from .controls import SHORT_LEASE_S, without_exclusion, zombie
from .machines import Nursery, Park
from .trial import Expected, Found, Plan, garmins, killed_again_and_again, undisturbed

_MANY, _ONE = Plan(accounts=4, days=6), Plan(accounts=1, days=24)
_COLUMNS = ("kills", "jobs", "items", "missing", "twice", "torn", "overlaps", "repeated", "seconds")


def main() -> int:
    options = argparse.ArgumentParser(prog="just torture", description=__doc__)
    options.add_argument("--kills", type=int, default=200, help="of each trial (200)")
    options.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = options.parse_args()
    databases = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    say(f"{'':<28}" + "".join(f"{name:>10}" for name in _COLUMNS))
    kept = True
    with tempfile.TemporaryDirectory(prefix="garminsync-torture-") as folder, _servers(databases) as urls:
        for name, plan in (("four accounts", _MANY), ("one account", _ONE)):
            kept &= _tormented(Path(folder) / name.replace(" ", "-"), name, plan, chosen.kills, urls)
        kept &= _controlled(Path(folder) / "controls", urls)
    return 0 if kept else 1


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _servers(databases: list[str]) -> Iterator[dict[str, str]]:
    """The server of each kind of database; empty for SQLite."""
    with contextlib.ExitStack() as stack:
        yield {kind: stack.enter_context(postgresql()) if kind == "postgresql" else "" for kind in databases}


@contextlib.contextmanager
def _park(folder: Path, server: str, **settings: float) -> Iterator[Park]:
    """Machines on a database of their own."""
    if server:
        name = f"torture_{uuid4().hex[:12]}"
        administer(server, f'CREATE DATABASE "{name}"')
        url = database_on(server, name)
    else:
        (folder / "home").mkdir(parents=True)
        url = f"sqlite:///{folder}/home/garminsync.db"
    with Nursery(**settings) as nursery, Park(folder, url, nursery, apart=bool(server)) as park:
        yield park


def _tormented(folder: Path, name: str, plan: Plan, kills: int, urls: dict[str, str]) -> bool:
    kept = True
    with garmins(plan) as servers:
        expected = asyncio.run(undisturbed(folder, plan, servers))
        for kind, server in urls.items():
            with _park(folder / kind, server) as park:
                found = asyncio.run(killed_again_and_again(park, plan, servers, expected, kills=kills))
            _tell(f"{name}, {kind}", found)
            kept &= found.clean
    return kept


def _tell(name: str, found: Found) -> None:
    values = (getattr(found, column) for column in _COLUMNS)
    say(f"{name:<28}" + "".join(f"{value:>10.0f}" for value in values))
    for line in found.unfinished:
        say(f"    not finished: {line}")
    if found.verified != "all whole":
        say(f"    verify --read-data: {found.verified}")


def _controlled(folder: Path, urls: dict[str, str]) -> bool:
    plan, kept = Plan(accounts=1, days=4, samples="none"), True
    with garmins(plan) as servers:
        expected: Expected = asyncio.run(undisturbed(folder, plan, servers))
        for kind, server in urls.items():
            for same_host in (True, False):
                where = "same" if same_host else "other"
                with _park(folder / f"{kind}-{where}", server, lease_s=SHORT_LEASE_S) as park:
                    awoken = asyncio.run(zombie(park, plan, servers, expected, same_host=same_host))
                say(
                    f"{kind}: stopped past its lease, taken over on the {where} host after {awoken.takeover_s:.1f} s:"
                    f" it wrote {awoken.late} pages after that, {awoken.found.missing} items missing,"
                    f" {awoken.found.twice} twice, {awoken.found.torn} torn"
                )
                kept &= awoken.late == 0 and not any((awoken.found.missing, awoken.found.twice, awoken.found.torn))
            with _park(folder / f"{kind}-fence", server, lease_s=SHORT_LEASE_S) as park:
                awoken = asyncio.run(zombie(park, plan, servers, expected, same_host=False, without="fence"))
            with _park(folder / f"{kind}-index", server) as park:
                seen = asyncio.run(without_exclusion(park, plan, servers))
            caught = awoken.late > 0 and seen > 0
            say(
                f"{kind}: control without the fence: {awoken.late} late pages seen; without the index: {seen} overlaps"
                f" seen{'' if caught else '   NOT CAUGHT'}"
            )
            kept &= caught
    return kept


if __name__ == "__main__":
    sys.exit(main())
