"""Connecting an account through the screen, against the simulator; and the local password."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.dates import months_before
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts, coverage
from garminsync_tui.store.database import Database
from garminsync_tui.store.vault import Vault
from garminsync_tui.sync import history
from garminsync_tui.tui import keys
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.dialogs import UnlockScreen
from garminsync_tui.tui.screens.history import HistoryScreen
from garminsync_tui.tui.screens.sign_in import SignInScreen
from garminsync_tui.tui.screens.today import TodayScreen

from ..doors import browsed, garth_client, token_file
from .conftest import days_ago, link, running, shown, until

EMAIL, PASSWORD, CODE = "athlete@example.com", "simulator", "418273"


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def signing_in(config: Config, url: str, **options: Any) -> AsyncIterator[tuple[GarminSyncApp, Pilot[int]]]:
    """The app with the sign-in open and its server filled in."""
    async with running(config, clock=now, **options) as (app, pilot):
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen) and app.screen.focused)
        field(app, "#server").value = url
        yield app, pilot


def field(app: GarminSyncApp, name: str) -> Input:
    return app.screen.query_one(name, Input)


async def send_password(app: GarminSyncApp, pilot: Pilot[int], password: str) -> None:
    field(app, "#email").value = EMAIL
    field(app, "#password").value = password
    field(app, "#password").focus()
    await pilot.press("enter")


async def test_a_wrong_password_then_a_code_wrong_and_right_then_everything_syncs(
    paths: Paths, config: Config, database: Database
) -> None:
    syncing = Config.load(paths, {"sync.runner": "always", "health.since": days_ago(2)}, {})
    with Simulator(days=3, mfa_code=CODE) as simulator:
        async with signing_in(syncing, simulator.url) as (app, pilot):
            await send_password(app, pilot, "wrong")
            await until(pilot, lambda: "did not accept" in shown(app))
            assert field(app, "#password").has_focus
            assert field(app, "#password").value == ""  # forgotten when it was sent
            await send_password(app, pilot, PASSWORD)
            await until(pilot, lambda: "security code" in shown(app))
            assert field(app, "#password").value == ""
            await pilot.press(*"000000", "enter")
            await until(pilot, lambda: "That security code was not accepted" in shown(app))
            await pilot.press(*"418 273", "enter")
            await until(pilot, lambda: not isinstance(app.screen, SignInScreen))
            await until(pilot, lambda: all_synced(app))
            await until(pilot, lambda: app.situation and app.situation.activities == len(simulator.activity_ids()))
            assert app.engine is not None
            assert not await app.engine.scheduler.due_now()  # the first sync was the schedule's turn: no second one
            await pilot.press(keys.action("places.jobs").keys)
            await until(pilot, lambda: shown(app).count("✓ done") == 6)  # each in the list and in the history
    linked = await accounts.active_account(database)
    assert linked is not None
    assert linked.server == simulator.url
    assert {row.job_type for row in await Queue(database).schedules()} == {
        "activity_sync",
        "health_metrics_sync",
        "workout_sync",
    }


async def test_a_refusal_is_no_wrong_password_and_names_the_next_try(config: Config) -> None:
    with Simulator(days=1) as simulator:
        simulator.add_faults([{"path": "/(sso|mobile|portal).*", "status": 429}])
        async with signing_in(config, simulator.url) as (app, pilot):
            await send_password(app, pilot, PASSWORD)
            await until(pilot, lambda: "next try is allowed at" in shown(app))
            assert "not a wrong password" in " ".join(shown(app).replace("┃", " ").split())
            simulator.clear_faults()
            simulator.reset_stats()
            await send_password(app, pilot, PASSWORD)
            await until(pilot, lambda: "refused an earlier sign-in" in shown(app))
            assert simulator.stats()["requests"]["total"] == 0


async def test_the_strategy_that_is_tried_is_shown_and_escape_leaves(config: Config, database: Database) -> None:
    with Simulator(days=1) as simulator:
        simulator.add_faults([{"path": "/(sso|mobile|portal).*", "delay_s": 30}])
        async with signing_in(config, simulator.url) as (app, pilot):
            await send_password(app, pilot, PASSWORD)
            await until(pilot, lambda: "trying 1 of 5" in shown(app))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, SignInScreen))
            await pilot.press("2", "1")
            simulator.clear_faults()
    assert await accounts.active_account(database) is None


@pytest.mark.parametrize("server", ["http://example.com", "nonsense"])
async def test_only_garmin_and_this_machine_are_servers(config: Config, server: str) -> None:
    async with signing_in(config, server) as (app, pilot):
        await send_password(app, pilot, PASSWORD)
        await until(pilot, lambda: "✗" in shown(app))
        assert isinstance(app.screen, SignInScreen)


async def test_both_fields_are_needed(config: Config) -> None:
    async with signing_in(config, "http://127.0.0.1:1") as (app, pilot):
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "Both the e-mail address and the password" in shown(app))


# ── Other doors ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_browser_gets_in_where_programs_are_refused(config: Config, database: Database) -> None:
    with Simulator(days=1) as simulator:
        ticket = await asyncio.to_thread(browsed, simulator)
        simulator.add_faults([{"path": "/(sso|mobile|portal).*", "status": 429}])
        async with signing_in(config, simulator.url, size=(60, 24)) as (app, pilot):
            await send_password(app, pilot, PASSWORD)
            await until(pilot, lambda: "A browser may get in all the same: f2." in shown(app))
            await pilot.press("f2")
            await until(pilot, lambda: "Open this address and sign in" in shown(app))
            assert f"{simulator.url}/sso/signin?service=" in "".join(shown(app).split())
            field(app, "#answer").value = "what is this"
            await pilot.press("enter")
            await until(pilot, lambda: "There is no ticket in that" in shown(app))
            assert field(app, "#answer").value == ""
            field(app, "#answer").value = "ST-0000-used-up"
            await pilot.press("enter")
            await until(pilot, lambda: "did not accept that ticket" in shown(app))
            field(app, "#answer").value = f"{simulator.url}/gcm/android?ticket={ticket}"
            await pilot.press("enter")
            await until(pilot, lambda: app.situation and app.situation.account and len(app.situation.jobs) == 3)
            assert isinstance(app.screen, TodayScreen)
    linked = await accounts.active_account(database)
    assert linked is not None and linked.refresh_token is not None


async def test_the_tokens_of_another_program_are_taken_over(
    config: Config, database: Database, paths: Paths, tmp_path: Path
) -> None:
    with Simulator(days=1) as simulator:
        file = tmp_path / "garmin_tokens.json"
        written = await asyncio.to_thread(token_file, simulator)
        file.write_text(written)
        async with signing_in(config, simulator.url) as (app, pilot):
            await pilot.press("f3")
            await until(pilot, lambda: "Only one program can go on with it" in shown(app))
            assert field(app, "#answer").value == "~/.garminconnect/garmin_tokens.json"
            field(app, "#answer").value = str(tmp_path / "none.json")
            await pilot.press("enter")
            await until(pilot, lambda: "cannot be read" in shown(app))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, SignInScreen))
            await pilot.press("f3")
            await until(pilot, lambda: "Only one program can go on with it" in shown(app))
            field(app, "#answer").value = str(tmp_path)
            await pilot.press("enter")
            await until(pilot, lambda: app.situation and app.situation.account)
        linked = await accounts.active_account(database)
        assert linked is not None
        stored = await accounts.read_tokens(database, await Vault.open(database, paths), linked.id)
    assert stored.access == json.loads(written)["di_token"]
    assert file.read_text() == written


async def test_a_key_is_typed_unseen_and_forgotten(config: Config, database: Database, paths: Paths) -> None:
    with Simulator(days=1) as simulator:
        async with signing_in(config, simulator.url, size=(60, 24)) as (app, pilot):
            await pilot.press("f4")
            await until(pilot, lambda: "Garmin makes a key of your own" in said(app))
            for typed, words in (
                ("a key with blanks", "there is a blank in it"),
                ("another-key", "does not accept this"),
            ):
                field(app, "#answer").value = typed
                await pilot.press("enter")
                await until(pilot, lambda words=words: words in said(app))
                assert field(app, "#answer").value == "" and typed not in shown(app)
            field(app, "#answer").value = simulator.api_key
            assert simulator.api_key not in shown(app)
            await pilot.press("enter")
            await until(pilot, lambda: app.situation and app.situation.account and len(app.situation.jobs) == 3)
            assert isinstance(app.screen, TodayScreen)
            # What it does not give is said where somebody looks for it.
            async with database.write() as session:
                entry = coverage.Entry("daily_summaries", date.today(), "fetched")
                await coverage.record(session, app.situation.account.id, [entry])
            await pilot.press("c")
            await until(pilot, lambda: "Training readiness" in shown(app))
            await pilot.press(*["down"] * 9)
            await until(pilot, lambda: "the API key does not give it, another sign-in does" in said(app))
            await pilot.press("f")
            await until(pilot, lambda: any("does not give" in each.message for each in app._notifications))
    linked = await accounts.active_account(database)
    assert linked is not None and linked.provider == "personal_api"
    stored = await accounts.read_tokens(database, await Vault.open(database, paths), linked.id)
    assert stored.secret == simulator.api_key


async def test_a_session_of_garth_s_is_offered_where_there_is_one(
    config: Config, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GARTH_HOME", "GARTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with Simulator(days=1) as simulator:
        async with signing_in(config, simulator.url) as (app, pilot):
            await until(pilot, lambda: "API key…" in shown(app))
            assert "garth" not in shown(app)
            await pilot.press("f5", "enter")
            await until(pilot, lambda: "The folder has to be named" in shown(app))
        client = await asyncio.to_thread(garth_client, simulator)
        client.dump(str(tmp_path / ".garth"))
        async with signing_in(config, simulator.url) as (app, pilot):
            await until(pilot, lambda: "garth session…" in shown(app) and "f5 garth" in shown(app))
            await pilot.press("f5")
            await until(pilot, lambda: "lasts about a year" in said(app))
            assert field(app, "#answer").value == str(tmp_path / ".garth")
            simulator.add_faults([{"path": "oauth-service", "status": 401, "count": 1}])
            await pilot.press("enter")
            await until(pilot, lambda: "no longer accepts this session" in said(app))
            await pilot.press("enter")
            await until(pilot, lambda: app.situation and app.situation.account)
            assert app.situation.account.provider == "garth"
            await until(pilot, lambda: isinstance(app.screen, TodayScreen))
            await pilot.press(keys.action("places.settings").keys)
            await until(pilot, lambda: "by a session of garth's" in shown(app))
            assert "renews while the session lasts" in " ".join(shown(app).split())


# ── How far back ─────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def asked(
    paths: Paths, url: str, runner: str = "never", samples: str = "standard", **options: Any
) -> AsyncIterator[tuple[GarminSyncApp, Pilot[int]]]:
    """The app that has just linked an account for the first time."""
    config = Config.load(paths, {"sync.runner": runner, "health.samples": samples}, {})
    async with signing_in(config, url, **options) as (app, pilot):
        await send_password(app, pilot, PASSWORD)
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and "This takes" in shown(app))
        yield app, pilot


def said(app: GarminSyncApp) -> str:
    """What stands in the dialog, on one line."""
    lines = [line.split("┃") for line in shown(app).splitlines()]
    return " ".join(" ".join(parts[1] for parts in lines if len(parts) == 3).split())


def all_synced(app: GarminSyncApp) -> bool:
    """Whether each job of the first sync came to its end; between two of them none is running either."""
    return app.situation is not None and [job.status for job in app.situation.jobs] == ["completed"] * 3


def cost(since: date, today: date) -> str:
    return " ".join(history.cost(since, today, "standard", 1).split())


async def test_the_first_sync_goes_back_to_what_was_chosen(paths: Paths, config: Config, database: Database) -> None:
    with Simulator(days=3) as simulator:
        async with asked(paths, simulator.url, "always", "none") as (app, pilot):
            await pilot.press("up", "enter")
            await until(pilot, lambda: all_synced(app))
            assert app.engine is not None
            assert isinstance(app.screen, TodayScreen)
    since = months_before(now().astimezone().date(), 1)
    assert paths.config.read_text() == f'[health]\nsince = "{since}"\n'
    async with database.read() as session:
        ledger = await coverage.totals(session)
    assert min(each.first for each in ledger if each.endpoint == "daily_summaries") == since


async def test_escape_keeps_a_year_and_syncs(paths: Paths, config: Config, database: Database) -> None:
    with Simulator(days=1) as simulator:
        async with asked(paths, simulator.url) as (app, pilot):
            assert await Queue(database).list() == []  # nothing is asked for before this is answered
            await pilot.press("escape")
            await until(pilot, lambda: app.situation and len(app.situation.jobs) == 3)
    assert not paths.config.exists()


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (120, 40)])
async def test_a_date_is_typed_and_every_choice_tells_its_cost(
    paths: Paths, config: Config, database: Database, size: tuple[int, int]
) -> None:
    today = now().astimezone().date()
    with Simulator(days=1) as simulator:
        async with asked(paths, simulator.url, size=size) as (app, pilot):
            for name, since in history.choices(today).items():
                assert f"{name.capitalize()} since {since}" in said(app)
            assert "Keep a year" in shown(app)
            assert f"This takes {cost(months_before(today, 12), today)};" in said(app)
            await pilot.press("down")
            await until(pilot, lambda: cost(months_before(today, 60), today) in said(app))
            await pilot.press("tab", *"2015-02-30", "enter")
            await until(pilot, lambda: "'2015-02-30' is no date" in said(app))
            await pilot.press("backspace", "backspace", *"28")
            await until(pilot, lambda: cost(date(2015, 2, 28), today) in said(app))
            assert "no date" not in shown(app)
            await pilot.press("enter")
            await until(pilot, lambda: app.situation and len(app.situation.jobs) == 3)
    assert 'since = "2015-02-28"' in paths.config.read_text()


async def test_a_date_gives_way_to_a_span_that_is_gone_back_to(
    paths: Paths, config: Config, database: Database
) -> None:
    with Simulator(days=1) as simulator:
        async with asked(paths, simulator.url) as (app, pilot):
            await pilot.press("tab", *"2015-02-28", "shift+tab", "enter")
            await until(pilot, lambda: app.situation and len(app.situation.jobs) == 3)
    assert str(months_before(now().astimezone().date(), 12)) in paths.config.read_text()


async def test_a_file_that_cannot_be_written_holds_up_no_sync(paths: Paths, config: Config, database: Database) -> None:
    with Simulator(days=1) as simulator:
        async with asked(paths, simulator.url) as (app, pilot):
            paths.config.write_text("[health\n")
            await pilot.press("enter")
            await until(pilot, lambda: app.situation and len(app.situation.jobs) == 3)
            assert "is no TOML" in next(iter(app._notifications)).message
    assert paths.config.read_text() == "[health\n"


async def test_the_local_password_opens_the_app(paths: Paths, config: Config, database: Database) -> None:
    await link(database, paths, password="correct horse")
    async with running(config, opened=False) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        assert app.situation is None
        await pilot.press(*"wrong", "enter")
        await until(pilot, lambda: "That is not the password" in shown(app))
        await pilot.press(*"correct", "space", *"horse", "enter")
        await until(pilot, lambda: app.situation is not None)
        assert not isinstance(app.screen, UnlockScreen)


async def test_without_the_local_password_nothing_opens(paths: Paths, config: Config, database: Database) -> None:
    await link(database, paths, password="correct horse")
    async with running(config, opened=False) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        await pilot.press("1", "2", "escape", "tab", "tab", "enter")
        await until(pilot, lambda: app.return_value == 0)
        assert app.situation is None
