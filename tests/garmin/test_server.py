"""Which servers are talked to, and how long they ask to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garminsync_tui.errors import UsageProblem
from garminsync_tui.garmin import retry_after
from garminsync_tui.garmin.server import Server, point_at


@pytest.mark.parametrize(
    ("text", "name", "api", "is_loopback"),
    [
        ("https://garmin.com", "garmin.com", "https://connectapi.garmin.com", False),
        ("https://garmin.cn/", "garmin.cn", "https://connectapi.garmin.cn", False),
        ("garmin.com", "garmin.com", "https://connectapi.garmin.com", False),
        (" http://127.0.0.1:8765/ ", "http://127.0.0.1:8765", "http://127.0.0.1:8765", True),
        ("http://localhost:1", "http://localhost:1", "http://localhost:1", True),
        ("http://[::1]:9", "http://[::1]:9", "http://[::1]:9", True),
    ],
)
def test_known_servers(text: str, name: str, api: str, is_loopback: bool) -> None:
    server = Server.parse(text)
    assert (server.name, server.api, server.is_loopback) == (name, api, is_loopback)
    assert Server.parse(server.name) == Server.parse(server.url) == server
    assert server.personal_api == (api if is_loopback else api.replace("connectapi", "personal.connectapi"))
    assert server.oauth_consumer.startswith(api if is_loopback else "https://thegarth.s3.amazonaws.com/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://garmin.com",
        "https://garmin.com.example.org",
        "https://example.org",
        "https://connect.garmin.com",
        "https://garmin.com:444",
        "https://user:secret@garmin.com",
        "https://garmin.com/path",
        "https://127.0.0.1:8765",
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://127.0.0.1.example.org:80",
        "http://0.0.0.0:80",
        "http://10.0.0.1:80",
        "http://127.0.0.1:80?x=garmin.com",
        "http://[::1",
        "ftp://127.0.0.1:80",
    ],
)
def test_other_servers_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        Server.parse(text)
    assert "secret" not in caught.value.message + caught.value.hint
    assert "127.0.0.1" in caught.value.hint


def test_pointing_the_library_leaves_no_address_of_garmin_s() -> None:
    from garminconnect.client import Client

    client = Client()
    before = {name: value for name, value in vars(client).items() if isinstance(value, str) and "garmin.com" in value}
    point_at(client, Server.parse("garmin.com"))
    assert {name: getattr(client, name) for name in before} == before
    point_at(client, Server.parse("http://127.0.0.1:8765"))
    left = {name for name in before if "garmin.com" in getattr(client, name)}
    assert left == {"domain", "_domain"}
    assert client._resolve_url("/x").startswith("http://127.0.0.1:8765/")


NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("14", 14),
        (" 0 ", 0),
        ("1.5", 1.5),
        ("86400", 86400),
        ("Fri, 01 May 2026 12:02:00 GMT", 120),
        ("Fri, 01 May 2026 12:02:00", 120),
        ("Fri, 01 May 2026 11:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("9" * 400, None),
        ("Fri, 99 May 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, wait_s: float | None) -> None:
    assert retry_after.seconds(header, NOW) == wait_s
