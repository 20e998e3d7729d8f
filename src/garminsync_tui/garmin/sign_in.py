"""Signing in at Garmin, and refreshing what came of it. Everything here blocks: call it in a thread.

A sign-in takes seconds (the library pauses between a page and the password, as a person would) and at worst half
a minute: after two doors of Garmin's have refused it, nothing more is tried, because trying prolongs the block.
Tokens exist in memory only; the library's own token file stays unset, because it would be plaintext.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import (
    Blocked,
    GarminSyncError,
    RateLimited,
    SignInBlocked,
    SignInRefused,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
    WrongCode,
    WrongPassword,
    WrongTicket,
)
from . import retry_after
from .server import Server
from .shapes import storable_text

if TYPE_CHECKING:
    from .browser_ticket import Ticket
    from .library import LibraryClient

#: Of an access token that does not say when it ends; Garmin's live for about a day.
_ASSUMED_LIFETIME = timedelta(hours=1)
#: Tokens that end sooner are renewed before they are used.
_SOON = timedelta(minutes=5)
_TRY_LATER = "Check the connection and try again."
_WAIT = "Wait some hours before the next try: each one prolongs the block. Another network may help at once."


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a session at Garmin consists of: none of it is ever shown."""

    access: str
    #: What a renewal is refused without: the client that the tokens were issued to; of a session of garth's its secret;
    #: the key of the official API.
    secret: str
    #: What is renewed with, where that is not the secret alone. Garmin's own works once: each gives the next one.
    refresh: str | None
    expires_at: datetime
    #: Which of `models.PROVIDERS` gave them.
    provider: str = "garminconnect"

    def __repr__(self) -> str:
        return "<tokens>"


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """Garmin has sent a security code, or waits for that of an app; `method` as Garmin calls it ("email")."""

    method: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose account it is."""

    garmin_user_id: str
    display_name: str
    full_name: str
    #: IANA name of the account's zone, None where Garmin does not say or nobody knows it.
    time_zone: str | None


class SignIn:
    """One sign-in, from password over security code to tokens and profile; not for several threads at once.

    `on_strategy` is told each way that is tried: its number, how many there are, its name; `on_requests` how many
    requests are about to be sent.
    """

    def __init__(
        self,
        server: Server,
        *,
        on_strategy: Callable[[int, int, str], None] | None = None,
        on_requests: Callable[[int], None] | None = None,
    ) -> None:
        from .library import LibraryClient

        self._server = server
        self._client = LibraryClient(server, on_strategy, on_requests)

    @property
    def requests(self) -> int:
        """Requests made so far. The widget's pages are counted as three, whatever became of them."""
        return self._client.requests

    def start(self, email: str, password: str) -> Tokens | CodeNeeded:
        """Sign in. Raises WrongPassword, SignInRefused (429, CAPTCHA, gate, no usable token), Unavailable."""
        from . import library

        self._client.start_over()
        self._client._clear_mfa_pending_state()
        try:
            with library.pauses(self._server):
                outcome, pending = self._client.login(email, password, return_on_mfa=True)
        except library.GarminConnectAuthenticationError as error:
            raise self._refusal(error) or WrongPassword() from None
        except (library.GarminConnectConnectionError, library.GarminConnectTooManyRequestsError) as error:
            raise self._no_way(error) from None
        if outcome == "needs_mfa":
            return CodeNeeded(str(pending.get("method") or "unknown"))
        return _tokens_of(self._client)

    def finish(self, code: str) -> Tokens:
        """Hand in the security code. After WrongCode another may be tried; otherwise raises as `start`."""
        from . import library

        self._client.start_over()
        try:
            self._client.resume_login(None, "".join(code.split()))
        except library.GarminConnectTooManyRequestsError as error:
            raise self._no_way(error) from None
        except library.GarminConnectAuthenticationError as error:
            statuses = self._client.statuses
            heard = any(status < 500 and status != 403 for status in statuses) or self._client._mfa_flow == "widget"
            raise self._refusal(error) or (WrongCode() if heard else self._no_way(error)) from None
        except library.GarminConnectConnectionError as error:
            raise self._no_way(error) from None
        return _tokens_of(self._client)

    def exchange(self, ticket: Ticket) -> Tokens:
        """Make tokens of what a browser was given. Raises WrongTicket, SignInRefused, Unavailable."""
        from . import library

        self._client.start_over()
        try:
            self._client._establish_session(ticket.ticket, service_url=ticket.service)
        except library.GarminConnectAuthenticationError as error:
            heard = self._client.statuses and self._client.statuses[-1] in (400, 401)
            raise WrongTicket() if heard else self._refusal(error) or self._no_way(error) from None
        except (library.GarminConnectConnectionError, OSError):
            raise _unavailable(self._client.statuses) from None
        return _tokens_of(self._client)

    def adopt(self, tokens: Tokens) -> Tokens:
        """Go on with tokens that another program was given; renewed where they end soon. Raises as `refresh`."""
        if tokens.expires_at <= datetime.now(UTC) + _SOON:
            self._client._count(1)
            tokens = refresh(tokens, self._server)
        self.go_on_with(tokens)
        return tokens

    def go_on_with(self, tokens: Tokens) -> None:
        """Let these be the tokens that the profile is asked for with."""
        self._client.di_token, self._client.di_client_id = tokens.access, tokens.secret
        self._client.di_refresh_token = tokens.refresh

    def profile(self) -> Profile:
        """Whose tokens these are. Raises RateLimited, Blocked, Unavailable, SignInRequired, UnexpectedAnswer."""
        found = self._ask("/userprofile-service/socialProfile")
        profile_id, display_name = found.get("profileId"), found.get("displayName")
        if isinstance(profile_id, bool) or not isinstance(profile_id, int | str) or not isinstance(display_name, str):
            raise UnexpectedAnswer("Garmin's profile has no profileId or displayName.", hint=_TRY_LATER)
        full_name = found.get("fullName")
        return Profile(
            garmin_user_id=storable_text(str(profile_id)),
            display_name=storable_text(display_name),
            full_name=storable_text(full_name) if isinstance(full_name, str) else "",
            time_zone=self._time_zone(display_name),
        )

    def _time_zone(self, display_name: str) -> str | None:
        """Modelled: `userInfo.timeZone`, or `timeZone` beside it. An account can do without."""
        try:
            path = f"/userprofile-service/userprofile/personal-information/{quote(display_name, safe='')}"
            found = self._ask(path)
            inner = found.get("userInfo")
            name = (inner.get("timeZone") if isinstance(inner, dict) else None) or found.get("timeZone")
            return ZoneInfo(name).key if isinstance(name, str) else None
        except (GarminSyncError, ZoneInfoNotFoundError, ValueError, OSError):
            return None

    def _ask(self, path: str) -> dict[str, Any]:
        from . import library

        self._client.start_over()
        try:
            found = self._client.connectapi(path)
        except library.GarminConnectConnectionError:
            _raise_if_held_off(self._client)
            if self._client.statuses[-1] in (401, 403):
                raise SignInRequired from None
            raise _unavailable(self._client.statuses) from None
        except library.GarminConnectAuthenticationError:
            raise SignInRequired from None
        except ValueError:
            raise UnexpectedAnswer("Garmin's profile is no JSON.", hint=_TRY_LATER) from None
        except OSError:
            raise _unavailable(()) from None
        if not isinstance(found, dict):
            raise UnexpectedAnswer("Garmin's profile is no object.", hint=_TRY_LATER)
        return found

    def _refusal(self, error: Exception) -> GarminSyncError | None:
        """The outcomes that the library calls authentication errors and that are not about the password."""
        from . import library

        if isinstance(error, library.Refused):
            return _refused()
        if isinstance(error, library.AccountLocked):
            return SignInRefused(
                "Garmin has locked this account.", hint="Unlock it at connect.garmin.com, then sign in here."
            )
        if isinstance(error, library.NoToken):
            if self._client.statuses and self._client.statuses[-1] >= 500:
                return _unavailable(self._client.statuses)
            return SignInRefused(
                "Garmin accepted the sign-in but gave only a browser session, which cannot be kept or renewed.",
                hint="Try again later, or with a newer version of this program.",
            )
        return None

    def _no_way(self, error: Exception) -> GarminSyncError:
        """None of the ways led in: say why the last ones did not."""
        from . import library

        statuses = self._client.statuses
        if self._client.is_refused or isinstance(error, library.GarminConnectTooManyRequestsError):
            return _refused()
        if self._client.gate_pages and statuses[-1] in (403, 503):
            return SignInBlocked("Garmin's gate (Cloudflare) blocks this network or program for now.", hint=_WAIT)
        if not statuses or statuses[-1] >= 500:
            return _unavailable(statuses)
        return SignInRefused("Garmin accepted none of the ways to sign in.", hint=_WAIT)


