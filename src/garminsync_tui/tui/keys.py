"""Every action of the app, once: its id, keys and words feed bindings, footer, help and command palette.

An action that cannot be done now stays on its key and answers with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

if TYPE_CHECKING:
    from .app import GarminSyncApp

#: The places behind number keys.
PLACES = {
    "today": "Today",
    "activities": "Activities",
    "health": "Health",
    "workouts": "Workouts",
    "jobs": "Jobs",
    "settings": "Settings",
}

#: The screens with a chart, and so with its keys.
CHARTED = frozenset({"activity", "health"})

#: What keys are called where people read them.
_NAMES = {
    "comma": ",",
    "full_stop": ".",
    "slash": "/",
    "asterisk": "*",
    "question_mark": "?",
    "equals_sign": "=",
    "ctrl+p": "^p",
    "ctrl+s": "^s",
    "ctrl+u": "^u",
    "ctrl+y": "^y",
    "ctrl+z": "^z",
    "ctrl+q": "^q",
    "ctrl+r": "^r",
    "plus": "+",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "delete": "del",
    "escape": "esc",
}
#: The other way round, for who writes down what the app shows.
BY_LABEL = {label: key for key, label in _NAMES.items()}
#: Screens on which one writes: their own keys win over those that work everywhere.
OWN_KEYS_WIN = {"editor"}
#: Keys that the config file gives to actions, by id; one app runs in a process.
_REBOUND: dict[str, str] = {}


def rebind(keymap: Mapping[str, str]) -> None:
    """Let actions be called by these keys from now on, and all others by their own."""
    _REBOUND.clear()
    _REBOUND.update(keymap)


def name_of(key: str) -> str:
    """A key as people read it."""
    if key in _NAMES:
        return _NAMES[key]
    if key.startswith("ctrl+") and len(key) == 6:
        return f"^{key[-1]}"
    character = key_to_character(key)
    return character if character and character.isprintable() and character != " " else key


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `id` is "area.verb"; the method `action_area_verb` does it (`action_go` for places).

    `place` names the screen that has the method, or is empty where the app has it and the key works everywhere.
    `why_not` gives the reason why it cannot be done now, empty where it can.
    """

    id: str
    keys: str
    words: str
    place: str = ""
    hint: bool = False  # whether the footer names it
    title: str = ""  # in the palette, where the words alone say too little
    why_not: Callable[[GarminSyncApp], str] = lambda app: ""

    @property
    def bound(self) -> str:
        """The keys it has now: those of the config file, or else its own."""
        return _REBOUND.get(self.id, self.keys)

    @property
    def label(self) -> str:
        """Its first key as people read it."""
        return name_of(self.bound.split(",")[0])

    @property
    def all_labels(self) -> str:
        """All its keys as people read them."""
        return "  ".join(name_of(key) for key in self.bound.split(","))

    @property
    def command(self) -> str:
        """Its name in the palette: "Area: verb"."""
        area = self.id.partition(".")[0].capitalize()
        return f"{area}: {self.title or self.words.lower()}"

    @property
    def method(self) -> str:
        """What Textual runs for it."""
        area, _, verb = self.id.partition(".")
        if area == "places":
            return f"app.go('{verb}')"
        if area == "chart":
            return f"screen.chart('{verb}')"
        if area == "zones":
            return f"screen.zone({verb})"
        return f"{'screen' if self.place else 'app'}.{self.id.replace('.', '_')}"


def _without_store(app: GarminSyncApp) -> str:
    return "" if app.situation else "the database is not open yet"


def _in_sample(app: GarminSyncApp) -> str:
    if app.is_sample:
        return f"these are sample data in a home of their own: {label('app.quit')} leaves it"
    return _without_store(app)


def _without_account(app: GarminSyncApp) -> str:
    if reason := _without_store(app):
        return reason
    account = app.situation.account if app.situation else None
    if account is None:
        return f"connect your Garmin account first: press {label('account.connect')}"
    return f"Garmin asks for a new sign-in: press {label('account.connect')}" if account.sign_in_needed_since else ""


def _without_activity(app: GarminSyncApp) -> str:
    return "" if getattr(app.screen, "selected", None) else "there is no activity here"


