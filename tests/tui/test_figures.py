"""What each figure means, in the app."""

from __future__ import annotations

from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

from garminsync_tui.config import Config
from garminsync_tui.training.explanations import EXPLANATIONS, TRADEMARKS
from garminsync_tui.tui.screens.figures import FiguresScreen

from .conftest import running, shown, until


def told(app: Any) -> str:
    """All that the page says, also what has to be scrolled to."""
    return "\n".join(str(part.content) for part in app.screen.query(Static))


@pytest.mark.parametrize("keys", [("equals_sign",), ("question_mark", "equals_sign")], ids=["at once", "from the help"])
async def test_a_key_opens_what_the_figures_mean(config: Config, keys: tuple[str, ...]) -> None:
    async with running(config, size=(60, 24)) as (app, pilot):
        place = app.screen
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, FiguresScreen))
        text = told(app)
        for figure in EXPLANATIONS.values():
            for part in (figure.title, figure.words, figure.formula, figure.source):
                assert part in text
            assert figure.unit is None or f"{figure.title} ({figure.unit})" in text
        assert TRADEMARKS in text
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is place)


async def test_a_small_terminal_scrolls_to_the_end(config: Config) -> None:
    async with running(config, size=(60, 24)) as (app, pilot):
        await pilot.press("equals_sign")
        await until(pilot, lambda: "Normalized power (W)" in shown(app))
        page = app.screen.query_one(VerticalScroll)
        assert not page.show_horizontal_scrollbar
        await pilot.resize_terminal(160, 50)
        await until(pilot, lambda: page.size.width > 60)
        assert max(part.size.width for part in app.screen.query(Static)) <= 100, "lines that can be read"
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: page.size.width < 60)
        await pilot.press("pagedown")
        await until(pilot, lambda: "Normalized power (W)" not in shown(app))
        await pilot.press("G")
        # The last words of the sentence about trademarks
        await until(pilot, lambda: "approved it." in shown(app))
        await pilot.press("g")
        await until(pilot, lambda: "Normalized power (W)" in shown(app))


async def test_the_palette_finds_it(config: Config) -> None:
    async with running(config) as (app, _):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "App: what the figures mean, and their formulas" in titles
