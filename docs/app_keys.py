"""The keys of the app as a page, from its table of actions: `just app-keys`."""

from __future__ import annotations

from pathlib import Path

from garminsync_tui.tui import keys

PAGE = Path(__file__).parent / "app-keys.md"
_HEAD = """# Keys of the app

Written by `just app-keys` from the table that the app itself goes by. `?` shows the keys of the screen one is on,
`ctrl+p` finds every action by its name.

Lists also know `j` `k` (down, up) and `g` `G` (first, last); `tab` goes to the next part of a screen.

## Other keys

The table `[keymap]` of the config file (`garminsync config path`) gives an action other keys, one or several:

```toml
[keymap]
"jobs.cancel" = ["x", "ctrl+x"]
"sync.now" = "f9"
```

A key is called by its character, by its name below (`enter`, `space`, `f5`, `ctrl+x`, `alt+up`) or as the app shows it
(`^x`, `esc`). An id that is not known, a key that is none, and one that another action has on the same screen are named
with file and line when the app starts, in Settings under Keys, and by `garminsync doctor`; the action then keeps its
usual keys.
"""


def page() -> str:
    """All of it."""
    parts = [_HEAD]
    for place in dict.fromkeys(["", *(each.place for each in keys.ACTIONS)]):
        lines = [f"| {_keys(each)} | {each.words} | `{each.id}` |" for each in keys.ACTIONS if each.place == place]
        title = place.capitalize() or "Everywhere"
        parts.append("\n".join([f"## {title}", "", "| Keys | What | Id |", "|---|---|---|", *lines, ""]))
    return "\n".join(parts)


def _keys(action: keys.Action) -> str:
    return " ".join(f"`{key if '+' in key else keys.name_of(key)}`" for key in action.keys.split(","))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