def refresh(tokens: Tokens, server: Server) -> Tokens:
    """The next tokens, for which the refresh token is used up. One request.

    Raises SignInRequired where Garmin no longer accepts it, RateLimited, Blocked, Unavailable, UnexpectedAnswer.
    """
    from . import library

    if tokens.refresh is None:
        raise SignInRequired
    client = library.LibraryClient(server)
    client.di_token, client.di_client_id, client.di_refresh_token = tokens.access, tokens.secret, tokens.refresh
    try:
        client._refresh_di_token()
    except library.GarminConnectAuthenticationError:
        _refuse_refresh(client)
    except (KeyError, TypeError, ValueError):
        raise UnexpectedAnswer("Garmin's answer to a token refresh cannot be read.", hint=_TRY_LATER) from None
    except OSError:
        raise _unavailable(()) from None
    return _tokens_of(client)


def _refuse_refresh(client: LibraryClient) -> NoReturn:
    """Garmin answers 400 `invalid_grant` to a refresh token that is used up or too old (recorded)."""
    _raise_if_held_off(client)
    if client.statuses[-1] >= 500:
        raise _unavailable(client.statuses) from None
    raise SignInRequired from None


def _raise_if_held_off(client: LibraryClient) -> None:
    """Raises Blocked and RateLimited where the last answer was that; its wait is what Garmin said, if it did."""
    if client.gate_pages:
        raise Blocked from None
    if client.statuses[-1] == 429:
        headers = client.last_answer.headers
        now = retry_after.moment(headers.get("date"))
        raise RateLimited(retry_after.seconds(headers.get("retry-after"), now)) from None


