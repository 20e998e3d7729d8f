"""To whose account goes what an import brings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from ...errors import AnotherPerson
from ...jobs.run import JobRun
from ...models import GarminConnectAccount
from ...store import own_accounts
from ...store.adoption import give_local_health


@dataclass(frozen=True, slots=True)
class Owners:
    """Accounts by what they get; several may be one."""

    #: Whose activities may be the same as imported ones.
    candidates: Collection[UUID]
    #: Recordings that no archive tells of, until Garmin does.
    unknown_id: UUID
    #: Measurements of devices.
    health_id: UUID
    #: What an archive tells.
    archive_id: UUID


async def owners(run: JobRun, profile_id: str | None, *, other_person: bool = False) -> Owners:
    """Find or make the accounts of an import; `profile_id` is the one that its archive names.

    Raises AnotherPerson for an archive of somebody else than the person whose account is linked or known, unless
    `other_person` says that it is meant: their data then stays apart, in an account of its own.
    """
    async with run.database.write() as session:
        before = await own_accounts.of_user(session, run.user_id)
        stranger = profile_id is not None and is_stranger(before, profile_id)
        if stranger and not other_person:
            assert profile_id is not None
            raise somebody_else(before, profile_id)
        local = await own_accounts.ensure_local(session, run.user_id)
        main = own_accounts.main(before)
        if profile_id is None:
            garmins = main
        else:
            garmins = await own_accounts.ensure_of_profile(session, run.user_id, profile_id)
            if not stranger:
                await give_local_health(session, run.user_id, garmins.id)
        if stranger:
            assert garmins is not None
            return Owners([garmins.id], garmins.id, garmins.id, garmins.id)
        mine = [local.id, *(each.id for each in before if each.id != local.id)]
        if garmins is not None and garmins.id not in mine:
            mine.append(garmins.id)
        health = main or garmins or local
        return Owners(mine, local.id, health.id, (garmins or local).id)


def is_stranger(accounts: Collection[GarminConnectAccount], profile_id: str) -> bool:
    """Whether a profile is none of the known ones, of which there are some."""
    known = {each.garmin_user_id for each in accounts if not own_accounts.is_local(each)}
    return bool(known) and profile_id not in known


def somebody_else(accounts: Collection[GarminConnectAccount], profile_id: str) -> AnotherPerson:
    """The refusal of another person's archive."""
    main = own_accounts.main(accounts)
    mine = main.garmin_user_id if main is not None else "another one"
    return AnotherPerson(
        f"This is the archive of another person: of Garmin's profile {profile_id}, and yours here is {mine}.",
    )
