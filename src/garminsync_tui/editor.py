"""The config file in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess

from .config import commented
from .errors import GarminSyncError, UsageProblem
from .new_file import new_file
from .paths import Paths, private_folder


def edit_settings(paths: Paths) -> None:
    """Open the config file in $VISUAL or $EDITOR and wait for its end; one that is not there begins with comments.

    What was written is not looked at here. Raises UsageProblem without an editor, GarminSyncError where it fails.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise UsageProblem("No editor is named.", hint=f"Set EDITOR, or open {paths.config} yourself.")
    private_folder(paths.config.parent)
    if not paths.config.exists():
        with new_file(paths.config, replace=False) as file:
            file.write(commented())
    try:
        # The editor is the person's own command, with whatever arguments it has.
        ended = subprocess.run([*shlex.split(editor), str(paths.config)], check=False)  # noqa: S603
    except (OSError, ValueError):
        raise UsageProblem(f"The editor {editor!r} cannot be started.", hint="Set EDITOR to another.") from None
    if ended.returncode:
        raise GarminSyncError(f"The editor {editor!r} ended with an error ({ended.returncode}).")
