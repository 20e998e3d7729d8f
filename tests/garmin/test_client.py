"""The data client, over real sockets to a server that answers as it is told."""

from __future__ import annotations

import asyncio
import gzip
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import stamina

from garminsync_tui.errors import (
    Blocked,
    DiskFull,
    GarminSyncError,
    NotAtGarmin,
    RateLimited,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
)
from garminsync_tui.garmin.client import Client, Limits
from garminsync_tui.garmin.endpoints import BY_NAME
from garminsync_tui.garmin.providers import APP_HEADERS
from garminsync_tui.garmin.server import Server

from .scripted import Answer, Asked, Scripted

QUICK = Limits(request_s=20, connect_s=20, slowest_bytes_s=500.0, json_bytes=100_000, attempts=3)
#: For answers that never end. Other tests must not depend on how busy the machine is.
SHORT = replace(QUICK, request_s=0.5)


class OneToken:
    """A bearer that renews once for all who wait."""

    def __init__(self, *tokens: str) -> None:
        self.left = list(tokens or ("token-1", "token-2"))
        self.current = self.left.pop(0)
        self.renewals = 0
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        return self.current

    async def renew(self, refused: str) -> str:
        async with self._lock:
            if refused == self.current:
                self.renewals += 1
                if not self.left:
                    raise SignInRequired
                self.current = self.left.pop(0)
            return self.current


class Counting:
    """A budget without limit that remembers."""

    def __init__(self) -> None:
        self.taken = 0
        self.waits: list[float | None] = []
        self.blocks = 0
        self.server_times: list[datetime | None] = []

    async def take(self) -> None:
        self.taken += 1

    async def refused(self, retry_after_s: float | None) -> float:
        self.waits.append(retry_after_s)
        return 60.0 if retry_after_s is None else retry_after_s

    async def blocked(self) -> float:
        self.blocks += 1
        return 3600.0

    async def answered(self, server_time: datetime | None) -> None:
        self.server_times.append(server_time)


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


class Talk:
    """A client, the server it talks to, and what each saw."""

    def __init__(
        self, answer: Callable[[Asked], Answer], bearer: OneToken | None = None, limits: Limits = QUICK
    ) -> None:
        self.scripted = Scripted(answer)
        self.bearer = bearer or OneToken()
        self.budget = Counting()
        self.client = Client(self.scripted.server, self.bearer, self.budget, "me/you", limits=limits)

    async def __aenter__(self) -> Talk:
        self.scripted.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self.client:
            pass
        self.scripted.__exit__()

    @property
    def asked(self) -> list[Asked]:
        return self.scripted.asked


def always(*args: Any, **kwargs: Any) -> Callable[[Asked], Answer]:
    return lambda _: Answer(*args, **kwargs)


def first_then(*answers: Answer) -> Callable[[Asked], Answer]:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def problem(work: Any) -> GarminSyncError:
    with pytest.raises(GarminSyncError) as caught:
        await work
    assert caught.value.hint
    assert "me%2Fyou" not in caught.value.message
    return caught.value


async def test_it_sends_what_the_library_sends() -> None:
    from garminconnect.client.transport import _native_headers

    assert dict(APP_HEADERS) == _native_headers()
    async with Talk(always(200, {"a": 1})) as talk:
        assert await talk.client.get("/x", {"q": "1"}) == {"a": 1}
    [asked] = talk.asked
    assert (asked.path, asked.query) == ("/x", {"q": "1"})
    assert asked.headers["authorization"] == "Bearer token-1"
    assert asked.headers["accept"] == "application/json"
    assert {name.lower(): value for name, value in APP_HEADERS.items()}.items() <= asked.headers.items()
    assert talk.client.requests == talk.budget.taken == 1


