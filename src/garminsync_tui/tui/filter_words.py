"""What helps to write a filter: the term under way in words, and how it may go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.suggester import Suggester

from ..filters import FIELDS, NUMBERS

_SIGNS = ("<=", ">=", ":", "=", "~", "<", ">")


def hint(line: str) -> str:
    """The grammar, as far as it matters to the last term of a filter line."""
    term = _last(line)
    field = _field(term)
    if field:
        return FIELDS.get(field, "")
    near = [name for name in FIELDS if term and name.startswith(term)]
    if near:
        return "   ".join(FIELDS[name] for name in near)
    if term:
        return f"activities with “{term}” in their name"
    return f"{' '.join(map(_begun, FIELDS))} or words of the name"


def _last(line: str) -> str:
    return "" if not line or line[-1].isspace() else line.rsplit(maxsplit=1)[-1]


def _field(term: str) -> str:
    return next((term.partition(sign)[0] for sign in _SIGNS if sign in term), "")


def _begun(field: str) -> str:
    """A field with the sign that one most likely means."""
    return field + ("~" if field == "name" else ">" if field in NUMBERS else ":")


class FilterSuggester(Suggester):
    """Goes on with a field's name, and after `type:` with a type that there is."""

    def __init__(self, types: Callable[[], Sequence[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._types = types

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line with its last term gone on with."""
        term = _last(value)
        if not term:
            return None
        if term.startswith("type:"):
            near = [f"type:{name}" for name in self._types() if name.startswith(term.removeprefix("type:"))]
        else:
            near = [_begun(name) for name in FIELDS if name.startswith(term)]
        return value[: len(value) - len(term)] + near[0] if near else None
