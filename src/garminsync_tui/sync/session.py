"""Joins the stored account with Garmin's servers: a bearer that renews itself once for all who wait, and a client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ..errors import (
    Blocked,
    GarminSyncError,
    KeyMissing,
    RateLimited,
    SignInRequired,
    Unavailable,
    UsageProblem,
)
from ..garmin import personal_key
from ..garmin.client import Client
from ..garmin.providers import APP, PROVIDERS
from ..garmin.server import Server
from ..garmin.sign_in import Tokens, refresh
from ..models import GarminConnectAccount
from ..paths import Paths
from ..redaction import hide
from ..store import accounts
from ..store.accounts import StoredTokens
from ..store.budget import Pace, Rate
from ..store.database import Database
from ..store.vault import Vault
from .threads import in_thread

#: Renew this long before the token ends, so that a skewed clock does no harm.
_EARLY = timedelta(minutes=5)
_LOOK_AGAIN_S = 0.1


def _renew_by_garth(tokens: Tokens, server: Server) -> Tokens:
    from ..garmin import garth_session  # it needs requests, a tenth of a second that hardly anybody has use for

    return garth_session.renew(tokens, server)


#: How the tokens of each provider are renewed: one request, in a thread.
_RENEWALS: dict[str, Callable[[Tokens, Server], Tokens]] = {
    "garminconnect": refresh,
    "garth": _renew_by_garth,
    "personal_api": personal_key.renew,
}


class Bearer:
    """The access token of one account, renewed by one process at a time and stored before it is used."""

    def __init__(self, database: Database, vault: Vault, account: GarminConnectAccount, pace: Pace) -> None:
        self._pace = pace
        self._database = database
        self._vault = vault
        self._account_id: UUID = account.id
        self._provider = account.provider
        self._server = Server.parse(account.server)
        self._lock = asyncio.Lock()
        self._tokens: StoredTokens | None = None

    async def token(self) -> str:
        """A token that is valid for some minutes at least."""
        async with self._lock:
            if self._tokens is None:
                self._tokens = await self._read()
            if await self._ends_soon(self._tokens):
                self._tokens = await self._renewed(self._tokens.access)
            return self._tokens.access

    async def renew(self, refused: str) -> str:
        """A token other than `refused`. Raises SignInRequired where Garmin gives none."""
        async with self._lock:
            self._tokens = await self._renewed(refused)
            return self._tokens.access

    async def _renewed(self, refused: str) -> StoredTokens:
        has_turn = False
        while True:
            tokens = await self._read()
            if tokens.access != refused and not await self._ends_soon(tokens):
                return tokens  # somebody else has renewed it
            if not has_turn:  # before the lease, which nobody holds for a wait
                await self._pace.take()
                has_turn = True
            owner = await accounts.take_refresh_lease(self._database, self._account_id)
            if owner is None:
                await asyncio.sleep(_LOOK_AGAIN_S)
                continue
            refreshing = asyncio.ensure_future(self._refresh_as(owner, refused))
            try:
                return await asyncio.shield(refreshing)
            except asyncio.CancelledError:
                # Garmin has used up the old refresh token, or is about to: what began is brought to its end.
                with contextlib.suppress(GarminSyncError):
                    await asyncio.shield(refreshing)
                raise

    async def _refresh_as(self, owner: UUID, refused: str) -> StoredTokens:
        fresh: StoredTokens | None = None
        try:
            tokens = await self._read()
            if tokens.access != refused and not await self._ends_soon(tokens):
                return tokens
            old = Tokens(
                access=tokens.access,
                secret=tokens.secret,
                refresh=tokens.refresh,
                expires_at=tokens.expires_at or datetime.now(UTC),
                provider=tokens.provider,
            )
            fresh = stored(await in_thread(_RENEWALS[tokens.provider], old, self._server))
            await self._pace.answered()
        except SignInRequired:
            await self._pace.answered()
            await accounts.mark_sign_in_needed(self._database, self._account_id)
            raise
        except RateLimited as problem:
            raise await told(self._pace, problem) from None
        finally:
            # The old refresh token is dead from the moment the new one exists: store it before anything else.
            await asyncio.shield(
                accounts.save_refreshed_tokens(self._database, self._vault, self._account_id, owner, fresh)
            )
        return fresh

    async def _read(self) -> StoredTokens:
        tokens = await accounts.read_tokens(self._database, self._vault, self._account_id)
        if tokens.provider != self._provider:
            # What is under way asks as one does with the other sign-in.
            raise Unavailable("The account was signed in to in another way meanwhile.", hint="It goes on by itself.")
        return tokens

    async def _ends_soon(self, tokens: StoredTokens) -> bool:
        # By the server's clock: with one that is a day ahead, every token would seem to end.
        return tokens.expires_at is not None and tokens.expires_at - _EARLY <= await self._pace.server_time()


async def told(pace: Pace, problem: RateLimited) -> RateLimited:
    """The same, once the budget knows of it, with the wait that comes of it."""
    if isinstance(problem, Blocked):
        return Blocked(await pace.blocked())
    return RateLimited(await pace.refused(problem.retry_after_s))


def stored(tokens: Tokens) -> StoredTokens:
    """Garmin's tokens under the names of the account's columns."""
    hide(tokens.access)
    hide(tokens.refresh)
    if tokens.provider != "garminconnect":
        hide(tokens.secret)
    return StoredTokens(
        access=tokens.access,
        secret=tokens.secret,
        refresh=tokens.refresh,
        expires_at=tokens.expires_at,
        provider=tokens.provider,
    )


def rate_for(server: str, chosen: Rate | None, provider: str = "garminconnect") -> Rate | None:
    """How fast `server` is asked, where `chosen` is what the settings say; None where nothing limits it.

    A server on this machine has no polite default. Raises UsageProblem for a rate that Garmin's own servers are not
    asked at, whoever chose it; a key of the official API is asked with no faster than its own.
    """
    if Server.parse(server).is_loopback:
        return chosen
    polite = Rate(PROVIDERS[provider].per_s, PROVIDERS[provider].burst)
    if chosen is None:
        return polite
    if chosen.per_s > APP.per_s:
        raise UsageProblem(
            f"sync.requests_per_second is {chosen.per_s:g}; Garmin is asked once a second at most.",
            hint="`garminsync config edit` changes it. Only a server on this machine may be asked faster.",
        )
    return Rate(min(chosen.per_s, polite.per_s), min(chosen.burst, polite.burst))


async def open_client(
    database: Database, paths: Paths, account: GarminConnectAccount, rate: Rate | None = None
) -> Client:
    """A client that speaks for `account`, at the pace of its server's budget."""
    server = Server.parse(account.server)
    vault = await Vault.open(database, paths)
    pace = Pace(database, server.url, rate_for(account.server, rate, account.provider))
    bearer = Bearer(database, vault, account, pace)
    return Client(server, bearer, pace, account.display_name or "", provider=PROVIDERS[account.provider])


async def session_ends_by(database: Database, paths: Paths, account: GarminConnectAccount) -> datetime | None:
    """Until when a session of garth's lasts at the latest; None for other ways, and where nothing tells."""
    if account.provider != "garth" or account.refresh_token is None:
        return None
    from ..garmin import garth_session

    try:
        vault = await Vault.open(database, paths)
        return garth_session.ends_by((await accounts.read_tokens(database, vault, account.id)).refresh)
    except (SignInRequired, KeyMissing):
        return None
