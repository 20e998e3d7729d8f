"""What Settings tells above the settings of a section: the account, the database, the files, what is wrong."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from textual.content import Content

from ... import __version__, text, units
from ...account_words import PROVIDERS, token_state
from ..widgets.key_line import hint

if TYPE_CHECKING:
    from ..app import GarminSyncApp
    from ..upkeep import Stored

_NAME_WIDTH = 11
_NARROW = 80


def facts(app: GarminSyncApp, section: str, stored: Stored | None, checked: str) -> list[Content]:
    """The lines of a section; a file that is broken is told above all of them."""
    told = [_wrong(f"{app.config_problem.message} {app.config_problem.hint}")] if app.config_problem else []
    match section:
        case "Account":
            told += _account(app)
        case "Display" if app.theme_problem:
            told.append(_wrong(app.theme_problem))
        case "Keys":
            told += [_wrong(f"{problem} Its usual keys stay.") for problem in app.keymap.problems]
        case "Database":
            told += _database(app, stored, checked)
        case "About":
            told += _about(app)
    return told


def _account(app: GarminSyncApp) -> list[Content]:
    account = app.situation.account if app.situation else None
    if account is None:
        said = "Not connected to Garmin." if app.situation else "The database is not open yet."
        return [Content(said), Content(""), _offers(app, "account.connect")]
    return [
        _fact("Garmin", text.clean(account.display_name or account.garmin_user_id, 60)),
        _fact("Server", text.clean(account.server, 60)),
        *([_fact("Signed in", f"by {PROVIDERS[account.provider]}")] if account.provider != "garminconnect" else []),
        _fact("Time zone", text.clean(account.time_zone or "unknown", 60)),
        _fact("Linked", units.local_time(account.linked_at)),
        _fact("Token", f"{token_state(account).removeprefix('token ')}; sealed in the database"),
        Content(""),
        _offers(app, "account.connect", "settings.sign_out"),
    ]


def _database(app: GarminSyncApp, stored: Stored | None, checked: str) -> list[Content]:
    told = []
    if app.fault is not None:
        told.append(_wrong(f"{app.fault.message} {app.fault.hint}"))
    elif stored is None:
        told.append(Content.styled("◌ looking at it…", "$text-muted"))
    else:
        told += [
            _fact(stored.kind, stored.name),
            _fact("Size", units.size(stored.size_bytes)),
            _fact("Holds", f"{units.number(stored.activities)} activities, {units.number(stored.readings)} readings"),
        ]
    if checked:
        colour = {"✓": "$text-success", "✗": "$text-error"}.get(checked[0], "$text-accent")
        told.append(Content.styled(text.clean(checked, 500), colour))
    return [*told, Content(""), _offers(app, "settings.check", "settings.backup", "settings.doctor"), Content("")]


def _about(app: GarminSyncApp) -> list[Content]:
    paths = app.config.paths
    return [
        _fact("garminsync", f"{__version__}, Python {platform.python_version()}"),
        Content(""),
        _fact("Settings", f"{paths.config}   reloads when saved"),
        _fact("Originals", str(paths.files)),
        _fact("Key", str(paths.key)),
        _fact("Log", str(paths.logs)),
        Content(""),
        _offers(app, "settings.open", "app.figures"),
    ]


def _fact(name: str, words: str) -> Content:
    return Content.assemble((f"{name:<{_NAME_WIDTH}}", "$text-muted"), text.clean(words, 300))


def _wrong(words: str) -> Content:
    return Content.styled(f"✗ {text.clean(words, 500)}", "$text-error")


def _offers(app: GarminSyncApp, *names: str) -> Content:
    """Keys that help here; a click does what the key does."""
    return Content("\n" if app.size.width < _NARROW else "   ").join([hint(name) for name in names])
