"""Lines of a job's log, drawn."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.app import App, ComposeResult

from garminsync_tui.ids import new_id
from garminsync_tui.models import JobEvent
from garminsync_tui.tui.widgets.log_view import LogView

LONG = " ".join("aaaaaaaaa" for _ in range(28))


class Drawn(App[None]):
    """One log."""

    def compose(self) -> ComposeResult:
        """A log, and nothing else."""
        yield LogView(id="log")


async def test_no_word_is_lost_when_lines_grow_beyond_the_screen() -> None:
    """They are wrapped before there is a scrollbar, and it must not take room from them."""
    app = Drawn()
    async with app.run_test(size=(61, 7)) as pilot:
        view = app.query_one(LogView)
        view.add([JobEvent(job_id=new_id(), at=datetime.now(UTC), level="note", text=LONG)])
        await pilot.pause()
        view.add([JobEvent(job_id=new_id(), at=datetime.now(UTC), level="note", text="The end.")])
        await pilot.pause()
        view.scroll_home(animate=False, immediate=True)
        assert view.show_vertical_scrollbar
        drawn = ["".join(segment.text for segment in view.render_line(y))[19:] for y in range(len(view.shown) * 20)]
    assert " ".join(" ".join(drawn).split()) == f"{LONG} The end."
