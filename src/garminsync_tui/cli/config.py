"""`garminsync config`."""

from __future__ import annotations

import sys
from typing import Any

import click

from .home import Group, Home, pass_home
from .output import Output, listing


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


def _shown(name: str, value: Any) -> Any:
    if name != "database.url" or not value:
        return value
    from ..store.database import parse_url

    url = parse_url(value)
    url = url.difference_update_query([name for name in url.query if "password" in name.lower()])
    return url.set(drivername=url.drivername.split("+")[0]).render_as_string(hide_password=True)
