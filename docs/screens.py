"""README's screens, exported by the program itself: `just screens`."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from garminsync_tui.config import Config
from garminsync_tui.paths import Paths
from garminsync_tui.tui.app import GarminSyncApp

HERE = Path(__file__).parent / "screens"


async def export(home: Path) -> None:
    config = Config.load(Paths.below(home), environment={"GARMINSYNC_RUNNER": "never"})
    app = GarminSyncApp(config)
    async with app.run_test(size=(100, 30)) as pilot:
        for key, name in (
            (None, "today"),
            ("c", "coverage"),
            ("2", "activities"),
            ("enter", "activity"),
            ("3", "health"),
            ("4", ""),
            ("enter", "editor"),
            ("escape", ""),
            ("5", "jobs"),
        ):
            if key:
                await pilot.press(key)
            for _ in range(40):  # files are read and drawn in the background
                await pilot.pause(0.1)
            picture = re.sub(
                r"@font-face \{.*?\n    \}", "", app.export_screenshot(title="garminsync"), flags=re.DOTALL
            )
            if name:
                (HERE / f"{name}.svg").write_text(picture, "utf-8")
            if name in {"activities", ""}:
                await pilot.press("down")


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        command = [str(Path(sys.executable).with_name("garminsync")), "--home", str(home), "demo", "--headless"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        asyncio.run(export(home))


if __name__ == "__main__":
    main()