async def test_an_endpoint_is_asked_by_its_table() -> None:
    async with Talk(always(200, None)) as talk:
        await talk.client.fetch(BY_NAME["sleep"], date(2026, 5, 1), date(2026, 5, 1))
        await talk.client.fetch(BY_NAME["hrv_summaries"], date(2026, 5, 1), date(2027, 4, 30))
        with pytest.raises(ValueError, match="365 days"):
            await talk.client.fetch(BY_NAME["hrv_summaries"], date(2026, 5, 1), date(2027, 5, 1))
    assert [(asked.path, asked.query) for asked in talk.asked] == [
        ("/wellness-service/wellness/dailySleepData/me%2Fyou", {"date": "2026-05-01", "nonSleepBufferMinutes": "60"}),
        ("/hrv-service/hrv/daily/2026-05-01/2027-04-30", {}),
    ]


def of_a_watch(asked: Asked) -> Answer:
    return Answer(200, {"userDeviceId": 3412345678}) if asked.path.endswith("/mylastused") else Answer(403)


async def test_a_watch_is_asked_for_once_and_its_number_stays_out_of_messages() -> None:
    async with Talk(of_a_watch) as talk:
        for day in (date(2026, 5, 1), date(2026, 5, 2)):
            refused = await problem(talk.client.fetch(BY_NAME["solar"], day, day))
            assert "3412345678" not in refused.message
        await problem(talk.client.fetch(BY_NAME["lifestyle"], date(2026, 5, 1), date(2026, 5, 1)))
    assert [asked.path for asked in talk.asked] == [
        "/device-service/deviceservice/mylastused",
        "/web-gateway/solar/3412345678/2026-05-01/2026-05-01",
        "/web-gateway/solar/3412345678/2026-05-02/2026-05-02",
        "/lifestylelogging-service/dailyLog/2026-05-01",
    ]


@pytest.mark.parametrize(
    "told", [None, [], {}, {"userDeviceId": None}, {"userDeviceId": "../x"}, {"userDeviceId": 1.5}]
)
async def test_without_a_watch_there_is_no_sunlight_and_no_second_question(told: Any) -> None:
    async with Talk(always(200, told)) as talk:
        for _ in range(2):
            assert await talk.client.fetch(BY_NAME["solar"], date(2026, 5, 1), date(2026, 5, 1)) is None
    assert len(talk.asked) == 1


@pytest.mark.parametrize("answer", [Answer(204), Answer(200, b""), Answer(200, b" \n"), Answer(200, b"null")])
async def test_no_content_is_none(answer: Answer) -> None:
    async with Talk(lambda _: answer) as talk:
        assert await talk.client.get("/x") is None


async def test_not_a_number_is_null() -> None:
    async with Talk(always(200, b'{"a": NaN, "b": [Infinity, -Infinity, 1]}')) as talk:
        assert await talk.client.get("/x") == {"a": None, "b": [None, None, 1]}


async def test_no_cookie_is_kept() -> None:
    async with Talk(always(200, {}, {"set-cookie": "SESSION=1; Path=/"})) as talk:
        await talk.client.get("/x")
        await talk.client.get("/x")
    assert "cookie" not in talk.asked[1].headers


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_refused_token_is_renewed_once_for_five_callers() -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(200, {"ok": True}) if asked.headers["authorization"] == "Bearer token-2" else Answer(401)

    async with Talk(answer) as talk:
        assert await asyncio.gather(*(talk.client.get("/x") for _ in range(5))) == [{"ok": True}] * 5
    assert talk.bearer.renewals == 1
    assert talk.client.requests == talk.budget.taken == 10


async def test_a_second_refusal_asks_for_a_sign_in() -> None:
    async with Talk(always(401, {})) as talk:
        assert isinstance(await problem(talk.client.get("/x")), SignInRequired)
    assert len(talk.asked) == 2


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("14", 14.0),
        (None, None),
        ("soon", None),
        ("86400", 86400.0),
        ("0", 0.0),
        ("-5", None),
        ("9" * 400, None),
    ],
)
async def test_a_429_is_told_to_the_budget_and_not_tried_again(header: str | None, wait_s: float | None) -> None:
    async with Talk(always(429, {}, {"retry-after": header} if header else {})) as talk:
        caught = await problem(talk.client.get("/x"))
    assert type(caught) is RateLimited
    assert caught.retry_after_s == (60 if wait_s is None else wait_s)
    assert talk.budget.waits == [wait_s]
    assert len(talk.asked) == 1


