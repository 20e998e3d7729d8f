"""Themes whose words can be read: text tokens with too little contrast are moved away from what they stand on.

Contrast as WCAG 2.2 counts it (w3.org/TR/WCAG22, "relative luminance"); 4.5 is its AA for text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from textual.color import Color

from .. import text

if TYPE_CHECKING:
    from textual.theme import Theme

ENOUGH = 4.5
#: What words are written with, and what they stand on.
TEXT = (
    "foreground", "text-muted", "text-accent", "text-error", "text-warning", "text-success", "text-primary",
    "text-secondary",
)  # fmt: skip
GROUNDS = ("background", "surface", "panel")
_STEPS = 50
_TO_BE_SURE = 0.05  # colours are whole numbers when they are sent


def is_the_terminals(theme: Theme) -> bool:
    """Whether its colours are the terminal's own sixteen, of which nobody here knows how they look."""
    return theme.name.startswith("ansi")


def wrong(name: str, offered: Iterable[str]) -> str:
    """Why a chosen theme cannot be shown; empty where it can."""
    offered = list(offered)
    if name in offered:
        return ""
    near = get_close_matches(name, offered, 1)
    guess = f"Did you mean {near[0]}?" if near else "Settings, Display lists them."
    return f"display.theme: there is no theme “{text.clean(name, 40)}”. {guess}"


def readable(theme: Theme) -> Theme:
    """The theme with the text tokens that lack contrast lighter, or darker on a light one; itself where none does."""
    if is_the_terminals(theme):
        return theme
    colours = theme.to_color_system().generate()
    grounds = [Color.parse(colours[name]) for name in GROUNDS]
    away = Color.parse("white" if theme.dark else "black")
    moved = {name: colour.hex for name in TEXT if (colour := _moved(_on(colours, name, grounds[0]), grounds, away))}
    foreground = moved.pop("foreground", theme.foreground)
    return replace(theme, foreground=foreground, variables={**theme.variables, **moved})


def contrast(colours: Mapping[str, str], name: str, ground: str) -> float:
    """How a text token of a theme stands out from a ground of it: from 1 to 21."""
    below = Color.parse(colours[ground])
    return _contrast(_on(colours, name, below), below)


def _moved(colour: Color, grounds: list[Color], away: Color) -> Color | None:
    """The nearest colour on the way to white or black with enough contrast; None where it has that already."""
    if min(_contrast(colour, ground) for ground in grounds) >= ENOUGH:
        return None
    for step in range(1, _STEPS + 1):
        found = colour.blend(away, step / _STEPS)
        if min(_contrast(found, ground) for ground in grounds) >= ENOUGH + _TO_BE_SURE:
            return found
    return away


def _on(colours: Mapping[str, str], name: str, ground: Color) -> Color:
    """A token as it looks there: some are a share of black or white, by what they stand on."""
    kind, _, share = colours[name].partition(" ")
    if kind != "auto":
        colour = Color.parse(colours[name])
    else:
        colour = ground.get_contrast_text(float(share.rstrip("%") or 100) / 100)
    return ground.blend(colour.with_alpha(1.0), colour.a)


def _contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
