"""Joins the stored account with Garmin's servers: sign-in, a bearer that renews itself once for all, a client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ..errors import RateLimited, SignInRefused, SignInRequired, Unavailable
from ..garmin.client import Client
from ..garmin.server import Server
from ..garmin.sign_in import CodeNeeded, SignIn, Tokens, refresh
from ..models import GarminConnectAccount
from ..paths import Paths
from ..redaction import hide
from ..store import accounts, budget
from ..store.accounts import StoredTokens
from ..store.budget import Pace, Rate
from ..store.database import Database
from ..store.vault import Vault

#: Renew this long before the token ends, so that a skewed clock does no harm.
_EARLY = timedelta(minutes=5)
_LOOK_AGAIN_S = 0.1
#: The polite default for Garmin's own servers; a server on this machine has none.
DEFAULT_RATE = Rate(per_s=1.0, burst=3)


class Bearer:
    """The access token of one account, renewed by one process at a time and stored before it is used."""

    def __init__(self, database: Database, vault: Vault, account: GarminConnectAccount) -> None:
        self._database = database
        self._vault = vault
        self._account_id: UUID = account.id
        self._server = Server.parse(account.server)
        self._lock = asyncio.Lock()
        self._tokens: StoredTokens | None = None

    async def token(self) -> str:
        """A token that is valid for some minutes at least."""
        async with self._lock:
            if self._tokens is None:
                self._tokens = await accounts.read_tokens(self._database, self._vault, self._account_id)
            if _ends_soon(self._tokens):
                self._tokens = await self._renewed(self._tokens.access)
            return self._tokens.access

    async def renew(self, refused: str) -> str:
        """A token other than `refused`. Raises SignInRequired where Garmin gives none."""
        async with self._lock:
            self._tokens = await self._renewed(refused)
            return self._tokens.access

    async def _renewed(self, refused: str) -> StoredTokens:
        while True:
            tokens = await accounts.read_tokens(self._database, self._vault, self._account_id)
            if tokens.access != refused and not _ends_soon(tokens):
                return tokens  # somebody else has renewed it
            owner = await accounts.take_refresh_lease(self._database, self._account_id)
            if owner is None:
                await asyncio.sleep(_LOOK_AGAIN_S)
                continue
            return await self._refresh_as(owner, refused)

    async def _refresh_as(self, owner: UUID, refused: str) -> StoredTokens:
        fresh: StoredTokens | None = None
        try:
            tokens = await accounts.read_tokens(self._database, self._vault, self._account_id)
            if tokens.access != refused and not _ends_soon(tokens):
                return tokens
            if not tokens.refresh:
                raise SignInRequired()
            old = Tokens(
                access=tokens.access,
                client_id=tokens.secret,
                refresh=tokens.refresh,
                expires_at=tokens.expires_at or datetime.now(UTC),
            )
            fresh = stored(await asyncio.to_thread(refresh, old, self._server))
        except SignInRequired:
            await accounts.mark_sign_in_needed(self._database, self._account_id)
            raise
        finally:
            # The old refresh token is dead from the moment the new one exists: store it before anything else.
            await asyncio.shield(
                accounts.save_refreshed_tokens(self._database, self._vault, self._account_id, owner, fresh)
            )
        return fresh


def _ends_soon(tokens: StoredTokens) -> bool:
    return tokens.expires_at is not None and tokens.expires_at - _EARLY <= datetime.now(UTC)


def stored(tokens: Tokens) -> StoredTokens:
    """Garmin's tokens under the names of the account's columns."""
    hide(tokens.access)
    hide(tokens.refresh)
    return StoredTokens(
        access=tokens.access, secret=tokens.client_id, refresh=tokens.refresh, expires_at=tokens.expires_at
    )


def rate_for(account: GarminConnectAccount, chosen: Rate | None) -> Rate | None:
    """How fast the account's server is asked, where `chosen` is what the settings say; None where nothing limits it."""
    if Server.parse(account.server).is_loopback:
        return chosen
    # No setting makes a program that many people run ask Garmin faster than this.
    return DEFAULT_RATE if chosen is None else Rate(min(chosen.per_s, DEFAULT_RATE.per_s), chosen.burst)


async def open_client(
    database: Database, paths: Paths, account: GarminConnectAccount, rate: Rate | None = None
) -> Client:
    """A client that speaks for `account`, at the pace of its server's budget."""
    server = Server.parse(account.server)
    vault = await Vault.open(database, paths)
    pace = Pace(database, account.server, rate_for(account, rate))
    return Client(server, Bearer(database, vault, account), pace, account.display_name or "")


class Linking:
    """One sign-in from the first word to the linked account; also with a security code in between."""

    def __init__(
        self,
        database: Database,
        paths: Paths,
        server: str,
        *,
        on_strategy: Callable[[int, int, str], None] | None = None,
    ) -> None:
        self._database = database
        self._paths = paths
        self._server = Server.parse(server)
        self._sign_in = SignIn(self._server, on_strategy=on_strategy)

    async def start(self, email: str, password: str) -> GarminConnectAccount | CodeNeeded:
        """Sign in. Raises WrongPassword, SignInRefused (also during the cool-down after one), Unavailable."""
        hide(password)
        until = await budget.sign_in_wait(self._database, self._server.url)
        if until is not None:
            raise _refused_until(until, "Garmin refused an earlier sign-in.")
        try:
            outcome = await asyncio.to_thread(self._sign_in.start, email, password)
        except (SignInRefused, RateLimited) as problem:
            raise await self._cool_down(problem) from None
        return outcome if isinstance(outcome, CodeNeeded) else await self._linked(outcome)

    async def finish(self, code: str) -> GarminConnectAccount:
        """Give the security code. Raises WrongCode, after which another may be given."""
        hide(code)
        try:
            tokens = await asyncio.to_thread(self._sign_in.finish, code.replace(" ", ""))
        except (SignInRefused, RateLimited) as problem:
            raise await self._cool_down(problem) from None
        return await self._linked(tokens)

    async def _cool_down(self, problem: SignInRefused | RateLimited) -> SignInRefused:
        until = await budget.sign_in_refused(self._database, self._server.url)
        return _refused_until(until, problem.message)

    async def _linked(self, tokens: Tokens) -> GarminConnectAccount:
        profile = await asyncio.to_thread(self._sign_in.profile)
        if not profile.garmin_user_id:
            raise Unavailable("Garmin accepted the sign-in but did not say whose it is.", hint="Try again later.")
        vault = await Vault.open(self._database, self._paths, replace_lost_key=True)
        user = await accounts.ensure_user(self._database)
        account = await accounts.link(
            self._database,
            vault,
            user.id,
            garmin_user_id=profile.garmin_user_id,
            server=self._server.url,
            display_name=profile.display_name,
            time_zone=profile.time_zone,
            tokens=stored(tokens),
        )
        await budget.sign_in_succeeded(self._database, self._server.url)
        return account


def _refused_until(until: datetime, message: str) -> SignInRefused:
    return SignInRefused(
        f"{message} The next try is allowed at {until.astimezone():%Y-%m-%d %H:%M %Z}.",
        hint="This is a limit of Garmin's, not a wrong password. Trying earlier makes it last longer.",
    )