async def test_a_429_may_name_a_date() -> None:
    from datetime import datetime

    moment = datetime.now(UTC) + timedelta(minutes=10)
    async with Talk(always(429, {}, {"retry-after": format_datetime(moment, usegmt=True)})) as talk:
        caught = await problem(talk.client.get("/x"))
    assert isinstance(caught, RateLimited) and caught.retry_after_s is not None
    assert 500 < caught.retry_after_s <= 601


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_not_there(status: int, tmp_path: Path) -> None:
    async with Talk(always(status, {"message": "HTTP 404 Not Found"})) as talk:
        assert isinstance(await problem(talk.client.get("/activity/me%2Fyou")), NotAtGarmin)
        assert await talk.client.download("/x", tmp_path / "file") is False
    assert len(talk.asked) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [400, 403, 409, 422, 301, 304, 206])
async def test_other_refusals_are_unexpected_and_not_tried_again(status: int) -> None:
    async with Talk(always(status, {"message": "\x1b[31mno"})) as talk:
        caught = await problem(talk.client.get("/x"))
    assert type(caught) is UnexpectedAnswer
    assert str(status) in caught.message and "\x1b" not in caught.message
    assert len(talk.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (403, b"<html>Just a moment...</html>", {}),
        (403, b"<html>No.</html>", {}),
        (503, b"<html><title>Just A Moment...</title></html>", {}),
        (503, b"<html>" + b" " * 60_000 + b'<script src="/cdn-cgi/challenge-platform/x">', {}),
        (503, b"", {"cf-mitigated": "challenge"}),
    ],
)
async def test_a_page_of_the_gate_is_told_to_the_budget_and_not_tried_again(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    async with Talk(always(status, body, {"content-type": "text/html; charset=UTF-8", **headers})) as talk:
        caught = await problem(talk.client.get("/x"))
    assert type(caught) is Blocked and "blocks" in caught.message
    assert caught.retry_after_s == 3600
    assert (talk.budget.blocks, len(talk.asked), talk.budget.server_times) == (1, 1, [])


@pytest.mark.parametrize(
    ("status", "headers"),
    [(503, {"content-type": "text/html", "server": "cloudflare", "cf-ray": "1"}), (403, {"cf-ray": "1"})],
)
async def test_trouble_behind_the_gate_is_no_closed_gate(status: int, headers: dict[str, str]) -> None:
    async with Talk(always(status, b"<html>Service Unavailable</html>", headers)) as talk:
        assert not isinstance(await problem(talk.client.get("/x")), Blocked)
    assert talk.budget.blocks == 0


async def test_the_budget_hears_of_answers_and_of_the_time_in_them() -> None:
    async with Talk(lambda asked: Answer(int(asked.path[1:]), {})) as talk:
        for status in (404, 400, 500):
            await problem(talk.client.get(f"/{status}"))
    assert all(moment and abs(moment - datetime.now(UTC)) < timedelta(minutes=1) for moment in talk.budget.server_times)
    assert len(talk.budget.server_times) == 2, "a server that has trouble says nothing of its pace"


# ── What may have passed by the next try ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [
        Answer(500),
        Answer(502, b"<html>"),
        Answer(503),
        Answer(how="reset"),
        Answer(200, {"a": "x" * 1000}, how="truncated"),
        Answer(200, {"a": "x" * 1000}, how="drip"),
        Answer(200, b"not gzip", {"content-encoding": "gzip"}),
    ],
    ids=["500", "502", "503", "reset", "truncated", "drip", "bad gzip"],
)
async def test_it_is_tried_again_and_charged(fault: Answer) -> None:
    limits = SHORT if fault.how == "drip" else QUICK
    async with Talk(first_then(fault, Answer(200, {"ok": True})), limits=limits) as talk:
        assert await talk.client.get("/x") == {"ok": True}
    assert len(talk.asked) == talk.client.requests == talk.budget.taken == 2

    async with Talk(lambda _: fault, limits=limits) as talk:
        assert isinstance(await problem(talk.client.get("/x")), Unavailable)
    assert len(talk.asked) == 3


