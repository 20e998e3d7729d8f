"""The sign-in library `garminconnect` 0.3.20, with what this product needs around it.

Its client is derived from, at the seams that its exact pin keeps still: each request is counted and each answer's
status remembered, each strategy is announced by name, and nothing is done after a refusal that would only prolong
it. Importing this module costs 200 ms; `sign_in` does so when somebody signs in or a token is refreshed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from garminconnect.client import Client, sso
from garminconnect.client.sso import _MFARequired
from garminconnect.exceptions import (
    GarminConnectAuthenticationError,
    GarminConnectConnectionError,
    GarminConnectTooManyRequestsError,
)

from . import gate
from .server import Server, point_at

__all__ = [
    "STRATEGIES",
    "AccountLocked",
    "GarminConnectAuthenticationError",
    "GarminConnectConnectionError",
    "GarminConnectTooManyRequestsError",
    "LibraryClient",
    "NoToken",
    "Refused",
    "pauses",
]

STRATEGIES = ("mobile+cffi", "mobile+requests", "widget+cffi", "portal+cffi", "portal+requests")

#: What carries a password, a code or a token is answered where it was sent; a redirect would carry it on, to any host.
_HERE_ONLY = {"allow_redirects": False}
#: The widget opens its own session where nobody can count: two pages and the credentials.
_WIDGET_REQUESTS = 3
_PAUSES = (
    "MOBILE_DELAY_MIN_S",
    "MOBILE_DELAY_MAX_S",
    "WIDGET_DELAY_MIN_S",
    "WIDGET_DELAY_MAX_S",
    "LOGIN_DELAY_MIN_S",
    "LOGIN_DELAY_MAX_S",
)

# Its lines are for its own developers; what people and the log need to know comes from `sign_in`.
_its_log = logging.getLogger("garminconnect")
_its_log.addHandler(logging.NullHandler())
_its_log.propagate = False


class Refused(GarminConnectAuthenticationError):
    """Garmin does not want to hear more for now; being an authentication error, it ends the library's attempts."""


class NoToken(GarminConnectAuthenticationError):
    """The sign-in was good, but no token that can be kept came of it: the library would go on with a cookie."""


class AccountLocked(GarminConnectAuthenticationError):
    """Garmin says that the account is locked."""


@contextmanager
def pauses(server: Server) -> Iterator[None]:
    """The library's pauses between page and password, which are for Garmin's gate: none on loopback."""
    kept = {name: getattr(sso, name) for name in _PAUSES}
    try:
        if server.is_loopback:
            for name in _PAUSES:
                setattr(sso, name, 0.0)
        yield
    finally:
        for name, seconds in kept.items():
            setattr(sso, name, seconds)


