"""A home with an account and activities, made without a sync."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from garminsync_tui.ids import new_id
from garminsync_tui.models import GarminConnectAccount, User
from garminsync_tui.store.database import Database

from ..trained import Trained, add

Fill = Callable[..., None]
SEALED = b"\x01" + bytes(59)


def fill(home: Path, template: Path, activities: tuple[Trained, ...], time_zone: str) -> None:
    """Put activities into an empty home."""
    home.mkdir(mode=0o700)
    shutil.copy(template, home / "garminsync.db")

    async def store() -> None:
        async with await Database.open(f"sqlite:///{home / 'garminsync.db'}") as database, database.write() as session:
            user = User(id=new_id(), username="me", password_hash="$argon2id$", login_required=False)
            account = GarminConnectAccount(
                id=new_id(),
                user_id=user.id,
                garmin_user_id="1",
                time_zone=time_zone,
                oauth_token=SEALED,
                oauth_token_secret=SEALED,
            )
            session.add(user)
            await session.flush()
            session.add(account)
            await session.flush()
            await add(session, account.id, *activities)

    asyncio.run(store())