async def test_no_connection_is_unavailable() -> None:
    with Scripted(always(200)) as scripted:
        server = scripted.server
    async with Client(server, OneToken(), Counting(), "me", limits=QUICK) as client:
        assert isinstance(await problem(client.get("/x")), Unavailable)
        assert client.requests == 3


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><html></html>", "text/html"),
        (b"<html></html>", "application/json"),
        (b"Garmin is down", "application/json"),
        (b'{"a": 1', "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "application/json"),
    ],
    ids=["page", "page as json", "words", "torn", "bytes", "depth bomb", "number bomb"],
)
async def test_what_is_no_json_is_unexpected(body: bytes, kind: str) -> None:
    async with Talk(always(200, body, {"content-type": kind})) as talk:
        caught = await problem(talk.client.get("/x"))
    assert type(caught) is UnexpectedAnswer
    assert ("web page" in caught.message) == (b"<html>" in body)
    assert len(talk.asked) == 1


async def test_a_bomb_is_cut_off_at_its_decoded_size() -> None:
    packed = gzip.compress(b" " * 20_000_000)
    async with Talk(always(200, packed, {"content-encoding": "gzip"})) as talk:
        assert "larger" in (await problem(talk.client.get("/x"))).message


async def test_a_large_answer_within_the_limit_is_read() -> None:
    rows = list(range(300_000))
    async with Talk(always(200, rows), limits=Limits()) as talk:
        assert await talk.client.get("/x") == rows


async def test_a_cancelled_request_ends_at_once_and_the_client_lives_on() -> None:
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    answers = first_then(Answer(200, {"a": "x" * 5000}, how="drip"), Answer(200, {"ok": True}))

    def answer(asked: Asked) -> Answer:
        loop.call_soon_threadsafe(arrived.set)
        return answers(asked)

    async with Talk(answer, limits=Limits()) as talk:
        task = asyncio.create_task(talk.client.get("/x"))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await talk.client.get("/x") == {"ok": True}


# ── Files ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_download_is_a_new_private_file(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    old = os.umask(0)
    try:
        async with Talk(always(200, content, {"content-type": "application/zip"})) as talk:
            assert await talk.client.download("/x", tmp_path / "file") is True
    finally:
        os.umask(old)
    assert (tmp_path / "file").read_bytes() == content
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert talk.asked[0].headers["accept"] == "*/*"


async def test_a_download_never_writes_over_or_through_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    async with Talk(always(200, b"theirs")) as talk:
        for name in ("target", "link"):
            with pytest.raises(FileExistsError):
                await talk.client.download("/x", tmp_path / name)
    assert (tmp_path / "target").read_text() == "mine"


@pytest.mark.parametrize("answer", [Answer(204), Answer(200, b"")], ids=["204", "empty"])
async def test_an_empty_download_leaves_nothing(answer: Answer, tmp_path: Path) -> None:
    async with Talk(lambda _: answer) as talk:
        assert await talk.client.download("/x", tmp_path / "file") is False
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["truncated", "drip"])
async def test_a_torn_download_starts_anew(how: str, tmp_path: Path) -> None:
    content = b"y" * 1000
    limits = SHORT if how == "drip" else QUICK
    async with Talk(first_then(Answer(200, b"x" * 1000, how=how), Answer(200, content)), limits=limits) as talk:
        assert await talk.client.download("/x", tmp_path / "file") is True
    assert (tmp_path / "file").read_bytes() == content

    async with Talk(always(200, content, how=how), limits=limits) as talk:
        assert isinstance(await problem(talk.client.download("/x", tmp_path / "other")), Unavailable)
    assert not (tmp_path / "other").exists()


async def test_a_steady_download_may_take_longer_than_a_request(tmp_path: Path) -> None:
    limits = Limits(request_s=0.5, slowest_bytes_s=10.0, attempts=1)
    async with Talk(always(200, b"x" * 40, how="drip"), limits=limits) as talk:
        assert await talk.client.download("/x", tmp_path / "file") is True
    assert (tmp_path / "file").stat().st_size == 40


