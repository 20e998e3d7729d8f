"""Names that try to steer a terminal, a spreadsheet, a path or a markup parser."""

from __future__ import annotations

from garminsync_tui.text import clean

NAMES: dict[str, str] = {
    "CSI": "red\x1b[31m\x1b[2J\x1b[10A",
    "OSC 0": "\x1b]0;owned\x07title",
    "OSC 8": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "OSC 52": "\x1b]52;c;ZXZpbA==\x07",
    "DCS": "\x1bP+q544e\x1b\\",
    "reset": "\x1bc\x1b(0\x0e",
    "CSI as U+009B": "\x9b31m\x9b2J",
    "OSC as U+009D": "\x9d0;owned\x9c",
    "C1 as a byte": "\udc9b31m",
    "CSI in Latin-1": "Â\x9b2J",
    "bidi override": "evil\u202egnp.exe",
    "bidi isolates": "\u2066a\u2067b\u2069\u200f\u061c",
    "BOM": "\ufeff=1+1",
    "zero width": "pay\u200bpal\u2060\u00ad\u180e",
    "joiners": "\u200dx\u200d y\u200c",
    "tags": "flag\U000e0041\U000e007f",
    "separators": "one\u2028two\u2029three\x85four",
    "lines": "one\r\ntwo\nthree\x0b\x0c\r",
    "backspaces": "good\b\b\b\bevil\x7f",
    "NUL": "a\x00b",
    "private use": "\ue000\U000f0000\uffff",
    "unknown markup": "[/nope]",
    "action": "[@click=app.quit]quit[/]",
    "open markup": "[bold red",
    "link": "[link=http://evil.example]x[/link]",
    "variables": "$text-error $var ${x} {name} %s",
    "formula": "=cmd|' /C calc'!A0",
    "sum": "@SUM(1+1)*cmd",
    "signs": "+1",
    "minus": "-2+3",
    "wide formula": "＝1+1",
    "tab formula": "\t=1+1",
    "return formula": "\r=1+1",
    "path": "../../../etc/passwd\x00.fit",
    "stacked": "Z" + "\u0301" * 120,
    "long": "x" * 100_000,
    "nothing": "\u200b",
}
#: All of them at once.
EVERYTHING = " ".join(name for name in NAMES.values() if len(name) < 1000)


def steers(text: str, *, parted_by: str = "") -> str:
    """The first line that holds what a terminal acts on or hides text with; empty where none does."""
    for line in text.split("\n"):
        for part in line.split(parted_by) if parted_by else [line]:
            if clean(part, len(part) + 1) != part:
                return repr(line[:300])
    return ""
