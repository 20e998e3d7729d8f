"""What `garminsync doctor` finds, and the last fault that the log tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ... import text
from ...errors import GarminSyncError
from .figures import Scrolled

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...cli.checkup import Finding
    from ..app import GarminSyncApp

_SIGNS = {"ok": ("✓", "$text-success"), "note": ("!", "$text-warning"), "problem": ("✗", "$text-error")}


class DoctorScreen(ModalScreen[None]):
    """Looks in the background; `r` looks again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("r", "look", "Look again"),
    ]

    def compose(self) -> ComposeResult:
        """One page to scroll through."""
        with Scrolled(id="doctor", classes="dialog") as box:
            box.border_title = "Doctor"
            box.border_subtitle = Content("r Look again   esc Back")
            yield Static("", id="findings-found", markup=False)

    def on_mount(self) -> None:
        """Look."""
        self.action_look()

    def action_look(self) -> None:
        """Look at everything."""
        self.query_one("#findings-found", Static).update(Content.styled("◌ Looking…", "$text-accent"))
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        app = cast("GarminSyncApp", self.app)
        assert app.engine is not None
        try:
            lines = _page(await app.engine.upkeep.findings())
        except GarminSyncError as problem:
            lines = [Content.styled(text.clean(f"✗ {problem.message} {problem.hint}", 500), "$text-error")]
        lines += [Content(""), *(Content(line) for line in app.engine.upkeep.last_fault())]
        self.query_one("#findings-found", Static).update(Content("\n").join(lines))


def _page(findings: list[Finding]) -> list[Content]:
    lines = []
    for finding in sorted(findings, key=lambda each: list(_SIGNS).index(each.level), reverse=True):
        sign, colour = _SIGNS[finding.level]
        lines.append(Content.assemble((f"{sign} ", colour), text.clean(finding.what, 500)))
        if finding.hint:
            lines.append(Content.styled(f"  {text.clean(finding.hint, 500)}", "$text-muted"))
    wrong = sum(finding.level == "problem" for finding in findings)
    said = "Nothing is wrong." if not wrong else f"{wrong} to see to."
    return [Content.styled(said, "bold"), Content(""), *lines]
