"""A key of the official API against the simulator: exchanged, whose it is, refused; and what its host insists on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from garminsync_tui.errors import (
    Blocked,
    GarminSyncError,
    RateLimited,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
    UsageProblem,
)
from garminsync_tui.garmin import personal_key
from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS
from garminsync_tui.garmin.personal_endpoints import BY_KEY
from garminsync_tui.garmin.providers import KEY, lacks, missing, served
from garminsync_tui.garmin.server import Server
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.personal_api import EXCHANGE

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
LIST = "/activitylist-service/activities/search/activities"


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulator]:
    with Simulator(days=60, now=NOW) as running:
        yield running


@pytest.fixture
def simulator(simulators: Simulator) -> Iterator[Simulator]:
    simulators.reset_stats()
    yield simulators
    simulators.clear_faults()


@pytest.fixture
def server(simulator: Simulator) -> Server:
    return Server.parse(simulator.url)


@pytest.fixture
def web(simulator: Simulator, server: Server) -> Iterator[httpx2.Client]:
    """Bare requests with a key's token."""
    access = personal_key.exchange(simulator.api_key, server).access
    with httpx2.Client(base_url=simulator.url, headers={"Authorization": f"Bearer {access}"}) as client:
        yield client


def problem(work: Callable[[], object]) -> GarminSyncError:
    with pytest.raises(GarminSyncError) as caught:
        work()
    return caught.value


def test_a_key_becomes_a_token_for_a_day_and_tells_whose_it_is(simulator: Simulator, server: Server) -> None:
    tokens = personal_key.exchange(simulator.api_key, server)
    assert (tokens.secret, tokens.refresh, tokens.provider) == (simulator.api_key, None, "personal_api")
    assert timedelta(hours=23) < tokens.expires_at - datetime.now(UTC) <= timedelta(hours=24)
    counted: list[int] = []
    profile = personal_key.profile(tokens, server, counted.append)
    assert profile.garmin_user_id == str(simulator.athlete.profile_id)
    assert (profile.display_name, profile.time_zone) == (simulator.athlete.display_name, "Europe/Berlin")
    assert sum(counted) == simulator.stats()["requests"]["total"] - 1
    assert personal_key.renew(tokens, server).access != tokens.access


def test_without_a_summary_the_activities_tell_whose_key_it_is(simulator: Simulator, server: Server) -> None:
    tokens = personal_key.exchange(simulator.api_key, server)
    simulator.add_faults([{"path": personal_key.DAY, "status": 404, "body": "{}"}])
    counted: list[int] = []
    assert personal_key.profile(tokens, server, counted.append).garmin_user_id == str(simulator.athlete.profile_id)
    assert sum(counted) == 3
    simulator.add_faults([{"path": LIST, "kind": "garbage"}, {"path": personal_key.SETTINGS, "status": 204}])
    assert personal_key.profile(tokens, server, counted.append) == personal_key.Profile("", "", "", None)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 401, "body": "{}"}, SignInRequired),
        ({"status": 403, "body": "{}"}, SignInRequired),
        ({"status": 429, "headers": {"Retry-After": "14"}}, RateLimited),
        ({"status": 403, "headers": {"content-type": "text/html"}, "body": "<html>"}, Blocked),
        ({"status": 503}, Unavailable),
        ({"kind": "reset"}, Unavailable),
        ({"kind": "garbage"}, UnexpectedAnswer),
        ({"status": 200, "body": ""}, UnexpectedAnswer),
        ({"status": 302, "headers": {"location": "http://127.0.0.1:1/"}}, UnexpectedAnswer),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.get("status", value.get("kind"))),
)
def test_a_refused_key_is_sent_once(
    simulator: Simulator, server: Server, fault: dict[str, Any], kind: type[GarminSyncError]
) -> None:
    simulator.add_faults([{"path": EXCHANGE, **fault}])
    caught = problem(lambda: personal_key.exchange(simulator.api_key, server))
    assert type(caught) is kind
    assert simulator.stats()["requests"]["total"] == 1
    assert simulator.api_key not in caught.message + caught.hint
    if isinstance(caught, SignInRequired):
        assert "expired" in caught.message and personal_key.key_page(server) in caught.hint


def test_another_key_is_refused(simulator: Simulator, server: Server) -> None:
    assert isinstance(problem(lambda: personal_key.exchange("another-key", server)), SignInRequired)


