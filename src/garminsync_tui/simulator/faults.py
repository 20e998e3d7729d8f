"""Faults on demand: what a server, a proxy or a cable may do to an answer."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import UsageProblem

KINDS = ("truncate", "cut", "reset", "garbage", "drip", "silence", "lost")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DRIP_S = 0.3
_DRIP_BYTES = 100_000
_GARBAGE = b"\x00\xff\x1b[31m<not json>\x9b{{{"
_EXAMPLE = "For example: path=dailyStress,status=503,count=3"


@dataclass(slots=True)
class Fault:
    """Happens to the requests whose path `path` (a regular expression) is found in."""

    path: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    #: Alone it only delays; the answer is the usual one.
    delay_s: float = 0.0
    #: One of KINDS.
    kind: str | None = None
    #: Only requests with a date from the first to the last of these, in path or query.
    dates: tuple[date, date] | None = None
    #: How often it still happens; None: always.
    count: int | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise UsageProblem(f"There is no fault {self.kind!r}.", hint=f"There are {', '.join(KINDS)}.")
        if self.status is not None and not 100 <= self.status <= 599:
            raise UsageProblem(f"{self.status} is no HTTP status.", hint=_EXAMPLE)
        if self.delay_s < 0 or (self.count is not None and self.count < 1):
            raise UsageProblem("A fault's delay and count are greater than zero.", hint=_EXAMPLE)
        try:
            re.compile(self.path)
        except re.error as problem:
            raise UsageProblem(f"The path {self.path!r} is no regular expression: {problem}.") from None

    def meets(self, path: str, query: str) -> bool:
        """Whether this request is one that it happens to."""
        if self.count == 0 or not re.search(self.path, path):
            return False
        if self.dates is None:
            return True
        first, last = self.dates
        return any(first.isoformat() <= day <= last.isoformat() for day in _DATE.findall(f"{path}?{query}"))

    def as_json(self) -> dict[str, Any]:
        """The fault as it is posted and listed."""
        return {
            "path": self.path,
            "status": self.status,
            "headers": dict(self.headers),
            "body": self.body,
            "delay_s": self.delay_s,
            "kind": self.kind,
            "dates": [day.isoformat() for day in self.dates] if self.dates else None,
            "count": self.count,
        }


def fault_of(given: Any) -> Fault:
    """A fault as it is posted. Raises UsageProblem saying what is wrong with it."""
    if not isinstance(given, dict) or not isinstance(given.get("path"), str):
        raise UsageProblem("A fault is an object with a path.", hint=_EXAMPLE)
    if unknown := set(given) - set(Fault.__slots__):
        raise UsageProblem(f"A fault has no {', '.join(sorted(map(str, unknown)))}.", hint=_EXAMPLE)
    try:
        return Fault(
            path=given["path"],
            status=_optional(int, given.get("status")),
            headers={str(name): str(value) for name, value in (given.get("headers") or {}).items()},
            body=str(given.get("body") or ""),
            delay_s=float(given.get("delay_s") or 0),
            kind=_optional(str, given.get("kind")),
            dates=_dates(given.get("dates")),
            count=_optional(int, given.get("count")),
        )
    except (TypeError, ValueError, AttributeError) as problem:
        raise UsageProblem(f"A fault cannot be read: {problem}.", hint=_EXAMPLE) from None


def parse_fault(spec: str) -> Fault:
    """A fault from the command line: `path=dailyStress,status=503,count=3`.

    `dates` is FIRST/LAST, a header is `header=Retry-After:60`. Commas separate the parts, so that neither path
    nor body may hold one. Raises UsageProblem saying what is wrong with it.
    """
    given: dict[str, Any] = {}
    headers = {}
    for part in spec.split(","):
        name, sign, value = part.partition("=")
        if not sign:
            raise UsageProblem(f"{part!r} in the fault {spec!r} has no value.", hint=_EXAMPLE)
        if name.strip() == "header":
            key, _, text = value.partition(":")
            headers[key.strip()] = text.strip()
        else:
            given[name.strip()] = value
    if "dates" in given:
        given["dates"] = given["dates"].split("/")
    return fault_of(given | ({"headers": headers} if headers else {}))


def _optional[T](kind: type[T], value: Any) -> T | None:
    return None if value is None else kind(value)  # type: ignore[call-arg]


def _dates(given: Any) -> tuple[date, date] | None:
    if given is None:
        return None
    first, last = (date.fromisoformat(str(day)) for day in given)
    return first, last


class Mishaps:
    """Stands before the application, lets faults happen, and takes its time where latency is asked for."""

    def __init__(self, app: ASGIApp, latency_ms: int, faults: Sequence[Fault]) -> None:
        self._app = app
        self._latency_s = latency_ms / 1000
        self.faults = list(faults)
        #: Set when the server stops: nobody waits any longer.
        self.closing = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or not."""
        fault = self._next(scope["path"], scope["query_string"].decode("latin-1"))
        delay_s = self._latency_s + (fault.delay_s if fault else 0.0)
        if delay_s:
            await self._wait(delay_s)
        if fault is None or (fault.kind is None and fault.status is None):
            await self._app(scope, receive, send)
        elif fault.kind == "truncate":
            await self._truncate(scope, receive, send)
        elif fault.kind == "cut":
            await self._cut(scope, receive, send)
        elif fault.kind == "reset":
            await _reset(receive)
        elif fault.kind == "silence":
            await self._usual(scope, receive)
            await self._silent(receive)
        elif fault.kind == "lost":
            await self._usual(scope, receive)
            await _reset(receive)
        elif fault.kind == "drip":
            await self._drip(receive, send)
        elif fault.kind == "garbage":
            await _answer(send, 200, {"content-type": "application/json"}, _GARBAGE)
        else:
            headers = {"content-type": "application/json", **fault.headers}
            await _answer(send, fault.status or 500, headers, fault.body.encode())

    def _next(self, path: str, query: str) -> Fault | None:
        fault = next((fault for fault in self.faults if fault.meets(path, query)), None)
        if fault and fault.count is not None:
            fault.count -= 1
            if not fault.count:
                self.faults.remove(fault)
        return fault

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return

    async def _truncate(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The right Content-Length, half of the body, and the connection ends."""
        start, body = await self._usual(scope, receive)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        _transport(receive).close()
        await _hung_up(receive)

    async def _cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Half of the body, and nothing but the end of the connection says that this is all."""
        start, body = await self._usual(scope, receive)
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        lines = [b"HTTP/1.1 %d OK" % start["status"], *(b"%b: %b" % each for each in kept), b"connection: close"]
        # Not through the server, which would send it in chunks.
        _transport(receive).write(b"\r\n".join((*lines, b"", body[: len(body) // 2])))
        _transport(receive).close()
        await _hung_up(receive)

    async def _usual(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """The usual answer, without sending it."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        return messages[0], b"".join(message.get("body", b"") for message in messages)

    async def _silent(self, receive: Receive) -> None:
        """Say nothing until the other side hangs up, or the server stops."""
        ends = [asyncio.create_task(_hung_up(receive)), asyncio.create_task(self._closed())]
        _, pending = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        _transport(receive).abort()
        await _hung_up(receive)

    async def _drip(self, receive: Receive, send: Send) -> None:
        """One byte at a time, for hours, or until somebody hangs up."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % _DRIP_BYTES)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        ends = {asyncio.create_task(_hung_up(receive)), asyncio.create_task(self._closed())}
        try:
            for _ in range(_DRIP_BYTES):
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
                ended, _ = await asyncio.wait(ends, timeout=_DRIP_S, return_when=asyncio.FIRST_COMPLETED)
                if ended:
                    break
        finally:
            for end in ends:
                end.cancel()
        _transport(receive).abort()
        await _hung_up(receive)

    async def _closed(self) -> None:
        await self.closing.wait()


async def _hung_up(receive: Receive) -> None:
    """Wait until the connection has ended: an answer that breaks off before is a fault of the application."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(receive: Receive) -> asyncio.Transport:
    # uvicorn gives the application its request cycle's own method, and the cycle knows the connection.
    transport: asyncio.Transport = receive.__self__.transport  # type: ignore[attr-defined]
    return transport


async def _reset(receive: Receive) -> None:
    """A TCP RST: with a linger time of zero, closing throws away what was not sent."""
    transport = _transport(receive)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _hung_up(receive)


async def _answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
