"""What a server, a proxy, a resolver or a cable may do to an answer, over real sockets."""

from __future__ import annotations

import gzip
import os
import random
import socket
import tracemalloc
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina

from garminsync_tui.errors import FileDamaged, GarminSyncError, Unavailable, UnexpectedAnswer
from garminsync_tui.garmin.client import Client, Limits
from garminsync_tui.garmin.server import Server
from garminsync_tui.garmin.shapes import number
from garminsync_tui.garmin.sign_in import SignIn, Tokens, refresh

from .scripted import Answer, Asked, Scripted, jwt
from .test_client import QUICK, SHORT, Counting, OneToken, Talk, always, first_then, problem

MIB = 2**20
GOOD = Answer(200, {"ok": True})
GZIP = {"content-encoding": "gzip"}


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


# ── Cut off ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [
        Answer(200, {"a": "x" * 1000}, how="chunked cut"),
        Answer(200, {"a": "x" * 1000}, how="cut"),
        Answer(200, b"", how="unframed"),
        Answer(200, gzip.compress(os.urandom(1000))[:500], GZIP),
        Answer(200, gzip.compress(b'{"a": "' + b"x" * 1000 + b'"}')[:-8], GZIP, how="unframed"),
    ],
    ids=["chunked", "close-delimited", "close-delimited before its first byte", "gzip", "close-delimited gzip"],
)
async def test_an_answer_that_was_cut_off_is_asked_for_again(fault: Answer) -> None:
    async with Talk(first_then(fault, GOOD)) as talk:
        assert await talk.client.get("/x") == {"ok": True}
    assert len(talk.asked) == talk.budget.taken == 2
    async with Talk(lambda _: fault) as talk:
        assert isinstance(await problem(talk.client.get("/x")), Unavailable)
    assert len(talk.asked) == 3


async def test_a_whole_answer_may_end_with_its_connection() -> None:
    async with Talk(always(200, {"ok": True}, how="unframed")) as talk:
        assert await talk.client.get("/x") == {"ok": True}
    assert len(talk.asked) == 1


def only_y(file: Path) -> None:
    if file.read_bytes() != b"y" * 1000:
        raise FileDamaged(file.name, "is not whole")


@pytest.mark.parametrize(
    "cut",
    [Answer(200, b"x" * 1000, how="chunked cut"), Answer(200, b"x" * 1000, how="cut"), Answer(200, b"", how="cut")],
    ids=["chunked", "close-delimited", "before its first byte"],
)
async def test_a_file_that_was_cut_off_is_fetched_again_and_never_kept(cut: Answer, tmp_path: Path) -> None:
    whole = Answer(200, b"y" * 1000, how="unframed")
    async with Talk(first_then(cut, whole)) as talk:
        assert await talk.client.download("/x", tmp_path / "file", check=only_y) is True
    assert (tmp_path / "file").read_bytes() == b"y" * 1000
    async with Talk(lambda _: cut) as talk:
        caught = await problem(talk.client.download("/x", tmp_path / "other", check=only_y))
    assert isinstance(caught, Unavailable) and len(talk.asked) == 3
    assert not (tmp_path / "other").exists()


async def test_a_file_that_came_whole_is_taken_as_it_is(tmp_path: Path) -> None:
    """What is broken at Garmin is Garmin's: asking again would bring the same."""
    async with Talk(always(200, b"broken")) as talk:
        assert await talk.client.download("/x", tmp_path / "file", check=only_y) is True
    assert len(talk.asked) == 1


# ── Slow ─────────────────────────────────────────────────────────────────────────────────────────


async def test_headers_that_come_one_byte_at_a_time_end_by_the_total_time() -> None:
    async with Talk(first_then(Answer(how="drip headers"), GOOD), limits=SHORT) as talk:
        assert await talk.client.get("/x") == {"ok": True}
    assert len(talk.asked) == 2


async def test_the_slowest_rate_counts_what_came_and_not_what_it_unpacks_to(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31, 9, zlib.Z_FIXED)
    packed = b"".join(packer.compress(b"x" * 1000) + packer.flush(zlib.Z_SYNC_FLUSH) for _ in range(20))
    packed += packer.flush()
    limits = replace(SHORT, request_s=1, slowest_bytes_s=1000)
    with stamina.set_testing(True, attempts=1):
        async with Talk(always(200, packed, GZIP, how="drip"), limits=limits) as talk:
            assert isinstance(await problem(talk.client.download("/x", tmp_path / "file")), Unavailable)


async def test_a_server_that_says_nothing_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server.parse(f"http://127.0.0.1:{silent.getsockname()[1]}")
        async with Client(server, OneToken(), Counting(), "me", limits=replace(SHORT, request_s=0.1)) as client:
            assert isinstance(await problem(client.get("/x")), Unavailable)
            assert client.requests == 3


