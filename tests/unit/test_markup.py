"""Nothing from outside is ever read as markup: the source says so at each place where Textual or Rich would."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import garminsync_tui

PACKAGE = Path(garminsync_tui.__file__).parent
#: Take a text and read it as markup unless they are told not to.
READERS = {"Static", "Label", "Button", "RichLog", "notify", "Tooltip", "Checkbox", "Option"}
#: Attributes whose setters do.
READ_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label"}
#: Read markup whatever they are told.
ALWAYS = {"from_markup", "Markdown", "MarkdownViewer", "render_markup"}
#: A cell that is a string is markup to Textual's tables: these two make Text of it.
TABLES = {"widgets/table.py", "widgets/grid.py"}


def _name(call: ast.expr) -> str:
    match call:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_plain(value: ast.expr) -> bool:
    """A constant of ours, or text that is put together as Content."""
    match value:
        case ast.Constant() | ast.Starred():
            return True
        case ast.Call(func=ast.Name(id="Content")) | ast.Call(func=ast.Attribute(value=ast.Name(id="Content"))):
            return True
        case ast.IfExp(body=one, orelse=other):
            return _is_plain(one) and _is_plain(other)
    return False


def _says_no(call: ast.Call) -> bool:
    return any(
        each.arg == "markup" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in call.keywords
    )


def doubtful(source: str, where: str = "") -> Iterator[str]:
    """Places where a text might be read as markup."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=func, args=args):
                name = _name(func)
                if name in READERS and args and not _is_plain(args[0]) and not _says_no(node):
                    yield f"{where}:{node.lineno}: {name} without markup=False"
                if name in {"add_row", "add_column", "add_columns"} and where not in TABLES:
                    yield f"{where}:{node.lineno}: cells of a table"
            case ast.Assign(targets=[ast.Attribute(attr=attribute)], value=value):
                if attribute in READ_ATTRIBUTES and not _is_plain(value):
                    yield f"{where}:{node.lineno}: {attribute} is no Content"
            case ast.ImportFrom(module=module) if module in {"rich", "rich.markup", "rich.console"}:
                yield f"{where}:{node.lineno}: {module}"
            case ast.keyword(arg="markup", value=ast.Constant(value=True)):
                yield f"{where}:{node.value.lineno}: markup=True"
        if isinstance(node, ast.Name | ast.Attribute) and _name(node) in ALWAYS:
            yield f"{where}:{node.lineno}: {_name(node)}"


def test_no_text_is_read_as_markup() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    found = [
        problem
        for file in files
        for problem in doubtful(file.read_text("utf-8"), file.as_posix().rpartition("/tui/")[2])
        if file.is_relative_to(PACKAGE / "tui")
    ]
    headless = [
        file
        for file in files
        if not file.is_relative_to(PACKAGE / "tui") and {"rich", "textual"} & _imported(file.read_text("utf-8"))
    ]
    assert found == []
    assert headless == [], "only the screens draw with markup's libraries"


def _imported(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    "source",
    [
        "Static(name)",
        "Static(f'[b]{name}[/b]')",
        "Label(activity.name)",
        "self.notify(problem.message)",
        "pane.border_title = activity.name",
        "pane.border_subtitle = f'{name}'",
        "Content.from_markup(name)",
        "Text.from_markup(name)",
        "RichLog(markup=True)",
        "table.add_row(name)",
        "from rich import print",
        "Button(name)",
        "widget.tooltip = name",
    ],
)
def test_the_search_finds_what_it_is_for(source: str) -> None:
    assert list(doubtful(source)), source


@pytest.mark.parametrize(
    "source",
    ["Static('Sync')", "Static(name, markup=False)", "Label(Content(name))", "pane.border_title = Content(name)"],
)
def test_and_nothing_else(source: str) -> None:
    assert not list(doubtful(source))
