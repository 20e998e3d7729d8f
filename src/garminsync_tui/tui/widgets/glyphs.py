"""The characters that everything is drawn with: three sets, by what the terminal's font has (`display.graphs`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

#: Which bit of a braille character is the dot at (column, row), row by row: Unicode 2800-28FF.
_BRAILLE_BITS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
# A blank braille cell is a box in fonts without braille; a space is a space in all of them.
_BRAILLE = " " + "".join(
    chr(0x2800 + sum(bit for place, bit in enumerate(_BRAILLE_BITS) if dots >> place & 1)) for dots in range(1, 256)
)
#: What signs and words become where only ASCII can be trusted; the signs as house rules have them.
PLAIN = str.maketrans(
    {
        **dict(zip("✓✗◌○●▲▼◆↑↓→←❯‖", "+xoo*^v@^v><>=", strict=True)),
        **dict(zip("—–−·×²₂♥½", "---.x22*~", strict=True)),
        **dict.fromkeys("\u00a0\u202f\u2009", " "),
        "•": "*",
        **dict.fromkeys("█▓", "#"),
        "░": ".",
        "▒": ":",
        "…": "~",
        "°": "",
    }
)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set. A cell has `across` x `down` dots; `cells[bits]` is the cell whose set dots are the bits, row by row."""

    name: str
    across: int
    down: int
    cells: str
    #: From low to high.
    bars: str
    #: What is done of a bar, and what is not.
    full: str
    rest: str
    #: From nothing to most.
    shades: str
    #: The left axis, with a label and without; its corner; the lower axis, with a label and without; the right axis.
    labelled: str
    left: str
    corner: str
    tick: str
    lower: str
    right: str
    #: Where the cursor stands: in the plot, and on the lower axis.
    cursor: str
    mark: str
    #: A scale: its ends and what joins them; below a chosen part; a point on a map.
    scale: str
    under: str
    point: str
    is_ascii: bool = False

    @property
    def stretch(self) -> float:
        """How much higher than wide a dot is, in a cell that is twice as high as wide."""
        return 2 * self.across / self.down

    def words(self, text: str) -> str:
        """`text` in characters of this set: signs and words around what is drawn."""
        if not self.is_ascii or text.isascii():
            return text
        return text.translate(PLAIN).encode("ascii", "replace").decode("ascii")


BRAILLE = Glyphs(
    "braille",
    2,
    4,
    _BRAILLE,
    bars="▁▂▃▄▅▆▇█",
    full="█",
    rest="░",
    shades="·░▒▓█",
    labelled="┤",
    left="│",
    corner="└",
    tick="┬",
    lower="─",
    right="├",
    cursor="│",
    mark="▲",
    scale="├─┤",
    under="▔",
    point="◆",
)
BLOCKS = replace(BRAILLE, name="blocks", down=2, cells=" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
ASCII = Glyphs(
    "ascii",
    1,
    2,
    " '.:",
    bars=".:-=+*#@",
    full="#",
    rest=".",
    shades=".:+#@",
    labelled="+",
    left="|",
    corner="+",
    tick="+",
    lower="-",
    right="|",
    cursor="|",
    mark="^",
    scale="|-|",
    under="^",
    point="@",
    is_ascii=True,
)
GRAPHS: Mapping[str, Glyphs] = MappingProxyType({each.name: each for each in (BRAILLE, BLOCKS, ASCII)})


def glyphs_of(app: Any) -> Glyphs:
    """The set that an app draws with, as its settings have it now."""
    return GRAPHS[app.config["display.graphs"]]
