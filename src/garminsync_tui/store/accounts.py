"""The local user, the linked Garmin account and its sealed tokens."""

from __future__ import annotations

import getpass
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import from_now, now
from ..errors import SignInRequired, UsageProblem
from ..ids import new_id
from ..models import GarminConnectAccount, RequestBudget, Schedule, User
from .adoption import give_local_health, know_zone
from .changes import announce
from .coverage import ask_for_the_rest
from .database import Database
from .own_accounts import NO_SERVER, main
from .vault import Vault

_REFRESH_LEASE_S = 60


@dataclass(frozen=True, slots=True, repr=False)
class StoredTokens:
    """An account's tokens, opened."""

    access: str
    secret: str
    refresh: str | None
    expires_at: datetime | None
    #: Which of `models.PROVIDERS` gave them.
    provider: str = "garminconnect"

    def __repr__(self) -> str:
        return "<tokens>"


# ── The local user ───────────────────────────────────────────────────────────────────────────────────


def hash_password(password: str | None) -> str:
    """An argon2id hash (RFC 9106, low-memory parameters); of a discarded secret where there is no password."""
    from argon2 import PasswordHasher

    if password is None:
        # 256 random bits that nobody keeps are not guessed, however little a guess costs.
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(secrets.token_urlsafe(32))
    return PasswordHasher().hash(password)


def password_fits(user: User, password: str) -> bool:
    """Whether `password` is the user's."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(user.password_hash, password)
    except VerificationError:
        return False


async def find_user(database: Database) -> User | None:
    """The local user, if one was made."""
    async with database.read() as session:
        return (await session.scalars(sa.select(User).order_by(User.created_at).limit(1))).first()


async def ensure_user(database: Database, username: str | None = None) -> User:
    """The local user, made on first use without a password and named as the operating system names them."""
    found = await find_user(database)
    if found:
        return found
    return await create_user(database, username or _system_name(), None)


async def create_user(database: Database, username: str, password: str | None) -> User:
    """Make the local user. Raises UsageProblem where there is one, or the name is empty."""
    if not username.strip():
        raise UsageProblem("A user needs a name.")
    user = User(
        id=new_id(),
        username=username.strip(),
        password_hash=hash_password(password),
        login_required=password is not None,
    )
    async with database.write() as session:
        if (await session.scalars(sa.select(User.username).limit(1))).first():
            raise UsageProblem(
                "There is a local user already.", hint="Change its password with `garminsync user password`."
            )
        session.add(user)
    return user


async def set_password(database: Database, user_id: UUID, password: str | None) -> None:
    """Change the local password; None takes it away. Apps that are open ask for the new one."""
    hashed = hash_password(password)
    async with database.write() as session:
        await session.execute(
            sa.update(User).where(User.id == user_id).values(password_hash=hashed, login_required=password is not None)
        )
        await session.execute(sa.delete(RequestBudget).where(RequestBudget.scope == tries_of(user_id)))
        await announce(session, user_id)


def tries_of(user_id: UUID) -> str:
    """Under which name wrong passwords of a user are counted."""
    return f"password {user_id}"


def _system_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


# ── The Garmin account ───────────────────────────────────────────────────────────────────────────────


async def active_account(database: Database) -> GarminConnectAccount | None:
    """The account that syncs go to, if one is linked."""
    async with database.read() as session:
        return (await session.scalars(sa.select(GarminConnectAccount).where(GarminConnectAccount.active))).first()


async def shown_account(database: Database) -> GarminConnectAccount | None:
    """The account whose days and zone are shown: the linked one, else the one known last, else that of files alone."""
    async with database.read() as session:
        every = list(await session.scalars(sa.select(GarminConnectAccount)))
    return main(every) or next(iter(every), None)


async def get(database: Database, account_id: UUID) -> GarminConnectAccount:
    """An account by its id."""
    async with database.read() as session:
        return await session.get_one(GarminConnectAccount, account_id)


async def set_facts(session: AsyncSession, account_id: UUID, **facts: datetime | int | now) -> None:
    """Remember when something of the account was looked at, and what was seen."""
    await session.execute(sa.update(GarminConnectAccount).where(GarminConnectAccount.id == account_id).values(**facts))


async def require_account(database: Database) -> GarminConnectAccount:
    """The account that syncs go to. Raises SignInRequired where none is linked."""
    account = await active_account(database)
    if account is None:
        raise SignInRequired("No Garmin account is linked.", hint="Run `garminsync login` first.")
    return account


async def link(
    database: Database,
    vault: Vault,
    user_id: UUID,
    *,
    garmin_user_id: str,
    server: str,
    display_name: str | None,
    time_zone: str | None,
    tokens: StoredTokens,
) -> GarminConnectAccount:
    """Link an account and make it the active one; the same account linked again keeps its row and its data.

    An account that only an archive told of is the same one, whatever its server; and the health of files whose owner
    nobody knew is its own.
    """
    async with database.write() as session:
        account = (
            await session.scalars(
                sa.select(GarminConnectAccount)
                .where(
                    GarminConnectAccount.garmin_user_id == garmin_user_id,
                    GarminConnectAccount.server.in_([server, NO_SERVER]),
                )
                .order_by((GarminConnectAccount.server == server).desc())
                .limit(1)
            )
        ).first()
        account_id, known_zone = (account.id, account.time_zone) if account else (new_id(), None)
        await session.execute(
            sa.update(GarminConnectAccount)
            .where(
                GarminConnectAccount.user_id == user_id,
                GarminConnectAccount.active,
                GarminConnectAccount.id != account_id,
            )
            .values(active=False, oauth_token=None, oauth_token_secret=None, refresh_token=None)
        )
        values = {
            "user_id": user_id,
            "garmin_user_id": garmin_user_id,
            "server": server,
            "provider": tokens.provider,
            "active": True,
            "display_name": display_name,
            "time_zone": time_zone or known_zone,
            "sign_in_needed_since": None,
            "refresh_owner": None,
            "refresh_lease_until": None,
            **await _sealed(session, vault, account_id, tokens),
        }
        if account is None:
            session.add(GarminConnectAccount(id=account_id, **values))
        else:
            values["linked_at"] = now()
            if tokens.provider != "personal_api":
                await ask_for_the_rest(session, account_id)
            await session.execute(
                sa.update(GarminConnectAccount).where(GarminConnectAccount.id == account_id).values(**values)
            )
        await session.flush()
        await give_local_health(session, user_id, account_id)
        if time_zone and known_zone is None:
            await know_zone(session, account_id, time_zone)
    async with database.read() as session:
        return await session.get_one(GarminConnectAccount, account_id)


async def unlink(database: Database, account_id: UUID) -> None:
    """End the link: the tokens go, everything synced stays."""
    async with database.write() as session:
        await session.execute(
            sa.update(GarminConnectAccount)
            .where(GarminConnectAccount.id == account_id)
            .values(
                active=False,
                oauth_token=None,
                oauth_token_secret=None,
                refresh_token=None,
                token_expires_at=None,
            )
        )
        await session.execute(
            sa.update(Schedule).where(Schedule.garmin_connect_account_id == account_id).values(enabled=False)
        )


async def mark_sign_in_needed(database: Database, account_id: UUID) -> None:
    """Remember since when Garmin refuses the tokens, so that nobody keeps asking."""
    async with database.write() as session:
        await session.execute(
            sa.update(GarminConnectAccount)
            .where(GarminConnectAccount.id == account_id, GarminConnectAccount.sign_in_needed_since.is_(None))
            .values(sign_in_needed_since=now())
        )


# ── Tokens ───────────────────────────────────────────────────────────────────────────────────────────


async def names(database: Database) -> set[str]:
    """Everything here that tells who somebody is: to be left out of a report."""
    account = GarminConnectAccount
    async with database.read() as session:
        users = await session.scalars(sa.select(User.username))
        rows = await session.execute(sa.select(account.garmin_user_id, account.display_name))
        return {name for name in (*users, *(name for row in rows for name in row)) if name}


async def read_tokens(database: Database, vault: Vault, account_id: UUID) -> StoredTokens:
    """The account's tokens. Raises SignInRequired where there are none, or Garmin refused them before."""
    async with database.read() as session:
        account = await session.get_one(GarminConnectAccount, account_id)
        await vault.keep_up(session)
    if account.oauth_token is None or account.oauth_token_secret is None or account.sign_in_needed_since:
        raise SignInRequired()
    return StoredTokens(
        access=vault.unseal(account_id, "oauth_token", account.oauth_token),
        secret=vault.unseal(account_id, "oauth_token_secret", account.oauth_token_secret),
        refresh=vault.unseal(account_id, "refresh_token", account.refresh_token) if account.refresh_token else None,
        expires_at=account.token_expires_at,
        provider=account.provider,
    )


