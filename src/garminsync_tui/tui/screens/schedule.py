"""When the syncs run by themselves: asked for one of them, kept in the config file for all."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from ...jobs.words import TITLES
from .workout_dialogs import Ask, Choose

if TYPE_CHECKING:
    from ...models import Schedule
    from ..app import GarminSyncApp

_EVERY_MIN = (15, 30, 60, 120, 360, 720)
_DAILY, _OFF, _ON = "daily", "off", "on"


def ask_for_schedule(app: GarminSyncApp, schedule: Schedule) -> None:
    """Ask how often, or switch this one off or on."""
    from ... import units

    name = TITLES[schedule.job_type]
    rows = [(str(minutes), f"All syncs every {units.interval(minutes * 60)}") for minutes in _EVERY_MIN]
    rows.append((_DAILY, "All syncs once a day, at a time of day"))
    if schedule.enabled:
        rows.append((_OFF, f"Switch {name} off: it runs by hand only"))
    else:
        rows.insert(0, (_ON, f"Switch {name} on again"))

    def chosen(answer: str | None) -> None:
        if answer is None:
            return
        if answer == _DAILY:
            _ask_for_time(app, schedule)
        elif answer in {_OFF, _ON}:
            off = [each for each in app.config["sync.off"] if each != name] + [name] * (answer == _OFF)
            _set(app, {"sync.off": off}, f"{name.capitalize()}: {answer}.")
        else:
            settings = {"sync.every_minutes": int(answer), "sync.daily_at": ""}
            _set(app, settings, f"Syncs run every {units.interval(int(answer) * 60)}.")

    app.push_screen(Choose(f"Schedule   {name}", rows, at=_now(schedule)), chosen)


def _now(schedule: Schedule) -> str:
    """The row that tells how it is."""
    if not schedule.enabled:
        return _ON
    return _DAILY if schedule.daily_at else str(schedule.every_s // 60)


def _ask_for_time(app: GarminSyncApp, schedule: Schedule) -> None:
    def wrong(words: str) -> str:
        return "" if _time(words) else "That is no time of day: like 06:30."

    def chosen(words: str | None) -> None:
        if words and (at := _time(words)):
            _set(app, {"sync.daily_at": at}, f"Syncs run once a day at {at}.")

    account = app.situation.account if app.situation else None
    zone = (account.time_zone if account else None) or "UTC"
    about = f"Once a day at, by the clocks of {zone}"
    app.push_screen(Ask("Schedule", about, schedule.daily_at or "06:30", wrong=wrong), chosen)


def _time(words: str) -> str:
    try:
        at = time.fromisoformat(words.strip())
    except ValueError:
        return ""
    return "" if at.second or at.microsecond or at.tzinfo else f"{at:%H:%M}"


def _set(app: GarminSyncApp, settings: dict[str, Any], said: str) -> None:
    engine = app.engine
    assert engine is not None

    async def change() -> None:
        await engine.schedule(settings)
        app.notify(said, markup=False)

    app.do(change)
