"""What `doctor` looks at: each look yields findings, and a finding that is not well says what to do."""

from __future__ import annotations

import os
import platform
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from .. import __version__

if TYPE_CHECKING:
    from ..config import Config
    from ..models import RunnerRow
    from ..paths import Paths
    from ..store.coverage import Cause, LeftOut
    from ..store.database import Database, SQLiteVersion
    from ..store.glance import Glance
    from ..store.vault import KeyState

#: Of one kind of finding.
_SHOWN = 20
#: Below the first nothing goes well, below the second not for long.
_NO_ROOM_BYTES, _LITTLE_ROOM_BYTES = 200 * 10**6, 10**9
#: A clock that is wrong by more is worth a word; a token is renewed five minutes before it ends.
_CLOCK_S = 60.0
_NETWORK = ("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs", "davfs")


class Finding(NamedTuple):
    """Something that was looked at: how it is, and what to do where it is not well."""

    level: Literal["ok", "note", "problem"]
    what: str
    hint: str = ""


def versions(database: Database, seen: Glance, sqlite: SQLiteVersion) -> Iterator[Finding]:
    """What is at work here."""
    engine = f"SQLite {sqlite.text}" if database.sqlite else "PostgreSQL"
    yield Finding(
        "ok",
        f"garminsync {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}",
    )
    yield Finding("ok", f"Database {database.name}, {engine}, schema {seen.revision}")
    if database.sqlite and sqlite.may_lose_writes:
        yield Finding(
            "note",
            f"SQLite {sqlite.text} has a rare fault with several writers, mended in 3.51.3.",
            "Let one process sync at a time, or use PostgreSQL, where several do.",
        )


def log(file: Path) -> Iterator[Finding]:
    """Where the log is, and the last fault of the program that it tells of."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        yield Finding("ok", f"Log {file}: nothing yet")
        return
    begins = max((number for number, line in enumerate(lines) if line.startswith("Traceback (most")), default=None)
    if begins is None:
        yield Finding("ok", f"Log {file}: no fault of the program")
        return
    ends = next((line for line in lines[begins + 1 :] if not line.startswith(" ")), "")
    yield Finding(
        "note",
        f"A fault of the program is in the log: {ends}",
        f"The traceback is in {file} from line {begins + 1} on; `--bundle` takes it along.",
    )


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────


def permissions(paths: Paths) -> Iterator[Finding]:
    """Files and folders that others may open, or that are not ours."""
    for path in _private(paths):
        try:
            found = path.lstat()
        except OSError:
            continue
        if stat.S_ISLNK(found.st_mode):
            continue  # its target is its owner's choice, and looked at where it is one of ours
        if found.st_uid != os.geteuid():
            yield Finding(
                "problem",
                f"{path} belongs to another user of this machine.",
                "Run garminsync as the user who owns its files, or give it back with `chown`.",
            )
        elif found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
            yield Finding(
                "problem", f"{path} can be opened by other users of this machine.", f"Run `chmod {mode} {path}`."
            )


def _private(paths: Paths) -> Iterable[Path]:
    from ..paths import backups_beside, beside, key_beside

    backups = backups_beside(paths.database)
    return dict.fromkeys(
        [
            paths.database,
            *beside(paths.database),
            paths.key,
            *(key_beside(paths.key, what) for what in ("next", "replaced")),
            paths.config,
            paths.files,
            paths.logs,
            *_inside(paths.logs),
            paths.run,
            *_inside(paths.run),
            backups,
            *_inside(backups),
        ]
    )


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def room(paths: Paths, database: Database) -> Iterator[Finding]:
    """Free space of each disk that something is written to."""
    from ..units import size

    disks: dict[int, Path] = {}
    for folder in (paths.database.parent if database.sqlite else paths.files, paths.files, paths.logs):
        if folder.exists():
            disks.setdefault(folder.stat().st_dev, folder)
    for folder in disks.values():
        free = shutil.disk_usage(folder).free
        text = f"{size(free)} free for {folder}"
        hint = "Make room there: a sync waits where a disk is full, and goes on by itself."
        if free < _NO_ROOM_BYTES:
            yield Finding("problem", text, hint)
        elif free < _LITTLE_ROOM_BYTES:
            yield Finding("note", text, hint)
        else:
            yield Finding("ok", text)


def network(paths: Paths, database: Database, mounts: str | None = None) -> Iterator[Finding]:
    """A SQLite file on a disk of another machine."""
    if not database.sqlite:
        return
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
        except OSError:
            return  # no Linux: nobody to ask
    kind = file_system(paths.database.parent.resolve(), mounts)
    if kind in _NETWORK:
        yield Finding(
            "problem",
            f"{paths.database} lies on a network file system ({kind}), where SQLite cannot keep processes apart.",
            "Move the home to a disk of this machine, or use PostgreSQL: docs/moving.md.",
        )


def file_system(folder: Path, mounts: str) -> str:
    """The kind of file system that `folder` lies on, by the text of /proc/self/mountinfo (proc(5))."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields, described = left.split(), right.split()
        if len(fields) < 5 or not described:
            continue
        point = fields[4].encode().decode("unicode_escape")  # a blank is written \040
        # What is mounted later covers what is there.
        if folder.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), described[0]
    return kind


