"""The words of the text form and what they mean in a definition, and how a line of text is told what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple
from unicodedata import normalize

from ..text import clean


class Words:
    """Words and their meanings. Several words may mean the same: the first of them is the one that is printed."""

    def __init__(self, **words: str) -> None:
        self.meaning = {word: meaning for meaning, several in words.items() for word in several.split()}
        self.word = {meaning: several.split()[0] for meaning, several in words.items()}


SPORTS = Words(
    running="run running",
    cycling="bike cycling ride",
    swimming="swim swimming",
    walking="walk walking",
    strength_training="strength strength_training gym",
    cardio_training="cardio cardio_training",
    yoga="yoga",
    pilates="pilates",
    hiit="hiit",
    mobility="mobility",
    rucking="ruck rucking",
    other="other",
    multi_sport="multi multisport multi_sport",
)
KINDS = Words(
    warmup="wu warmup warm-up",
    cooldown="cd cooldown cool-down",
    interval="go interval work",
    recovery="rec recovery recover",
    rest="rest",
    main="main",
    other="oth other",
)
STROKES = Words(
    any="any",
    backstroke="back backstroke",
    breaststroke="breast breaststroke",
    butterfly="fly butterfly",
    freestyle="free freestyle crawl",
    individual_medley="im medley",
    mixed="mixed",
    individual_medley_by_round="imround",
    reverse_individual_medley_by_round="reverseimround",
    drill="drillstroke",
)
DRILLS = Words(kick="kick", pull="pull", drill="drill")
EQUIPMENT = Words(
    fins="fins", kickboard="kickboard board", paddles="paddles", pull_buoy="pullbuoy pull_buoy buoy", snorkel="snorkel"
)
EFFORTS = Words(
    recovery="recovery",
    very_easy="veryeasy very_easy",
    easy="easy",
    moderate="moderate",
    hard="hard",
    very_hard="veryhard very_hard",
    all_out="allout all_out max",
    fast="fast",
    ascend="ascend",
    descend="descend",
)
#: Races by name; any other distance is said in k or m.
RACES = {"hm": 21_097.5, "fm": 42_195.0, "mile": 1609.344}
RACE_NAMES = RACES | {"half": 21_097.5, "hmp": 21_097.5, "marathon": 42_195.0, "mp": 42_195.0}

#: What a range is of, and in which unit of the definition, by its unit in text: `230-245w`. Paces are apart.
UNITS = {
    "bpm": ("heart_rate", "bpm"),
    "%mhr": ("heart_rate", "%mhr"),
    "%lthr": ("heart_rate", "%lthr"),
    "w": ("power", "W"),
    "%ftp": ("power", "%ftp"),
    "rpm": ("cadence", "rpm"),
    "spm": ("cadence", "spm"),
    "kph": ("speed", "km/h"),
    "mph": ("speed", "mph"),
    "%tp": ("pace", "%tp"),
    "%grade": ("grade", "%"),
    "res": ("resistance", ""),
}
UNIT_NAMES = UNITS | {"km/h": UNITS["kph"], "kmh": UNITS["kph"], "%maxhr": UNITS["%mhr"], "watts": UNITS["w"]}
PACE_UNITS = {
    "/km": "/km", "/k": "/km", "/mi": "/mi", "/mile": "/mi", "/100m": "/100m", "/100yd": "/100yd", "/100y": "/100yd",
    "/500m": "/500m",
}  # fmt: skip
#: `@lthr` is `@100%lthr`.
WHOLE = {unit[1:]: unit for unit in UNITS if unit[0] == "%" and unit != "%grade"}


class Unreadable(ValueError):
    """A word that is nearly something: what would be right in its place, and a guess at what was meant."""

    def __init__(self, expected: str, suggestion: str | None = None) -> None:
        super().__init__(expected)
        self.expected, self.suggestion = expected, suggestion


class TextProblem(NamedTuple):
    """What cannot be read in a text, and where: lines and columns count from 1, in characters."""

    line: int
    column: int
    length: int
    found: str
    expected: str
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """Like "10m found, expected at least 50 m of running; did you mean 10min?"."""
        found = clean(self.found, 40) or "nothing"
        guess = f"; did you mean {clean(self.suggestion, 60)}?" if self.suggestion else ""
        return f"{found} found, expected {clean(self.expected)}{guess}"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who wrote `word` may have meant."""
    found = get_close_matches(normalize("NFKC", word).casefold(), known, 1, 0.6)
    return found[0] if found else None
