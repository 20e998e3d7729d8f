"""Words can be read in every theme that is offered."""

from __future__ import annotations

import pytest
from textual.theme import BUILTIN_THEMES

from garminsync_tui.config import Config
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.themes import ENOUGH, GROUNDS, TEXT, contrast, is_the_terminals, readable


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not is_the_terminals(theme)])
def test_text_stands_out_in_each_theme(name: str, config: Config) -> None:
    app = GarminSyncApp(config)
    app.look_at_theme(name)
    assert app.theme == name
    colours = app.get_css_variables()
    poor = {f"{text} on {ground}": contrast(colours, text, ground) for text in TEXT for ground in GROUNDS}
    assert {words: ratio for words, ratio in poor.items() if ratio < ENOUGH} == {}


def test_what_is_readable_stays_as_it_is() -> None:
    theme = BUILTIN_THEMES["rose-pine"]
    assert readable(theme) == theme
    assert readable(BUILTIN_THEMES["ansi-dark"]) is BUILTIN_THEMES["ansi-dark"]
    light = BUILTIN_THEMES["textual-light"]
    assert contrast(light.to_color_system().generate(), "text-warning", "panel") < ENOUGH
    assert {*readable(light).variables} - {*light.variables} >= {"text-warning", "text-accent"}
