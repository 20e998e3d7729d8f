"""Signing in, from the first word to the linked account, in each of the ways that there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from ..errors import Blocked, RateLimited, SignInBlocked, SignInRefused, SignInRequired, Unavailable
from ..garmin import browser_ticket, personal_key, token_file
from ..garmin.server import Server
from ..garmin.sign_in import CodeNeeded, Profile, SignIn, Tokens
from ..jobs.words import held_off
from ..models import GarminConnectAccount
from ..paths import Paths
from ..redaction import hide
from ..store import accounts, budget
from ..store.budget import Pace
from ..store.database import Database
from ..store.vault import Vault
from .session import rate_for, stored, told
from .threads import in_thread


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
        self._pace = Pace(database, self._server.url, rate_for(self._server.url, None))
        self._loop: asyncio.AbstractEventLoop | None = None
        #: Until when a session of garth's lasts at the latest, once one was resumed and as far as anything tells.
        self.session_ends_by: datetime | None = None
        self._adopted: dict[str, Tokens] = {}  # by the access token that a file had
        self._on_strategy = on_strategy

    @cached_property
    def _sign_in(self) -> SignIn:
        """Garmin's own: a key of the official API has no use for it."""
        return SignIn(self._server, on_strategy=self._on_strategy, on_requests=self._charge)

    async def start(self, email: str, password: str) -> GarminConnectAccount | CodeNeeded:
        """Sign in. Raises WrongPassword, SignInRefused (also during the cool-down after one), Unavailable."""
        hide(password)
        await self._refuse_early()
        try:
            outcome = await self._in_thread(self._sign_in.start, email, password)
        except SignInRefused as problem:
            raise await self._cool_down(problem) from None
        return outcome if isinstance(outcome, CodeNeeded) else await self._linked(outcome)

    async def finish(self, code: str) -> GarminConnectAccount:
        """Give the security code. Raises WrongCode, after which another may be given."""
        hide(code)
        try:
            tokens = await self._in_thread(self._sign_in.finish, code.replace(" ", ""))
        except SignInRefused as problem:
            raise await self._cool_down(problem) from None
        return await self._linked(tokens)

    async def with_ticket(self, pasted: str) -> GarminConnectAccount:
        """Link by what a browser was given at `browser_address`. Raises WrongTicket, UsageProblem, as `start`.

        An earlier refusal does not hold it off: a browser asks elsewhere, and a person signs in there each time.
        """
        hide(pasted.strip())
        ticket = browser_ticket.find(pasted, self._server)
        hide(ticket.ticket)
        try:
            tokens = await self._in_thread(self._sign_in.exchange, ticket)
        except SignInRefused as problem:
            raise await self._cool_down(problem) from None
        return await self._linked(tokens)

    async def with_token_file(self, path: Path) -> GarminConnectAccount:
        """Link by the tokens that another program keeps in a file. Raises UsageProblem, SignInRequired, Unavailable.

        Where the refresh token in it is used, here or there, the other program's is used up.
        """
        found = token_file.read(path)
        hide(found.access)
        hide(found.refresh)
        try:
            # What an earlier try renewed is not renewed again: the token that could is used up.
            tokens = await self._in_thread(self._sign_in.adopt, self._adopted.get(found.access, found))
            self._adopted[found.access] = tokens
            return await self._linked(tokens)
        except RateLimited as problem:
            raise await told(self._pace, problem) from None
        except SignInRequired:
            raise SignInRequired(
                "Garmin no longer accepts the tokens in that file.",
                hint="Sign in with the other program again, or here in another way. Is it an account in China?"
                " Then choose garmin.cn (--region cn).",
            ) from None

    async def with_garth(self, folder: Path | None = None) -> GarminConnectAccount:
        """Link by a session that garth keeps in `folder`, or wherever there is one. Raises as `garth_session` does."""
        from ..garmin import garth_session

        session = await in_thread(garth_session.load, garth_session.source(folder))
        for secret in (session.token, session.secret, session.mfa_token):
            hide(secret)
        self.session_ends_by = session.ends_by
        await self._obey_wait()
        try:
            tokens = await self._in_thread(garth_session.resume, session, self._server, self._charge)
            self._sign_in.go_on_with(tokens)
            return await self._linked(tokens)
        except RateLimited as problem:
            raise await told(self._pace, problem) from None

    async def with_key(self, key: str) -> GarminConnectAccount:
        """Link by a key of the official Personal API. Raises as `personal_key` does."""
        hide(key.strip())
        key = personal_key.checked(key, self._server)
        await self._obey_wait()
        try:
            self._loop = asyncio.get_running_loop()
            await self._pace.charge()
            tokens = await in_thread(personal_key.exchange, key, self._server)
            profile = await in_thread(personal_key.profile, tokens, self._server, self._charge)
            return await self._linked(tokens, profile)
        except RateLimited as problem:
            raise await told(self._pace, problem) from None

    @property
    def browser_address(self) -> str:
        """What to open in a browser."""
        return browser_ticket.address(self._server)

    @property
    def key_page(self) -> str:
        """Where a key of the official API is made, in a browser."""
        return personal_key.key_page(self._server)

    async def _in_thread[**P, T](self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        self._loop = asyncio.get_running_loop()
        return await in_thread(work, *arguments, **options)

    def _charge(self, requests: int) -> None:
        """From the sign-in's thread: its requests wait for nobody, but those after them do."""
        assert self._loop is not None
        charging = self._pace.charge(requests)
        try:
            charged = asyncio.run_coroutine_threadsafe(charging, self._loop)
        except RuntimeError:  # the loop has ended: nobody wants this sign-in any more
            charging.close()
            raise
        charged.result()

    async def _refuse_early(self) -> None:
        wait = await budget.sign_in_wait(self._database, self._server.url)
        if wait is not None:
            refused = wait.sign_in and not wait.blocked
            earlier = "Garmin refused an earlier sign-in" if refused else held_off(blocked=wait.blocked)
            raise _refused_until(wait.until, f"{earlier}.", SignInBlocked if wait.blocked else SignInRefused)

    async def _obey_wait(self) -> None:
        """Raises RateLimited, or Blocked, where no request may go out now."""
        wait = await budget.wait(self._database, self._server.url)
        if wait is not None:
            left_s = max((wait.until - datetime.now(UTC)).total_seconds(), 0.0)
            raise Blocked(left_s) if wait.blocked else RateLimited(left_s)

    async def _cool_down(self, problem: SignInRefused) -> SignInRefused:
        blocked = isinstance(problem, SignInBlocked)
        until = await budget.sign_in_refused(self._database, self._server.url, blocked=blocked)
        return _refused_until(until, problem.message, type(problem))

    async def _linked(self, tokens: Tokens, profile: Profile | None = None) -> GarminConnectAccount:
        try:
            if profile is None:
                profile = await self._in_thread(self._sign_in.profile)
        except RateLimited as problem:
            raise await told(self._pace, problem) from None
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
            display_name=profile.display_name or None,
            time_zone=profile.time_zone,
            tokens=stored(tokens),
        )
        await budget.sign_in_succeeded(self._database, self._server.url)
        return account


def _refused_until(until: datetime, message: str, kind: type[SignInRefused]) -> SignInRefused:
    return kind(
        f"{message} The next try is allowed at {until.astimezone():%Y-%m-%d %H:%M %Z}.",
        hint="This is a limit of Garmin's, not a wrong password. Trying earlier makes it last longer.",
    )
