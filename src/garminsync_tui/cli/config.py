"""`garminsync config`."""

from __future__ import annotations

import sys
from typing import Any

import click

from .home import Group, Home, pass_home
from .output import Output, listing, say


@click.group(cls=Group)
def config() -> None:
    """Settings: defaults < config file < environment < flags."""


@config.command()
@listing
@pass_home
def show(home: Home, out: Output) -> int:
    """Every setting with its value and where that came from. Passwords are hidden."""
    from ..config import SETTINGS

    found = home.config()
    values = {setting.name: _shown(setting.name, found[setting.name]) for setting in SETTINGS}
    if out.json:
        out.document(
            {
                setting.name: {
                    "value": values[setting.name],
                    "origin": found.values[setting.name].origin,
                    "variable": setting.variable,
                    "about": setting.about,
                }
                for setting in SETTINGS
            }
        )
        return 0
    out.table(
        ["setting", "value", "from", "variable", "what it is"],
        [
            (
                setting.name,
                ", ".join(values[setting.name]) if isinstance(setting.default, tuple) else str(values[setting.name]),
                found.values[setting.name].origin,
                setting.variable,
                setting.about,
            )
            for setting in SETTINGS
        ],
    )
    return 0


@config.command()
@pass_home
def path(home: Home) -> int:
    """Where the config file is, or would be."""
    sys.stdout.write(f"{home.config().paths.config}\n")
    return 0


@config.command()
@pass_home
def edit(home: Home) -> int:
    """Open the config file in $VISUAL or $EDITOR, and check it afterwards."""
    from ..config import Config
    from ..editor import edit_settings
    from ..errors import UsageProblem
    from ..paths import Paths
    from ..tui import keymap

    # Not by the settings: a file that is wrong is what has to be edited.
    paths = Paths.find(home.directory)
    edit_settings(paths)
    Config.load(paths, environment={})
    if problems := keymap.read(paths.config).problems:
        raise UsageProblem(str(problems[0]), hint=keymap.HINT)
    say(f"{paths.config} is fine. An app or daemon that runs takes it up at its next start.")
    return 0


def _shown(name: str, value: Any) -> Any:
    if name != "database.url" or not value:
        return value
    from ..store.database import without_password

    return without_password(value)