def _without_workout(app: GarminSyncApp) -> str:
    if getattr(app.screen, "selected", None):
        return ""
    return f"there is no workout here yet: press {label('workouts.new')} to write one"


def _without_workouts(app: GarminSyncApp) -> str:
    return "" if getattr(app.screen, "has_workouts", False) else _without_workout(app)


def _nothing_to_copy(app: GarminSyncApp) -> str:
    return "" if getattr(app.screen, "copy_text", lambda: None)() else "there is nothing to copy here"


def _without_workout_or_account(app: GarminSyncApp) -> str:
    return _without_workout(app) or _without_account(app)


def _without_setting(app: GarminSyncApp) -> str:
    return getattr(app.screen, "why_not_change", "")


def _without_choices(app: GarminSyncApp) -> str:
    return _without_setting(app) or getattr(app.screen, "why_not_toggle", "")


def _without_undo(app: GarminSyncApp) -> str:
    return getattr(app.screen, "why_not_undo", "")


def _without_file(app: GarminSyncApp) -> str:
    if reason := _without_store(app):
        return reason
    on_server = app.engine is not None and app.engine.upkeep.file is None
    return "PostgreSQL has its own tools for that: docs/moving.md" if on_server else ""


def _without_link(app: GarminSyncApp) -> str:
    linked = app.situation is not None and app.situation.account is not None
    return _without_store(app) or ("" if linked else "no account is connected")


def _oldest(app: GarminSyncApp) -> str:
    return _without_store(app) or getattr(app.screen, "why_not_before", "")


def _newest(app: GarminSyncApp) -> str:
    return _without_store(app) or getattr(app.screen, "why_not_after", "")


def _screen_says(name: str, first: Callable[[GarminSyncApp], str] = _without_store) -> Callable[[GarminSyncApp], str]:
    """The reason that the screen itself gives."""
    return lambda app: first(app) or getattr(app.screen, name, "")


def _without_job(app: GarminSyncApp) -> str:
    if getattr(app.screen, "selected_job", None):
        return ""
    return f"there is no job here yet: press {label('sync.now')} to sync"


def _unless(statuses: tuple[str, ...], reason: str) -> Callable[[GarminSyncApp], str]:
    def why_not(app: GarminSyncApp) -> str:
        job = getattr(app.screen, "selected_job", None)
        return _without_job(app) if job is None or job.status in statuses else reason

    return why_not