@pytest.mark.parametrize("text", ["", "short", "canary of a key", "canary-of-\na-key", "canary-of-a-k€y", "x" * 3000])
def test_what_cannot_be_a_key_is_not_sent(text: str) -> None:
    china = Server.parse("garmin.cn")
    caught = problem(lambda: personal_key.checked(text, china))
    assert isinstance(caught, UsageProblem)
    assert "canary" not in caught.message + caught.hint
    assert "https://connect.garmin.cn/app/settings/" in caught.hint
    assert personal_key.checked("  canary-of-a-key\r\n", china) == "canary-of-a-key"


@pytest.mark.parametrize("answer", ["abc.def.ghi", '"abc.def.ghi"', "  abc.def.ghi\n"])
def test_the_token_may_come_in_quotes(simulator: Simulator, server: Server, answer: str) -> None:
    simulator.add_faults([{"path": EXCHANGE, "status": 200, "body": answer}])
    tokens = personal_key.exchange(simulator.api_key, server)
    assert tokens.access == "abc.def.ghi"
    assert tokens.expires_at > datetime.now(UTC) + timedelta(hours=23), "it does not say: a day"


# ── The host's quirks ────────────────────────────────────────────────────────────────────────────────


def test_long_pages_other_names_and_other_paths_are_refused(simulator: Simulator, web: httpx2.Client) -> None:
    newest = simulator.activity_ids()[0]
    assert web.get(LIST, params={"limit": "45"}).status_code == 200
    assert web.get(LIST, params={"limit": "46"}).status_code == web.get(LIST).status_code == 500
    assert web.get(f"/download-service/files/activity/{newest}").status_code == 406
    asked = {"Accept": KEY.download_accept}
    assert web.get(f"/download-service/files/activity/{newest}", headers=asked).status_code == 200
    for path in (
        "/workout-service/workouts",
        "/userprofile-service/socialProfile",
        "/activitylist-service/activities/count",
    ):
        assert web.get(path).status_code == 403
    assert web.post("/workout-service/workout", json={}).status_code == 403


def test_much_at_once_has_to_wait(simulator: Simulator, web: httpx2.Client) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: web.get(LIST, params={"limit": "1"}), range(36)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and {answer.headers["Retry-After"] for answer in refused} == {"14"}
    assert {answer.status_code for answer in answers} <= {200, 429}


# ── What is asked for ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", list(BY_KEY))
def test_each_endpoint_gives_what_the_app_s_gives(simulator: Simulator, web: httpx2.Client, name: str) -> None:
    """One parser reads both, and of the same day they say the same."""
    endpoint, other = BY_KEY[name], BY_NAME[name]
    day = date(2026, 11, 18)
    path, params = endpoint.address(day, day, simulator.athlete.display_name)
    body = _body(web, path, params)
    if endpoint.reshape:
        body = endpoint.reshape(body, *[_body(web, path.format(day=day), {}) for path in endpoint.also], day=day)
    found = endpoint.parse(body, day, day)
    assert not found.left_out and not found.unread
    told = {reading.metric for readings in found.values() for reading in readings}
    assert told <= set(endpoint.metrics)
    if other.window_days == 1 and name == "heart_rate":
        assert told == set(endpoint.metrics)
    # A stored answer is read again by the parser of that name; a part of one is not stored.
    if not lacks(endpoint):
        assert other.parse(body, day, day) == found


def _body(web: httpx2.Client, path: str, params: dict[str, str]) -> Any:
    answer = web.get(path, params=params)
    assert answer.status_code in (200, 204), (path, answer.status_code)
    return answer.json() if answer.content else None


@pytest.mark.parametrize("name", list(BY_KEY))
@pytest.mark.parametrize("body", [None, {}, [], [None], "text", 7, {"data": None}, {"heartRate": []}])
def test_no_other_shape_is_a_fault_of_the_program(name: str, body: Any) -> None:
    endpoint, day = BY_KEY[name], date(2026, 11, 18)
    for also in (None, [], {"hrvReadings": [None, 3]}, {"hrvReadings": "x"}):
        try:
            shaped = endpoint.reshape(body, *[also for _ in endpoint.also], day=day) if endpoint.reshape else body
            endpoint.parse(shaped, day, day)
        except UnexpectedAnswer:
            pass


def test_what_needs_another_sign_in_is_named() -> None:
    assert missing("garminconnect") == missing("garth") == []
    told = {each.endpoint: each for each in missing("personal_api")}
    assert told.keys() & BY_KEY.keys() == {"sleep", "stress"}
    assert told["stress"].metrics == ("stress_level",) and not told["stress"].entirely
    assert told["training_readiness"].entirely
    assert told.keys() | BY_KEY.keys() == {endpoint.name for endpoint in ENDPOINTS}
    assert [each.name for each in served("personal_api")] == list(BY_KEY)
    assert not any(lacks(each) for each in ENDPOINTS)