async def test_a_server_that_lets_nobody_in_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:  # more than it queues: whoever comes now hears nothing
            each.setblocking(False)
            each.connect_ex(address)
        limits = replace(QUICK, connect_s=0.1)
        async with Client(
            Server.parse(f"http://127.0.0.1:{address[1]}"), OneToken(), Counting(), "me", limits=limits
        ) as (client):
            caught = await problem(client.get("/x"))
        for each in waiting:
            each.close()
    assert isinstance(caught, Unavailable) and "ConnectTimeout" in caught.message


async def test_a_name_that_nobody_knows_is_unavailable() -> None:
    server = Server("http://garmin.invalid:80")  # reserved: it never has an address
    async with Client(server, OneToken(), Counting(), "me", limits=replace(QUICK, attempts=1)) as client:
        caught = await problem(client.get("/x"))
    assert isinstance(caught, Unavailable) and "ConnectError" in caught.message


# ── Too much ─────────────────────────────────────────────────────────────────────────────────────


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


async def test_a_bomb_takes_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    packed = bomb(100 * MIB)
    async with Talk(always(200, packed, GZIP), limits=replace(QUICK, json_bytes=2 * MIB)) as talk:
        tracemalloc.start()
        try:
            assert "larger" in (await problem(talk.client.get("/x"))).message
            caught = await problem(talk.client.download("/x", tmp_path / "file", max_bytes=8 * MIB))
            assert "larger" in caught.message
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert len(talk.asked) == 2
    assert list(tmp_path.iterdir()) == []
    assert peak < 8 * MIB


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate", "br", "zstd"])
async def test_what_is_packed_otherwise_than_asked_for_is_not_unpacked(coding: str) -> None:
    async with Talk(always(200, gzip.compress(bomb(MIB)), {"content-encoding": coding})) as talk:
        caught = await problem(talk.client.get("/x"))
    assert type(caught) is UnexpectedAnswer and len(talk.asked) == 1
    assert talk.asked[0].headers["accept-encoding"] == "gzip"


async def test_pieces_of_any_size_unpack_to_the_same() -> None:
    rows = [random.Random(1).randrange(10**12) for _ in range(60_000)]
    async with Talk(always(200, gzip.compress(str(rows).encode()), GZIP), limits=Limits()) as talk:
        assert await talk.client.get("/x") == rows


# ── Garbage ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        b"9" * MIB,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b"\x00\xff\x1b[31m{{{",
        b"NaN,",
    ],
    ids=["a number of a megabyte", "objects 10,000 deep", "lists 10,000 deep", "bytes", "words"],
)
async def test_garbage_is_an_unexpected_answer(body: bytes) -> None:
    async with Talk(always(200, body), limits=Limits()) as talk:
        try:
            deep: Any = await talk.client.get("/x")
        except UnexpectedAnswer as caught:
            assert "\x1b" not in caught.message and len(caught.message) < 200
        else:  # a parser that reads so deep leaves it to who looks at the data
            assert isinstance(deep, dict | list)
    assert len(talk.asked) == 1


async def test_numbers_beyond_all_bounds_are_none_of_ours() -> None:
    async with Talk(always(200, b'{"a": 1e999, "b": -1e999, "c": NaN}')) as talk:
        found = await talk.client.get("/x")
    assert [number(value) for value in found.values()] == [None, None, None]


# ── Elsewhere ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_token_is_never_carried_elsewhere(status: int, tmp_path: Path) -> None:
    with Scripted(always(200, {})) as elsewhere:
        away = Answer(status, b"", {"location": f"{elsewhere.url}/collect"})
        async with Talk(lambda _: away) as talk:
            assert type(await problem(talk.client.get("/x"))) is UnexpectedAnswer
            assert type(await problem(talk.client.download("/x", tmp_path / "file"))) is UnexpectedAnswer
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [302, 307, 308])
def test_a_refresh_token_is_never_carried_elsewhere(status: int) -> None:
    tokens = Tokens(
        access=jwt(), secret="CLIENT", refresh="refresh-1", expires_at=datetime.now(UTC) + timedelta(hours=1)
    )

    def away(asked: Asked) -> Answer:
        return Answer(status, b"", {"location": f"{elsewhere.url}/collect"})

    with Scripted(always(200, {})) as elsewhere, Scripted(away) as garmin:
        with pytest.raises(UnexpectedAnswer):  # which asks nobody to sign in again
            refresh(tokens, garmin.server)
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [302, 307, 308])
def test_a_password_is_never_carried_elsewhere(status: int) -> None:
    def away(asked: Asked) -> Answer:
        if asked.method == "GET":
            return Answer(200, b"<html></html>", {"content-type": "text/html"})
        return Answer(status, b"", {"location": f"{elsewhere.url}/collect"})

    with Scripted(always(200, {})) as elsewhere, Scripted(away) as garmin:
        with pytest.raises(GarminSyncError):
            SignIn(garmin.server).start("me@example.com", "correct horse")
        assert not [asked for asked in elsewhere.asked if asked.body]
        assert [asked for asked in garmin.asked if b"correct" in asked.body]