def _tokens_of(client: LibraryClient) -> Tokens:
    access = client.di_token
    if not isinstance(access, str) or not client.di_client_id:
        raise UnexpectedAnswer("Garmin's answer to a sign-in holds no token.", hint=_TRY_LATER)
    return Tokens(
        access=access,
        secret=str(client.di_client_id),
        refresh=client.di_refresh_token if isinstance(client.di_refresh_token, str) else None,
        expires_at=expiry_of(access),
    )


def expiry_of(access: str, otherwise: timedelta = _ASSUMED_LIFETIME) -> datetime:
    """When an access token ends, as it says of itself (RFC 7519, 4.1.4); `otherwise` from now."""
    from garminconnect.client.tokens import _decode_jwt_payload

    try:
        claims = _decode_jwt_payload(access) or {}
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (TypeError, AttributeError, KeyError, ValueError, OverflowError, OSError):  # it is somebody else's text
        return datetime.now(UTC) + otherwise


def _refused() -> SignInRefused:
    return SignInRefused("Garmin refuses sign-ins from here for now (too many, or a CAPTCHA).", hint=_WAIT)


def _unavailable(statuses: Any) -> Unavailable:
    if statuses:
        return Unavailable(f"Garmin's sign-in has trouble of its own (it answers {statuses[-1]}).", hint=_TRY_LATER)
    return Unavailable("Garmin's sign-in cannot be reached.", hint=_TRY_LATER)