class LibraryClient(Client):
    """The library's client, talking to `server`, counted and kept from insisting.

    Garmin has three doors: mobile, widget and portal. The library knocks on each with up to five TLS fingerprints
    and, where that fails, once more without. Where the answer to a password is 429, 427 or a CAPTCHA, knocking
    again at the same door only prolongs the block, so this client goes to the next door, and after the second
    refusal it stops. Other failures (a page that is blocked for a fingerprint) remain the library's business.
    """

    def __init__(
        self,
        server: Server,
        on_strategy: Callable[[int, int, str], None] | None = None,
        on_requests: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(domain=server.domain)
        point_at(self, server)
        self._api_session = _Counted(self._api_session, self._sent)
        self._on_strategy = on_strategy
        self._on_requests = on_requests
        self._refused_doors: set[str] = set()
        #: Requests sent so far.
        self.requests = 0
        #: The statuses of the answers to the call that runs, and the last answer.
        self.statuses: list[int] = []
        self.last_answer: Any = None
        #: How many of the answers were pages of the gate.
        self.gate_pages = 0

    @property
    def is_refused(self) -> bool:
        """Whether a door answered a sign-in with 429, 427 or a CAPTCHA."""
        return bool(self._refused_doors)

    def start_over(self) -> None:
        """Forget the answers and refusals of the call before."""
        self.statuses = []
        self.last_answer = None
        self.gate_pages = 0
        self._refused_doors = set()

    def _sent(self, send: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._count(1)
        answer = send(*args, **kwargs)
        self.last_answer = answer
        self.statuses.append(int(answer.status_code))
        self.gate_pages += gate.is_page(answer.status_code, answer.headers, answer.content)
        return answer

    def _count(self, requests: int) -> None:
        """Before they are sent."""
        self.requests += requests
        if self._on_requests:
            self._on_requests(requests)

    # ── The five strategies ──────────────────────────────────────────────────────────────────────

    def _mobile_login_cffi(self, email: str, password: str) -> None:
        self._knock("mobile+cffi", super()._mobile_login_cffi, email, password)

    def _mobile_login_requests(self, email: str, password: str) -> None:
        self._knock("mobile+requests", super()._mobile_login_requests, email, password)

    def _widget_web_login(self, email: str, password: str) -> None:
        self._count(_WIDGET_REQUESTS)
        self._knock("widget+cffi", super()._widget_web_login, email, password)

    def _portal_web_login_cffi(self, email: str, password: str) -> None:
        self._knock("portal+cffi", super()._portal_web_login_cffi, email, password)

    def _portal_web_login_requests(self, email: str, password: str) -> None:
        self._knock("portal+requests", super()._portal_web_login_requests, email, password)

    def _knock(self, strategy: str, login: Callable[[str, str], None], email: str, password: str) -> None:
        door = strategy.partition("+")[0]
        if door in self._refused_doors:
            raise GarminConnectTooManyRequestsError("refused at this door before")
        if self._on_strategy:
            self._on_strategy(STRATEGIES.index(strategy) + 1, len(STRATEGIES), strategy)
        try:
            login(email, password)
        except GarminConnectTooManyRequestsError:
            self._refused_doors.add(door)
            if len(self._refused_doors) > 1:
                raise Refused("refused at two doors") from None
            raise
        except GarminConnectAuthenticationError as error:
            if "locked" in str(error).lower():
                raise AccountLocked("the account is locked") from None
            raise

    def _login_with_impersonations(
        self,
        label: str,
        impersonations: tuple[str, ...],
        do_login: Callable[[Any, str, str], None],
        email: str,
        password: str,
    ) -> None:
        for impersonation in impersonations:
            try:
                super()._login_with_impersonations(label, (impersonation,), do_login, email, password)
                return
            except (_PasswordRefused, _MFARequired, GarminConnectAuthenticationError):
                raise
            except Exception:
                if impersonation == impersonations[-1]:
                    raise

    def _do_mobile_login(self, sess: Any, email: str, password: str) -> None:
        super()._do_mobile_login(_Counted(sess, self._sent), email, password)

    def _do_portal_web_login(self, sess: Any, email: str, password: str) -> None:
        super()._do_portal_web_login(_Counted(sess, self._sent), email, password)

    def _post_credentials(self, *args: Any, **kwargs: Any) -> None:
        try:
            super()._post_credentials(*args, **kwargs)
        except GarminConnectTooManyRequestsError as error:
            raise _PasswordRefused(str(error)) from None
        except GarminConnectConnectionError as error:
            if "CAPTCHA" in str(error):
                raise _PasswordRefused("CAPTCHA") from None
            raise

    # ── From ticket to token, and every other request ────────────────────────────────────────────

    def _establish_session(self, ticket: str, sess: Any = None, service_url: str | None = None) -> None:
        """Exchange the ticket, and stop there: a session that lives in a cookie cannot be kept or renewed."""
        try:
            self._exchange_service_ticket(ticket, service_url=service_url)
        except GarminConnectTooManyRequestsError:
            raise Refused("the ticket was good, the token exchange is blocked") from None
        except GarminConnectAuthenticationError:
            raise NoToken("no client id was given a token") from None

    def _refresh_session(self) -> None:
        """Never by itself: a new token may look old by this machine's clock, and its refresh token is to be stored."""

    def _complete_mfa_widget(self, mfa_code: str) -> None:
        self._count(1)
        super()._complete_mfa_widget(mfa_code)

    def _http_post(self, url: str, **kwargs: Any) -> Any:
        return self._sent(super()._http_post, url, **_HERE_ONLY, **kwargs)


class _PasswordRefused(GarminConnectTooManyRequestsError):
    """The answer to a password was 429, 427 or a CAPTCHA: no other fingerprint is tried at this door."""


class _Counted:
    """A session of `requests` or curl_cffi whose requests are counted; all else is the session's own."""

    def __init__(self, session: Any, sent: Callable[..., Any]) -> None:
        self._session = session
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._session, name)
        if name == "get":
            return lambda *args, **kwargs: self._sent(found, *args, **kwargs)
        if name in ("post", "request"):
            return lambda *args, **kwargs: self._sent(found, *args, **_HERE_ONLY, **kwargs)
        return found
