"""Secrets that are easy to find again, and the search for them in whatever the program leaves behind."""

from __future__ import annotations

import base64
import json
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import asyncpg

from garminsync_tui.simulator import Simulator


def forms(secret: str | bytes) -> set[bytes]:
    """A secret as it is and as it is commonly written: base64 wherever it begins, hexadecimal, in URLs, in JSON."""
    plain = secret.encode() if isinstance(secret, str) else secret
    found = {plain, plain.hex().encode(), plain.hex().upper().encode(), plain[::-1]}
    found |= {quote(plain, safe="").encode(), quote_plus(plain).encode()}
    found |= {plain.decode("latin-1").encode("utf-16-le"), json.dumps(plain.decode("latin-1"))[1:-1].encode()}
    for ahead in range(3):
        # What stands before and after it shares letters with its ends.
        encoded = base64.b64encode(b"\0" * ahead + plain)
        inner = encoded[-(-ahead * 8 // 6) : len(b"\0" * ahead + plain) * 8 // 6]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


class Canary:
    """The secrets of one walk, by what they are."""

    def __init__(self, **secrets: str | bytes) -> None:
        self._forms: dict[str, set[bytes]] = {}
        for name, secret in secrets.items():
            self.add(name, secret)

    def add(self, name: str, secret: str | bytes) -> None:
        assert len(secret) >= 8, "a short one may appear by chance"
        self._forms.setdefault(name, set()).update(forms(secret))

    def overhear(self, simulator: Simulator) -> None:
        """Every ticket and token that the simulator hands out from now on is a secret, too."""
        sign_in = simulator._sign_in
        issue, ticketed = sign_in.issue, sign_in._ticketed

        def issued(client: str) -> dict[str, object]:
            answer = issue(client)
            self.add("access token", answer["access_token"])
            self.add("refresh token", answer["refresh_token"])
            return answer

        def with_ticket(service: str) -> dict[str, object]:
            answer = ticketed(service)
            self.add("ticket", answer["serviceTicketId"])
            return answer

        issue_personal = sign_in.issue_personal

        def issued_personal() -> str:
            access = issue_personal()
            self.add("access token", access)
            return access

        sign_in.issue_personal = issued_personal  # type: ignore[method-assign]
        self.add("API key", simulator.api_key)
        sign_in.issue, sign_in._ticketed = issued, with_ticket  # type: ignore[method-assign]

    def in_bytes(self, content: bytes) -> set[str]:
        """Which secrets are in there."""
        return {name for name, forms_ in self._forms.items() if any(form in content for form in forms_)}

    def below(self, folder: Path, *, except_for: tuple[Path, ...] = ()) -> Iterator[str]:
        """Where secrets lie in the files below `folder`, databases looked into."""
        for path in folder.rglob("*"):
            if not path.is_file() or path in except_for:
                continue
            content = path.read_bytes()
            for name in sorted(self.in_bytes(content)):
                yield f"{name} in {path}"
            if content.startswith(b"SQLite format 3\0"):
                yield from (f"{name} in a kept answer in {path}" for name in sorted(self._in_answers(path)))

    def _in_answers(self, path: Path) -> set[str]:
        with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.OperationalError):
            rows = connection.execute("SELECT body FROM raw_responses WHERE body IS NOT NULL")
            return set().union(*(self.in_bytes(zlib.decompress(body)) for (body,) in rows))
        return set()

    async def on_server(self, url: str) -> list[str]:
        """Where secrets lie in the tables of a PostgreSQL database."""
        connection = await asyncpg.connect(url)
        found = []
        try:
            tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            assert len(tables) > 10
            for (table,) in tables:
                for row in await connection.fetch(f'SELECT t::text FROM "{table}" t'):
                    found += [f"{name} in {table}" for name in self.in_bytes(str(row[0]).encode())]
            for (body,) in await connection.fetch("SELECT body FROM raw_responses WHERE body IS NOT NULL"):
                found += [f"{name} in a kept answer" for name in self.in_bytes(zlib.decompress(body))]
        finally:
            await connection.close()
        return found


class ProcessList:
    """Looks at the arguments of every process, again and again until it is closed."""

    def __init__(self, canary: Canary) -> None:
        self._canary = canary
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.found: set[str] = set()
        self.looks = 0

    def __enter__(self) -> ProcessList:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.2):
            seen = bytearray()
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    seen += path.read_bytes()
            self.found |= self._canary.in_bytes(bytes(seen))
            self.looks += 1
