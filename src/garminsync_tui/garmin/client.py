"""The one data client: asks for JSON and files with a bearer, within a budget, and never waits for ever.

Every try is charged to the budget before it is sent. What may work a moment later (no connection, a time-out,
a 5xx, a torn answer) is tried again by the one retry layer there is, stamina; everything else is an error of
`errors.py` at once. Bodies are cut off at a size, requests at a time, downloads at a rate: a server that
sends one byte a second holds nobody.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, Protocol, Self
from urllib.parse import quote

import httpx2
import stamina

from ..errors import (
    Blocked,
    DiskFull,
    FileDamaged,
    NotAtGarmin,
    RateLimited,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
)
from . import gate, retry_after
from .endpoints import Endpoint
from .providers import APP, Capability, Provider
from .server import Server

_MIB = 1024 * 1024
#: What is unpacked at once: a thousand times more may lie in what came.
_PIECE_BYTES = 256 * 1024
_MOST_REDIRECTS = 3
_LAST_USED = "/device-service/deviceservice/mylastused"
_LATER = "Nothing stored was changed. It is tried again by itself."
_NOTHING_LOST = "Nothing stored was changed. The next sync asks again."

_HALF = re.compile("[\ud800-\udfff]")
_DOUBTFUL = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
#: An escape of JSON: a whole pair of surrogates, one code, or a letter.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|.)", re.DOTALL)


class Bearer(Protocol):
    """Who has the access token. `renew` is told which one was refused and refreshes once for all who wait."""

    async def token(self) -> str:
        """The access token to use now. Raises SignInRequired where there is none."""

    async def renew(self, refused: str) -> str:
        """Another token than `refused`. Raises SignInRequired where Garmin gives none."""


class Budget(Protocol):
    """How fast may be asked."""

    async def take(self) -> None:
        """Wait for a turn; called once for every request that is sent."""

    async def refused(self, retry_after_s: float | None) -> float:
        """Garmin asked to wait; for how long nobody asks."""

    async def blocked(self) -> float:
        """Garmin's gate let the request not through; for how long nobody asks."""

    async def answered(self, server_time: datetime | None) -> None:
        """Garmin answered, whatever it was, by its own clock at `server_time`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much and how often. Times in seconds, sizes in decoded bytes."""

    request_s: float = 60.0
    connect_s: float = 15.0
    #: A download may take `request_s` and then a second for each so many bytes.
    slowest_bytes_s: float = 1024.0
    json_bytes: int = 32 * _MIB
    #: Tries of one request, and the first and the longest wait between them.
    attempts: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 10.0


class _Passing(Unavailable):
    """A condition that may have passed by the next try."""


class _Received(NamedTuple):
    """A body that came."""

    kind: str
    #: Whether the answer said where it ends. Else the closed connection is its end, and may have cut it off.
    says_its_end: bool


