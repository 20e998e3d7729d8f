"""How far long work is: a bar on a terminal, a line every few seconds elsewhere; always on stderr."""

from __future__ import annotations

import shutil
import sys
import time

from ..text import clean, fit, width

_BAR_COLUMNS = 24
_SHORTEST_BAR = 8
_REDRAW_S = 0.1
_LINE_EVERY_S = 5.0


class ProgressLine:
    """One line that is written over on a terminal, and repeated now and then elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._every_s = _REDRAW_S if self._terminal else _LINE_EVERY_S
        self._next = 0.0
        self._shown = False

    def show(self, name: str, share: float, note: str) -> None:
        """Show that `name` has done `share` (0 to 1) of its work and is at `note`; drops what comes too often."""
        moment = time.monotonic()
        if moment < self._next:
            return
        self._next = moment + self._every_s
        share = min(max(share, 0.0), 1.0)
        name, note = clean(name, 40), clean(note, 120)
        if self._terminal:
            columns = shutil.get_terminal_size().columns - 1
            # The bar says roughly what the note says exactly: it gives way.
            left = columns - width(f"{name}   {share:4.0%}  {note}")
            length = min(max(left, _SHORTEST_BAR), _BAR_COLUMNS)
            full = round(share * length)
            bar = "█" * full + "░" * (length - full)
            sys.stderr.write("\r\x1b[K" + fit(f"{name}  {bar} {share:4.0%}  {note}", columns))
        else:
            sys.stderr.write(f"{name}: {share:.0%} {note}".rstrip() + "\n")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._terminal and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._shown = False