async def take_refresh_lease(database: Database, account_id: UUID) -> UUID | None:
    """Become the one who refreshes the token; None while somebody else does."""
    owner = uuid4()
    async with database.write() as session:
        taken = await session.execute(
            sa.update(GarminConnectAccount)
            .where(
                GarminConnectAccount.id == account_id,
                sa.or_(
                    GarminConnectAccount.refresh_owner.is_(None),
                    GarminConnectAccount.refresh_lease_until < now(),
                ),
            )
            .values(refresh_owner=owner, refresh_lease_until=from_now(_REFRESH_LEASE_S))
            .returning(GarminConnectAccount.id)
        )
        return owner if taken.first() else None


async def save_refreshed_tokens(
    database: Database, vault: Vault, account_id: UUID, owner: UUID, tokens: StoredTokens | None
) -> None:
    """Store rotated tokens under the lease and end it; None gives the lease back without new tokens."""
    values: dict[str, object] = {"refresh_owner": None, "refresh_lease_until": None}
    async with database.write() as session:
        if tokens:
            values |= await _sealed(session, vault, account_id, tokens)
        await session.execute(
            sa.update(GarminConnectAccount)
            .where(GarminConnectAccount.id == account_id, GarminConnectAccount.refresh_owner == owner)
            .values(**values)
        )


async def _sealed(session: AsyncSession, vault: Vault, account_id: UUID, tokens: StoredTokens) -> dict[str, object]:
    await vault.keep_up(session, sealing=True)
    return {
        "oauth_token": vault.seal(account_id, "oauth_token", tokens.access),
        "oauth_token_secret": vault.seal(account_id, "oauth_token_secret", tokens.secret),
        "refresh_token": vault.seal(account_id, "refresh_token", tokens.refresh) if tokens.refresh else None,
        "token_expires_at": tokens.expires_at,
    }
