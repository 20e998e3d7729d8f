from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from garminsync_tui.text import clean, fit, width

JOINERS = "\u200c\u200d"
anything = st.text(st.characters(exclude_categories=()), max_size=60)
#: What terminals act on or hide text with, more often than random text has it.
hostile = st.text(
    st.sampled_from("a🏃ب\x1b[]0;\x07\n\r\t\x9b\u202e\u2066\u2028\u2029\ufeff\ud800\ue000\u200d\u200c❤\ufe0f🔥 "),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Morning run", "Morning run"),
        ("Größe 東京 مرحبا", "Größe 東京 مرحبا"),
        ("\x1b]0;owned\x07", "·]0;owned·"),
        ("\x9b31mred", "·31mred"),
        ("two\nlines\r\n", "two·lines··"),
        ("evil\u202egnp.exe", "evil·gnp.exe"),
        ("a\u2028b\u2029c", "a·b·c"),
        ("\ud83d half", "· half"),
        ("private \ue000", "private ·"),
        ("[red]markup[/red]", "[red]markup[/red]"),
        # A family, a heart on fire: the joiners inside are part of the picture
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        # Persian and Hindi need theirs between letters
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        # Joiners with nothing to join hide things
        ("pay\u200d pal", "pay· pal"),
        ("\u200dstart", "·start"),
        ("end\u200d", "end·"),
        ("a\u200d\u200db", "a··b"),
    ],
)
def test_clean_shows_what_can_be_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@settings(max_examples=100)
@given(st.one_of(anything, hostile), st.integers(1, 80))
@example("a\u200d" * 3 + "b", 4)
def test_what_is_clean_steers_no_terminal(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    for character in cleaned:
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert category != "Cf" or character in JOINERS
    assert clean(cleaned, limit) == cleaned
    cleaned.encode()


@settings(max_examples=50)
@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=50))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_long_text_says_that_it_was_cut() -> None:
    assert clean("x" * 500) == "x" * 199 + "…"
    assert clean("x" * 200) == "x" * 200


@pytest.mark.parametrize(
    ("text", "columns"), [("run", 3), ("東京", 4), ("e\u0301", 1), ("", 0), ("👩", 2), ("❤\ufe0f", 1)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@settings(max_examples=50)
@given(st.text(st.characters(categories=["L", "N", "So"]), max_size=30), st.integers(1, 20))
def test_fit_never_takes_more_columns(text: str, columns: int) -> None:
    fitted = fit(text, columns)
    assert width(fitted) <= columns
    assert fitted == text or fitted.endswith("…")