class Client:
    """Asks one server for one account's data. Use as an async context manager.

    `transport` replaces the network, for an application that has its own.
    """

    def __init__(
        self,
        server: Server,
        bearer: Bearer,
        budget: Budget,
        display_name: str,
        *,
        provider: Provider = APP,
        limits: Limits | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.provider = provider
        self._server = server
        self._api = server.personal_api if provider.is_personal else server.api
        self._bearer = bearer
        self._budget = budget
        self._display_name = display_name
        self._limits = limits or Limits()
        self._requests = 0
        #: The number of the watch used last, once it was asked for; empty where there is none.
        self._device_id: str | None = None
        self._http = httpx2.AsyncClient(
            headers={**provider.headers, "Accept-Encoding": "gzip"},
            # No cookie is kept: the bearer is all there is to a session.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx2.Timeout(self._limits.request_s, connect=self._limits.connect_s),
            # A proxy is for the way out, never for this machine; and what is trusted takes 60 ms to load.
            trust_env=not server.is_loopback,
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if server.is_loopback else True,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def requests(self) -> int:
        """Requests sent so far, every try counted."""
        return self._requests

    async def fetch(self, endpoint: Endpoint, first: date, last: date) -> Any:
        """The decoded body of an endpoint for the days first..last; None where it needs a watch and there is none.

        Raises as `get`.
        """
        device_id = await self._device() if endpoint.needs_device else ""
        if endpoint.needs_device and not device_id:
            return None
        path, params = endpoint.address(first, last, self._display_name, device_id)
        body = await self.get(path, params)
        if endpoint.reshape is None:
            return body
        more = [await self._get_if_there(path.format(day=first.isoformat())) for path in endpoint.also]
        return endpoint.reshape(body, *more, day=first)

    async def _get_if_there(self, path: str) -> Any:
        try:
            return await self.get(path)
        except NotAtGarmin:
            return None

    def can(self, capability: Capability) -> bool:
        """Whether the account's sign-in may do this."""
        return capability in self.provider.capabilities

    async def _device(self) -> str:
        """The number of the watch that synced last (`userDeviceId`: modelled), asked for once; empty for none."""
        if self._device_id is None:
            told = await self.get(_LAST_USED)
            found = told.get("userDeviceId") if isinstance(told, dict) else None
            self._device_id = str(found) if isinstance(found, int | str) and str(found).isdecimal() else ""
        return self._device_id

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The decoded JSON of a path; None for no content.

        Raises SignInRequired, RateLimited, NotAtGarmin (404, 410), Unavailable, and UnexpectedAnswer for
        other refusals, for what is no JSON and for more of it than `Limits.json_bytes`.
        """
        return await self._json("GET", path, params)

    async def post(self, path: str) -> Any:
        """What Garmin answers to a request that may be made twice, without a body of its own. Raises as `get`."""
        return await self._json("POST", path, None)

    async def create(self, path: str, document: Mapping[str, Any]) -> Any:
        """Send a document that makes something new, exactly once; what Garmin answers.

        Raises as `get`; after Unavailable nobody knows whether it was made.
        """
        return await self._json("POST", path, None, document, attempts=1)

    async def replace(self, path: str, document: Mapping[str, Any]) -> Any:
        """Send a document in the place of another; it may be sent twice. Raises as `get`."""
        return await self._json("PUT", path, None, document)

    async def delete(self, path: str) -> None:
        """Delete what is at a path. Raises as `get`: NotAtGarmin where it is not there, or is gone by a first try."""
        await self._json("DELETE", path, None)

    async def _json(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        document: Mapping[str, Any] | None = None,
        *,
        attempts: int | None = None,
    ) -> Any:
        body = bytearray()
        found: Any = None
        async for attempt in self._tries(attempts):
            with attempt:
                body.clear()
                received = await self._receive(
                    path, params, "application/json", body.extend, self._limits.json_bytes,
                    method=method, document=document,
                )  # fmt: skip
                found = self._decoded(path, received, bytes(body))
        return found

    async def download(
        self,
        path: str,
        into: Path,
        max_bytes: int = 256 * _MIB,
        *,
        check: Callable[[Path], object] = lambda file: None,
    ) -> bool:
        """Write a file as it comes to `into`, which must not exist yet; False, and no file, where none is.

        The file is readable by its owner only. `check` looks at a file whose end only the closed connection marked,
        and raises FileDamaged where it is not whole: it was cut off, and is fetched again. Raises FileExistsError,
        DiskFull, and otherwise as `get`; then nothing is left at `into`.
        """
        written = 0
        async for attempt in self._tries():
            with attempt:
                try:
                    with _new_file(into) as file:
                        slowest = self._limits.slowest_bytes_s
                        accept = self.provider.download_accept
                        received = await self._receive(path, None, accept, file.write, max_bytes, slowest)
                        written = file.tell()
                        if not received.says_its_end:
                            file.flush()
                            await _look_for_a_cut(into, written, check)
                except NotAtGarmin:
                    return False
        return written > 0

    def _tries(self, attempts: int | None = None) -> AsyncIterator[stamina.Attempt]:
        limits = self._limits
        return aiter(
            stamina.retry_context(
                on=_Passing,
                attempts=attempts or limits.attempts,
                timeout=3 * limits.request_s,
                wait_initial=limits.first_wait_s,
                wait_max=limits.longest_wait_s,
                wait_jitter=limits.first_wait_s,
            )
        )

    async def _receive(
        self,
        path: str,
        params: Mapping[str, str] | None,
        accept: str,
        sink: Callable[[bytes], object],
        most_bytes: int,
        slowest_bytes_s: float | None = None,
        method: str = "GET",
        document: Mapping[str, Any] | None = None,
    ) -> _Received:
        """Ask once (again after a 401, and over redirects): the body goes to `sink`."""
        url = httpx2.URL(self._api + path)
        content = None if document is None else json.dumps(document, allow_nan=False).encode()
        token = await self._bearer.token()
        renewed, redirects = False, 0
        while True:
            headers = {"Accept": accept}
            if redirects == 0 or url.host == httpx2.URL(self._api).host:
                headers["Authorization"] = f"Bearer {token}"
            if content is not None:
                headers["Content-Type"] = "application/json"
            await self._budget.take()
            self._requests += 1
            try:
                async with asyncio.timeout(self._limits.request_s) as deadline:
                    async with self._http.stream(
                        method, url, params=params, headers=headers, content=content
                    ) as response:
                        if response.status_code in (200, 201, 204):
                            await self._pour(path, response, sink, most_bytes, deadline, slowest_bytes_s)
                            await self._budget.answered(retry_after.moment(response.headers.get("date")))
                            return _received(response)
                        is_blocked = await _is_blocked(response)
            except TimeoutError:
                raise _Passing("Garmin takes too long to answer.", hint=_LATER) from None
            except httpx2.TransportError as error:
                raise _Passing(f"Garmin cannot be reached ({type(error).__name__}).", hint=_LATER) from None
            except (zlib.error, httpx2.DecodingError):
                raise _Passing("Garmin's answer came damaged.", hint=_LATER) from None
            await self._tell_budget(response, is_blocked)
            if response.status_code == 401 and not renewed:
                token, renewed = await self._bearer.renew(token), True
            elif response.has_redirect_location and redirects < _MOST_REDIRECTS and content is None:
                url, params, redirects = self._redirected(path, response), None, redirects + 1
            else:
                self._refuse(path, response)

    async def _pour(
        self,
        path: str,
        response: httpx2.Response,
        sink: Callable[[bytes], object],
        most_bytes: int,
        deadline: asyncio.Timeout,
        slowest_bytes_s: float | None,
    ) -> None:
        """Pass on the decoded body, up to a size. With a slowest rate the time allowed grows with what came."""
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", ""):
            raise self._unexpected(path, "is packed in a way that was not asked for")
        ends = deadline.when() or 0.0
        unpacked = 0
        async for part in response.aiter_raw() if coding != "gzip" else _unpacked(response.aiter_raw()):
            unpacked += len(part)
            if unpacked > most_bytes:
                raise self._unexpected(path, "is larger than any that is known")
            if slowest_bytes_s is not None:
                deadline.reschedule(ends + response.num_bytes_downloaded / slowest_bytes_s)
            sink(part)

    def _redirected(self, path: str, response: httpx2.Response) -> httpx2.URL:
        """Where a redirect leads: within Garmin's domain over https, and nowhere else."""
        try:
            url = response.url.join(response.headers["location"])
        except httpx2.InvalidURL:
            raise self._unexpected(path, "leads nowhere") from None
        at_home = url.host == self._server.domain or url.host.endswith(f".{self._server.domain}")
        if self._server.is_loopback or url.scheme != "https" or not at_home:
            raise self._unexpected(path, "leads away from Garmin's servers")
        return url

    async def _tell_budget(self, response: httpx2.Response, is_blocked: bool) -> None:
        """Raises Blocked and RateLimited where that is the answer: then nobody asks for a while."""
        date_header = retry_after.moment(response.headers.get("date"))
        if is_blocked:
            raise Blocked(await self._budget.blocked())
        if response.status_code == 429:
            asked_s = retry_after.seconds(response.headers.get("retry-after"), date_header)
            raise RateLimited(await self._budget.refused(asked_s))
        if response.status_code < 500:
            await self._budget.answered(date_header)

    def _refuse(self, path: str, response: httpx2.Response) -> NoReturn:
        status = response.status_code
        if status == 401:
            raise SignInRequired
        if status >= 500:
            raise _Passing(f"Garmin has trouble of its own (it answers {status}).", hint=_LATER)
        if status in (404, 410):
            raise NotAtGarmin(
                f"{self._shown(path)} is not, or no longer, at Garmin.", hint="What is stored of it stays."
            )
        raise self._unexpected(path, f"is a refusal ({status})")

    def _decoded(self, path: str, received: _Received, body: bytes) -> Any:
        text = body.strip()
        if not text and received.says_its_end:
            return None
        if "html" in received.kind or text.startswith(b"<"):
            raise self._unexpected(path, "is a web page, not data")
        try:
            return json.loads(_storable(text), parse_constant=_not_a_number)
        except (ValueError, RecursionError):
            if not received.says_its_end:
                raise _cut_off() from None
            raise self._unexpected(path, "is no JSON") from None

    def _unexpected(self, path: str, what: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(f"Garmin's answer for {self._shown(path)} {what}.", hint=_NOTHING_LOST)

    def _shown(self, path: str) -> str:
        """A path for messages, without the account's name or a watch's number in it."""
        for secret in (quote(self._display_name, safe=""), self._device_id):
            path = path.replace(secret, "…") if secret else path
        return path


def _storable(text: bytes) -> str:
    """JSON without what no database takes but JSON can spell: NUL, and half of a pair of surrogates."""
    found = _HALF.sub("\ufffd", text.decode(json.detect_encoding(text), "surrogatepass"))
    return _ESCAPE.sub(_mended, found) if _DOUBTFUL.search(found) else found


def _mended(escape: re.Match[str]) -> str:
    code = (escape[1] or "").lower()
    return "\\ufffd" if code == "0000" or "d800" <= code <= "dfff" else escape[0]


def _received(response: httpx2.Response) -> _Received:
    headers = response.headers
    says = response.status_code == 204 or "content-length" in headers or "transfer-encoding" in headers
    return _Received(headers.get("content-type", ""), says)


async def _unpacked(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What a gzip stream holds, never much at once. Raises zlib.error where it is none, or not all of one."""
    unpacker = zlib.decompressobj(wbits=31)
    async for part in parts:
        left = part
        while left:
            yield unpacker.decompress(left, _PIECE_BYTES)
            left = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise zlib.error("the stream has no end")


async def _look_for_a_cut(file: Path, size: int, check: Callable[[Path], object]) -> None:
    if not size:
        raise _cut_off()
    try:
        await asyncio.to_thread(check, file)
    except FileDamaged:
        raise _cut_off() from None


def _cut_off() -> _Passing:
    return _Passing("Garmin's answer was cut off.", hint=_LATER)


async def _is_blocked(response: httpx2.Response) -> bool:
    """Whether this is a page of the gate."""
    page = bytearray()
    if gate.may_be_page(response.status_code, response.headers):
        async for part in response.aiter_bytes():
            page += part
            if len(page) >= gate.PAGE_BYTES:
                break
    return gate.is_page(response.status_code, response.headers, bytes(page))


def _not_a_number(_: str) -> None:
    """NaN and Infinity are no JSON, and mean "not measured" where somebody sends them."""


@contextmanager
def _new_file(into: Path) -> Iterator[BinaryIO]:
    """A new file for its owner only, gone again unless the block ends well and has written something."""
    # O_EXCL: a file or a link that somebody else put there is never written through.
    descriptor = os.open(into, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    kept = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            written = file.tell()
        kept = written > 0
    except OSError as error:
        if error.errno in DiskFull.ERRNOS:
            room = "Make room on that disk; the sync goes on by itself."
            raise DiskFull(f"There is no room for a file in {into.parent}.", hint=room) from error
        raise
    finally:
        if not kept:
            into.unlink(missing_ok=True)
