"""The app in a browser: one link, one browser, this machine, and the local user's password before anything."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType

import aiohttp
import pytest

from ..terminal import PATIENCE_S
from .conftest import run_command

PASSWORD = "sesame"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    made = run_command("user", "create", "me", "--password-stdin", home=home, stdin=PASSWORD)
    assert made.code == 0, made.err
    return home


@contextlib.asynccontextmanager
async def _serving(home: Path) -> AsyncIterator[str]:
    """The link of a server that runs meanwhile, and ends without an error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "garminsync_tui", "--home", str(home), "web"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


@contextlib.asynccontextmanager
async def _browser() -> AsyncIterator[aiohttp.ClientSession]:
    # `unsafe` takes cookies of addresses that are numbers.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def _status(
    session: aiohttp.ClientSession, address: str, headers: Mapping[str, str] = MappingProxyType({})
) -> int:
    async with session.get(address, headers=dict(headers)) as answer:
        return answer.status


async def _drawn(socket: aiohttp.ClientWebSocketResponse, words: bytes) -> None:
    """Read what the app draws until it shows some words."""
    seen = b""
    async with asyncio.timeout(PATIENCE_S):
        while words not in seen:
            seen += await socket.receive_bytes()


async def test_one_browser_gets_the_app_behind_the_password_and_nobody_else_anything(home: Path) -> None:
    async with _serving(home) as link, _browser() as ours, _browser() as other:
        address = link.partition("?")[0]
        assert await _status(other, address) == 403
        assert await _status(other, f"{address}?open=guessed") == 403
        assert await _status(ours, link, {"Host": "garmin.example"}) == 403
        async with ours.get(link) as page:
            assert page.status == 200
            assert page.url.query_string == ""  # the link does not stay in the address
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            assert "https:" not in await page.text()  # nothing comes from elsewhere
        assert await _status(other, link) == 403
        for who, origin in ((other, address.rstrip("/")), (ours, "http://garmin.example")):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await who.ws_connect(f"{address}ws", headers={"Origin": origin})
        async with ours.ws_connect(f"{address}ws?width=80&height=24") as screen:
            await _drawn(screen, b"Password of me")
            await screen.send_json(["focus"])
            for each in (*PASSWORD, "\r"):
                await screen.send_json(["stdin", each])
            await _drawn(screen, b"Today")


def test_without_a_password_there_is_no_browser(tmp_path: Path) -> None:
    refused = run_command("web", home=tmp_path / "home")
    assert refused.code == 1
    assert "garminsync user password" in refused.err


def test_a_port_in_use_is_named(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run_command("web", "--port", str(port), home=home)
    assert refused.code == 1
    assert f"Port {port}" in refused.err


def test_what_is_missing_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "garminsync_tui.browser", raising=False)
    refused = run_command("web", home=home)
    assert refused.code == 1
    assert "garminsync-tui[web]" in refused.err