def originals(seen: Glance, missing: int) -> Iterator[Finding]:
    """Whether there are fewer files than activities, and what the newest look at all of them found."""
    from .status import verified_line

    if missing > 0:
        yield Finding(
            "problem",
            f"Of the original files of {seen.activities} activities {missing} are not here.",
            "`garminsync verify --repair` finds what is missing, and the next sync fetches it again.",
        )
    if not seen.activities and seen.verified is None:
        return
    line = f"Original files: {verified_line(seen)}"
    if seen.verified is None:
        yield Finding("note", line, "`garminsync verify --read-data` reads every one of them.")
    elif seen.verified.problems:
        queued = seen.verified.counts.get("queued")
        fetch, mend = "`garminsync sync activities` fetches", "`garminsync verify --repair` mends what can be mended."
        yield Finding("problem", line, f"{fetch} what is queued; then verify again." if queued else mend)
        for problem in seen.verified.problems[:_SHOWN]:
            yield Finding("problem", problem, "See `garminsync jobs list` and `jobs show` for all of it.")
    else:
        yield Finding("ok", line)


def locks(dead: Iterable[RunnerRow], seen: Glance) -> Iterator[Finding]:
    """Processes that ended without a word, and jobs that nobody does any more."""
    for row in dead:
        yield Finding(
            "note",
            f"A {row.kind} (process {row.pid} on {row.host}) ended without a word.",
            "Nothing is lost: what it did goes on with the next app, daemon or sync, which also forgets it.",
        )
    if seen.jobs.get("in_progress") and not seen.runners:
        yield Finding(
            "note", "A job is in progress and nobody does it.", "It goes on with the next app, daemon or sync."
        )


# ── Garmin ───────────────────────────────────────────────────────────────────────────────────────────


def key(state: KeyState, seen: Glance) -> Iterator[Finding]:
    """Whether the key is here and opens the stored tokens, and how long Garmin accepts them."""
    from ..account_words import PROVIDERS, sign_in_needed, token_state

    closed = sum(each.sealed for each in state.ring if not each.opens)
    if closed:
        yield Finding(
            "problem",
            state.problem.message if state.problem else f"The key in {state.source} opens none of the stored tokens.",
            "Bring the right key back (`garminsync keys import`), or sign in again: everything synced stays.",
        )
    elif state.ring:
        yield Finding("ok", f"The key in {state.source} opens the stored tokens")
    if seen.account is None:
        return
    if seen.account.sign_in_needed_since:
        problem = sign_in_needed(seen.account.provider)
        yield Finding("problem", problem.message, problem.hint)
    else:
        yield Finding("ok", f"Signed in by {PROVIDERS[seen.account.provider]}: {token_state(seen.account)}")


def garmin(seen: Glance) -> Iterator[Finding]:
    """Why Garmin is not asked, or slower, and how its clock and this machine's agree."""
    from ..units import span
    from .status import garmin_lines

    for line in garmin_lines(seen):
        yield Finding(
            "note", f"Garmin: {line}", "Nothing needs doing: it goes on by itself. Asking earlier makes it longer."
        )
    for pace in seen.paces:
        ahead_s = pace.clock_ahead_s
        if ahead_s is not None and abs(ahead_s) > _CLOCK_S:
            how = "ahead of" if ahead_s > 0 else "behind"
            yield Finding(
                "problem",
                f"The clock of the machine that asked last was {span(abs(ahead_s))} {how} that of {pace.server}.",
                "Let it set its clock by the network (`timedatectl set-ntp true`).",
            )


def coverage(seen: Glance, config: Config) -> Iterator[Finding]:
    """How much of what is asked for is here."""
    from .status import coverage_line

    if seen.account is None:
        return
    line = coverage_line(seen, config)
    if "complete" in line and "%" not in line and "failed" not in line:
        yield Finding("ok", f"Coverage: {line}")
    else:
        yield Finding(
            "note", f"Coverage: {line}", "Gaps fill themselves while the app or the daemon runs, or with a sync."
        )


def failures(causes: list[Cause]) -> Iterator[Finding]:
    """What could not be fetched, and why."""
    for cause in causes[:_SHOWN]:
        days = "1 day" if cause.days == 1 else f"{cause.days} days"
        yield Finding(
            "problem",
            f"{cause.endpoint}: {days} failed, the newest {cause.newest}: {cause.reason}",
            "They are tried again by themselves; `garminsync coverage` shows when.",
        )


def drift(left_out: list[LeftOut]) -> Iterator[Finding]:
    """What Garmin's answers held that is not known."""
    for each in left_out[:_SHOWN]:
        days = "1 day" if each.days == 1 else f"{each.days} days"
        yield Finding(
            "note",
            f"Left out of Garmin's answers: {each.values} {each.what}, on {days}, the newest {each.newest}.",
            "A newer garminsync may know this form; `garminsync reparse` then reads the kept answers again.",
        )


def keymap(paths: Paths) -> Iterator[Finding]:
    """What the config file says of the app's keys and cannot be."""
    from ..tui.keymap import HINT, read

    for problem in read(paths.config).problems:
        yield Finding("problem", str(problem), HINT)


def stored_files(paths: Paths) -> int:
    """How many original files lie in this machine's folder, drafts and what was set aside left out."""
    count = 0
    for account in _inside(paths.files):
        if len(account.name) == 36 and not account.is_symlink():  # named by its id
            for _, _, names in os.walk(account):
                count += sum(not name.startswith(".") for name in names)
    return count
