"""What is done with the installation as a whole: its file in an editor, its database, its link to Garmin."""

from __future__ import annotations

import asyncio

from textual.app import SuspendNotSupported

from ... import text
from ...errors import GarminSyncError
from .place import Place


class InstallationScreen(Place):
    """The actions; where they are shown is for the screen that has them."""

    def say_checked(self, words: str) -> None:
        """Show what came of a look through the whole database."""
        raise NotImplementedError

    def action_settings_open(self) -> None:
        """The file in the person's editor, while the app waits and its jobs go on."""
        self.garminsync.do(self._open)

    async def _open(self) -> None:
        from ...editor import edit_settings

        paths, problem = self.garminsync.config.paths, None
        try:
            with self.app.suspend(), self.app.batch_update():
                try:
                    await asyncio.to_thread(edit_settings, paths)
                except GarminSyncError as failed:
                    problem = failed  # told once the terminal is ours again
        except SuspendNotSupported:
            self.notify(f"No editor can be opened from here: the file is {paths.config}.", markup=False)
        self.garminsync.follow_file()
        if problem is not None:
            raise problem

    def action_settings_doctor(self) -> None:
        """What is not as it should be."""
        from .doctor import DoctorScreen

        self.app.push_screen(DoctorScreen())

    def action_settings_check(self) -> None:
        """Read all of the database."""
        self.garminsync.do(self._check)

    async def _check(self) -> None:
        engine = self.garminsync.engine
        assert engine is not None
        self.say_checked("◌ The database is being read to its end…")
        try:
            await engine.upkeep.check()
        except GarminSyncError as problem:
            self.say_checked(f"✗ {problem.message} {problem.hint}")
        else:
            self.say_checked("✓ The database was read to its end and is sound.")

    def action_settings_backup(self) -> None:
        """Write all of the database into one file."""
        from .backup import BackupScreen

        self.app.push_screen(BackupScreen())

    def action_settings_sign_out(self) -> None:
        """End the link, after a question that names it."""
        from .dialogs import Confirm

        engine, situation = self.garminsync.engine, self.garminsync.situation
        assert engine is not None and situation is not None and situation.account is not None
        account = situation.account
        name = text.clean(account.display_name or account.garmin_user_id, 60)

        def answered(yes: bool | None) -> None:
            if yes:
                self.garminsync.do(lambda: engine.upkeep.sign_out(account))

        asking = f"Sign out {name} at {text.clean(account.server, 60)}?"
        why = "The tokens are forgotten and nothing is synced any more. Everything that was synced stays."
        self.app.push_screen(Confirm(asking, why, "Sign out"), answered)