ACTIONS: tuple[Action, ...] = (
    *(
        Action(f"places.{place}", str(number), words, title=f"go to {words}")
        for number, (place, words) in enumerate(PLACES.items(), 1)
    ),
    Action("today.before", "comma", "Day before", "today", hint=True, why_not=_without_store),
    Action("today.after", "full_stop", "Day after", "today", hint=True, why_not=_newest),
    Action("today.newest", "t,home", "Newest day", "today", why_not=_newest),
    Action("today.open", "enter", "Open", "today", hint=True, title="open the selected activity or card"),
    Action("activities.open", "enter", "Open", "activities", hint=True, title="open the selected one"),
    Action("activities.filter", "slash", "Filter", "activities", hint=True, why_not=_without_store),
    Action("activities.mark", "space", "Mark", "activities", hint=True, why_not=_without_activity),
    Action("activities.export", "e", "Export", "activities", hint=True, why_not=_without_activity),
    Action("activities.order", "o", "Sort", "activities", hint=True, why_not=_without_store),
    Action("activities.map", "H", "Year map", "activities", hint=True, title="show or hide the map of the year"),
    Action("activities.reverse", "R", "Sort the other way", "activities", why_not=_without_store),
    Action("activities.mark_all", "asterisk,A", "Mark all that match", "activities", why_not=_without_activity),
    Action("activities.week", "w", "Only that week", "activities", why_not=_without_store),
    Action("activities.before", "comma", "Year before", "activities", why_not=_oldest),
    Action("activities.after", "full_stop", "Year after", "activities", why_not=_newest),
    Action("health.find", "slash", "Find", "health", hint=True, title="find a metric", why_not=_without_store),
    Action("health.day", "d", "Day", "health", title="one day", why_not=_without_store),
    Action("health.week", "w", "Week", "health", why_not=_without_store),
    Action("health.month", "m", "Month", "health", why_not=_without_store),
    Action("health.quarter", "9", "90 days", "health", why_not=_without_store),
    Action("health.year", "Y", "Year", "health", why_not=_without_store),
    Action("health.all", "A", "All", "health", title="all there is", why_not=_without_store),
    Action("health.before", "comma", "Before", "health", hint=True, title="the days before", why_not=_oldest),
    Action("health.after", "full_stop", "After", "health", hint=True, title="the days after", why_not=_newest),
    Action("health.newest", "t", "Today", "health", title="up to today", why_not=_without_store),
    Action("health.overlay", "v", "Overlay", "health", hint=True, why_not=_screen_says("why_not_overlay")),
    Action(
        "health.export",
        "e",
        "Export",
        "health",
        hint=True,
        title="write what is shown as CSV",
        why_not=_screen_says("why_not_export"),
    ),
    Action(
        "health.history",
        "enter",
        "History",
        "health",
        title="how the record under the cursor fell",
        why_not=_screen_says("why_not_history"),
    ),
    Action(
        "health.again",
        "f",
        "Fetch again",
        "health",
        hint=True,
        title="fetch the cursor's day again",
        why_not=_screen_says("why_not_again", _without_account),
    ),
    Action(
        "activity.axis",
        "x",
        "Axis",
        "activity",
        hint=True,
        title="time or distance",
        why_not=_screen_says("why_not_axis"),
    ),
    Action("activity.map", "m", "Map", "activity", hint=True, title="map alone", why_not=_screen_says("why_not_map")),
    Action("activity.next", "n", "Next", "activity", hint=True, title="next of the list"),
    Action("activity.previous", "p", "Previous", "activity", hint=True, title="previous of the list"),
    Action(
        "activity.facts",
        "z",
        "Zones",
        "activity",
        hint=True,
        title="zones alone",
        why_not=_screen_says("why_not_facts"),
    ),
    Action(
        "activity.charts",
        "v",
        "Charts",
        "activity",
        hint=True,
        title="another first",
        why_not=_screen_says("why_not_charts"),
    ),
    Action(
        "activity.again",
        "f",
        "Fetch the file again",
        "activity",
        why_not=_screen_says("why_not_again", _without_account),
    ),
    Action("activity.lap", "enter", "Zoom to the lap", "activity"),
    Action("activity.export", "e", "Export", "activity", title="write into a file"),
    Action("activity.web", "O", "Page at Garmin", "activity", why_not=_screen_says("why_not_web")),
    Action(
        "jobs.cancel",
        "x",
        "Cancel",
        "jobs",
        hint=True,
        why_not=_unless(("pending", "in_progress"), "this job has ended"),
    ),
    Action(
        "jobs.retry",
        "r",
        "Retry",
        "jobs",
        hint=True,
        why_not=_unless(("pending", "failed", "completed"), "this job is running"),
    ),
    Action(
        "jobs.pause",
        "z",
        "Pause",
        "jobs",
        hint=True,
        title="pause or resume",
        why_not=_unless(("pending", "in_progress"), "this job has ended"),
    ),
    Action(
        "jobs.schedule",
        "t",
        "Schedule",
        "jobs",
        hint=True,
        title="change when syncs run",
        why_not=lambda app: _without_account(app) or getattr(app.screen, "why_not_schedule", ""),
    ),
    Action("jobs.find", "slash", "Find", "jobs", hint=True, title="find in the log", why_not=_without_job),
    Action("jobs.follow", "f", "Follow", "jobs", hint=True, title="follow the log or not", why_not=_without_job),
    Action("jobs.level", "l", "Level", "jobs", title="level of the log", why_not=_without_job),
    Action("jobs.open", "enter", "Read the log", "jobs", why_not=_without_job),
    Action("jobs.save", "e", "Save the log", "jobs", why_not=_without_job),
    Action("workouts.edit", "enter", "Edit", "workouts", hint=True, why_not=_without_workout),
    Action("workouts.new", "n", "New", "workouts", hint=True, title="write a new one", why_not=_without_store),
    Action("workouts.classic", "N", "Classic", "workouts", hint=True, title="start from a classic session"),
    Action("workouts.push", "p", "Push", "workouts", hint=True, title="push", why_not=_without_workout_or_account),
    Action("workouts.plan", "t", "Plan", "workouts", hint=True, why_not=_without_workout_or_account),
    Action("workouts.pull", "f", "Get", "workouts", hint=True, title="get from Garmin", why_not=_without_account),
    Action("workouts.find", "slash", "Find", "workouts", title="find a workout", why_not=_without_workouts),
    Action(
        "workouts.before",
        "comma",
        "Weeks before",
        "workouts",
        title="weeks before in the calendar",
        why_not=_without_store,
    ),
    Action(
        "workouts.after",
        "full_stop",
        "Weeks after",
        "workouts",
        title="weeks after in the calendar",
        why_not=_without_store,
    ),
    Action("workouts.duplicate", "D", "Duplicate", "workouts", title="duplicate as mine", why_not=_without_workout),
    Action("workouts.delete", "delete,X", "Delete", "workouts", why_not=_without_workout),
    Action("editor.add", "o", "Add", "editor", hint=True, title="add below"),
    Action("editor.edit", "i,enter", "Edit row", "editor", hint=True),
    Action("editor.text", "tab", "Text", "editor", hint=True, title="all of it as text"),
    Action("editor.save", "ctrl+s", "Save", "editor", hint=True),
    Action("editor.wrap", "w", "Repeat", "editor", hint=True, title="wrap in a repeat"),
    Action("editor.undo", "u,ctrl+z", "Undo", "editor", hint=True),
    Action("editor.redo", "U,ctrl+y", "Redo", "editor"),
    Action("editor.push", "ctrl+u", "Push", "editor", title="save and push", why_not=_without_account),
    Action("editor.add_above", "O", "Add above", "editor"),
    Action("editor.add_inside", "A", "Add inside the repeat", "editor"),
    Action("editor.form", "e", "All fields", "editor"),
    Action("editor.cut", "d,delete", "Cut", "editor"),
    Action("editor.copy", "y", "Copy", "editor"),
    Action("editor.paste", "p", "Paste below", "editor"),
    Action("editor.paste_above", "P", "Paste above", "editor"),
    Action("editor.duplicate", "D", "Duplicate", "editor"),
    Action("editor.select", "V,v", "Select rows", "editor"),
    Action("editor.up", "K,alt+up", "Move up", "editor"),
    Action("editor.down", "J,alt+down", "Move down", "editor"),
    Action("editor.unwrap", "W", "Take the repeat away", "editor"),
    Action("editor.nest", "greater_than_sign", "Into the repeat above", "editor"),
    Action("editor.lift", "less_than_sign", "Out of the repeat", "editor"),
    Action("editor.longer", "plus", "One notch more", "editor"),
    Action("editor.shorter", "minus", "One notch less", "editor"),
    Action("editor.kind", "t", "Next kind of step", "editor"),
    *(Action(f"zones.{zone}", str(zone), f"Zone {zone}", "editor") for zone in range(1, 8)),
    Action("editor.measure", "z", "Zone of power or heart rate", "editor"),
    Action("editor.note", "n", "Note", "editor"),
    Action("editor.exercise", "x", "Exercise", "editor"),
    Action("editor.rename", "r", "Name, sport, pool", "editor"),
    Action("editor.again", "full_stop", "Last change again", "editor"),
    Action("chart.left", "left", "Cursor left", "chart"),
    Action("chart.right", "right", "Cursor right", "chart"),
    Action("chart.far_left", "shift+left", "Ten to the left", "chart"),
    Action("chart.far_right", "shift+right", "Ten to the right", "chart"),
    Action("chart.first", "home", "First value", "chart"),
    Action("chart.last", "end", "Last value", "chart"),
    Action("chart.closer", "plus", "Zoom in", "chart"),
    Action("chart.wider", "minus", "Zoom out", "chart"),
    Action("coverage.open", "enter", "Days", "coverage", hint=True, title="days of the month", why_not=_without_store),
    Action("coverage.again", "f", "Fetch again", "coverage", hint=True, why_not=_without_account),
    Action("days.again", "f", "Fetch again", "days", hint=True, why_not=_without_account),
    Action("days.mark", "v", "Mark", "days", hint=True, title="mark a range"),
    Action("days.before", "comma", "Month before", "days", hint=True, why_not=_oldest),
    Action("days.after", "full_stop", "Month after", "days", hint=True, why_not=_newest),
    Action("settings.edit", "enter", "Edit", "settings", hint=True, why_not=_without_setting),
    Action("settings.toggle", "space", "Next choice", "settings", hint=True, why_not=_without_choices),
    Action("settings.undo", "u,ctrl+z", "Undo", "settings", hint=True, why_not=_without_undo),
    Action("settings.find", "slash", "Find", "settings", hint=True),
    Action("settings.open", "o", "Open file", "settings", hint=True, title="open the file in $EDITOR"),
    Action("settings.doctor", "D", "Doctor", "settings", hint=True, why_not=_without_store),
    Action("settings.default", "delete,backspace", "Default", "settings", why_not=_without_setting),
    Action("settings.check", "i", "Check the database", "settings", why_not=_without_file),
    Action("settings.backup", "b", "Back up", "settings", title="back up the database", why_not=_without_file),
    Action("settings.sign_out", "x", "Sign out", "settings", why_not=_without_link),
    Action("sync.now", "s", "Sync now", hint=True, title="now", why_not=_without_account),
    Action("account.connect", "a", "Connect Garmin", title="connect Garmin", why_not=_in_sample),
    Action("app.import", "I", "Import", title="import files", why_not=_without_store),
    Action("app.export", "E", "Export", title="export everything", why_not=_without_store),
    Action("app.coverage", "c", "Coverage", title="what is complete", why_not=_without_store),
    Action("app.figures", "equals_sign", "What the figures mean", title="what the figures mean, and their formulas"),
    Action("app.reload", "f5,ctrl+r", "Read again"),
    Action("app.back", "escape", "Back", title="back"),
    Action("app.copy", "y", "Copy", title="copy what is selected", why_not=_nothing_to_copy),
    Action("app.lock", "L", "Lock", title="ask for the password again", why_not=_without_store),
    Action("app.quit", "q,ctrl+q,ctrl+c", "Quit"),
    Action("app.palette", "ctrl+p", "Palette", title="command palette", hint=True),
    Action("app.help", "question_mark,f1", "Help", hint=True),
)
_BY_ID = {action.id: action for action in ACTIONS}