async def test_a_download_is_cut_off_at_its_size(tmp_path: Path) -> None:
    async with Talk(always(200, b"x" * 10_000)) as talk:
        caught = await problem(talk.client.download("/x", tmp_path / "file", max_bytes=9_999))
        assert type(caught) is UnexpectedAnswer
        assert not (tmp_path / "file").exists()
        assert await talk.client.download("/x", tmp_path / "file", max_bytes=10_000) is True


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
async def test_a_full_disk_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The one file that is always full cannot be created anew: everything but the opening is real.
    (tmp_path / "file").touch()
    real_open = os.open
    monkeypatch.setattr(os, "open", lambda path, *_: real_open("/dev/full", os.O_WRONLY))
    async with Talk(always(200, b"x" * 100_000)) as talk:
        assert isinstance(await problem(talk.client.download("/x", tmp_path / "file")), DiskFull)
    assert not (tmp_path / "file").exists()


# ── Redirects: only Garmin's own hosts have them, so the network is replaced here ─────────────────


async def follow(*locations: str, server: str = "garmin.com") -> tuple[Any, list[httpx2.Request]]:
    sent: list[httpx2.Request] = []
    left = list(locations)

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        if left:
            return httpx2.Response(302, headers={"location": left.pop(0)})
        return httpx2.Response(200, stream=httpx2.ByteStream(b'{"ok": true}'))

    async with Client(
        Server.parse(server), OneToken(), Counting(), "me", limits=QUICK, transport=httpx2.MockTransport(answer)
    ) as client:
        try:
            found = await client.get("/x", {"q": "1"})
        except UnexpectedAnswer as caught:
            found = caught
    return found, sent


async def test_redirects_within_garmin_are_followed_without_the_bearer_elsewhere() -> None:
    found, sent = await follow("https://files.garmin.com/y?z=2", "https://connectapi.garmin.com/w")
    assert found == {"ok": True}
    assert [str(request.url) for request in sent] == [
        "https://connectapi.garmin.com/x?q=1",
        "https://files.garmin.com/y?z=2",
        "https://connectapi.garmin.com/w",
    ]
    assert ["authorization" in request.headers for request in sent] == [True, False, True]


@pytest.mark.parametrize(
    "location",
    [
        "http://connectapi.garmin.com/y",
        "https://garmin.com.example.org/y",
        "https://evilgarmin.com/y",
        "https://garmin.cn/y",
        "http://127.0.0.1/y",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
async def test_other_redirects_are_not_followed(location: str) -> None:
    found, sent = await follow(location)
    assert isinstance(found, UnexpectedAnswer)
    assert len(sent) == 1


async def test_redirects_end_after_three() -> None:
    found, sent = await follow(*["/y"] * 3)
    assert found == {"ok": True} and len(sent) == 4
    found, sent = await follow(*["/y"] * 4)
    assert isinstance(found, UnexpectedAnswer) and len(sent) == 4


async def test_a_server_on_this_machine_redirects_nowhere() -> None:
    found, sent = await follow("https://connect.garmin.com/y", server="http://127.0.0.1:8765")
    assert isinstance(found, UnexpectedAnswer) and len(sent) == 1


async def test_the_proxy_of_the_environment_is_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Talk(always(200, {"ok": True})) as talk:
        assert await talk.client.get("/x") == {"ok": True}


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb'["a\u0000b"]', "a\ufffdb"),
        (rb'["\\u0000"]', "\\u0000"),
        (rb'["\ud83d\ude00"]', "😀"),
        (rb'["\ud83dx\udc9b"]', "\ufffdx\ufffd"),
        (rb'["\ud83d\ud83d\ude00"]', "\ufffd😀"),
        (b'["\xed\xb2\x9b"]', "\ufffd"),
        (rb'["\\\ud83d"]', "\\\ufffd"),
        ('["é😀"]'.encode(), "é😀"),
    ],
)
async def test_what_no_database_takes_is_not_in_an_answer(body: bytes, read: str) -> None:
    async with Talk(always(200, body)) as talk:
        assert await talk.client.get("/a") == [read]