def action(name: str) -> Action:
    """The action called `name`. Raises KeyError for one that is not there."""
    return _BY_ID[name]


def label(name: str) -> str:
    """The key of the action called `name`, as people read it."""
    return _BY_ID[name].label


def with_keys(words: str) -> str:
    """Words that name actions, like "Press {sync.now}", with the keys that these have now."""
    return re.sub(r"\{([a-z]+\.[a-z_]+)\}", lambda found: label(found[1]) if found[1] in _BY_ID else found[0], words)


def share_keys(one: Action, other: Action) -> bool:
    """Whether a key can be only one of theirs: both work on the same screen."""
    if one.place == other.place or any(works_on(place, one) and works_on(place, other) for place in CHARTED):
        return True
    return not (one.place and other.place) and not {one.place, other.place} & OWN_KEYS_WIN


def bindings(place: str = "") -> list[BindingType]:
    """The bindings of a screen, or of the app where no place is named."""
    return [
        Binding(key, f"app.act('{each.id}')", each.words, show=False, id=each.id)
        for each in ACTIONS
        if each.place == place
        for key in each.keys.split(",")
    ]


def works_on(place: str, each: Action) -> bool:
    """Whether an action's key works on a screen, and not everywhere."""
    return bool(place) and (each.place == place or (each.place == "chart" and place in CHARTED))


def hints(place: str) -> Iterator[Action]:
    """What the footer names on a screen, the most telling first; palette and help end it."""
    yield from (each for each in ACTIONS if each.hint and each.place == place and place)
    yield from (each for each in ACTIONS if each.hint and not each.place)
