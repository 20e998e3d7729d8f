"""A key of the official Personal API: exchanged for an access token, which lives for a day. Blocks: in a thread.

The exchange and the paths are those that a client verified with the live API in October 2026 (gcpapi-sync
0.1.20261022). A key is made at `key_page`, shown once, and good for 30 days to a year.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx2

from ..errors import Blocked, RateLimited, SignInRequired, Unavailable, UnexpectedAnswer, UsageProblem
from . import gate, retry_after
from .activities import LIST
from .providers import KEY
from .server import Server
from .shapes import storable_text
from .sign_in import Profile, Tokens, expiry_of

SETTINGS = "/userprofile-service/userprofile/settings"
DAY = "/usersummary-service/usersummary/daily"
_EXCHANGE = "/personalapitoken-service/personal-api/personal-api-key/token"
_LIFETIME = timedelta(hours=24)
_TIMEOUT_S = 30.0
_KEY = re.compile(r"[\x21-\x7e]{8,2000}")
_TRY_LATER = "Check the connection and try again."


def key_page(server: Server) -> str:
    """Where a key is made, in a browser."""
    return f"https://connect.{server.domain}/app/settings/personalApiToken"


def checked(key: str, server: Server) -> str:
    """A key as it is sent. Raises UsageProblem, which repeats nothing of it, for what cannot be one."""
    key = key.strip()
    if not _KEY.fullmatch(key):
        blank = "there is a blank in it" if re.search(r"\s", key) else "it is too short, too long or has odd characters"
        raise UsageProblem(
            f"That is no key: {blank}.", hint=f"Copy all of it, and nothing else, from {key_page(server)}."
        )
    return key


def exchange(key: str, server: Server) -> Tokens:
    """Tokens for a key. One request.

    Raises SignInRequired where Garmin does not accept the key, RateLimited, Blocked, Unavailable, UnexpectedAnswer.
    """
    answer = _send(server, "POST", _EXCHANGE, {"Authorization": f"ApiKey {key}", "Accept": "*/*"})
    if answer.status_code in (400, 401, 403):
        raise _refused(server)
    access = _token(answer.text) if answer.is_success else None
    if not access:
        raise UnexpectedAnswer("Garmin's answer to the API key holds no token.", hint=_TRY_LATER)
    return Tokens(access, key, None, expiry_of(access, _LIFETIME), provider="personal_api")


def renew(tokens: Tokens, server: Server) -> Tokens:
    """The next day's tokens, for the same key. Raises as `exchange`."""
    return exchange(tokens.secret, server)


def profile(tokens: Tokens, server: Server, on_requests: Callable[[int], None]) -> Profile:
    """Whose key it is. `on_requests` is told how many requests are about to be sent. Raises as `exchange`.

    The settings name the profile for people and its zone; its number stands in the summary of any day, and beside the
    activities where that summary has none.
    """

    def ask(path: str, **params: str) -> Any:
        on_requests(1)
        headers = {"Authorization": f"Bearer {tokens.access}", "Accept": "application/json"}
        answer = _send(server, "GET", path, headers, params)
        if answer.status_code == 401:
            raise _refused(server)
        try:
            return answer.json() if answer.is_success and answer.content else None
        except ValueError:
            return None

    told = ask(SETTINGS)
    settings = told if isinstance(told, dict) else {}
    name = settings.get("displayName")
    return Profile(
        garmin_user_id=storable_text(_number(ask) or ""),
        display_name=storable_text(name) if isinstance(name, str) else "",
        full_name="",
        time_zone=_zone(settings.get("timeZone")),
    )


def _refused(server: Server) -> SignInRequired:
    return SignInRequired(
        "Garmin does not accept this API key: it has expired, was revoked, or is not all of it.",
        hint=f"Make a new one at {key_page(server)}. Is it an account in China? Then choose garmin.cn (--region cn).",
    )


def _number(ask: Callable[..., Any]) -> str | None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    found = ask(DAY, calendarDate=yesterday.isoformat())
    number = found.get("userProfileId") if isinstance(found, dict) else None
    if not _is_number(number):
        rows = ask(LIST, start="0", limit="1")
        number = rows[0].get("ownerId") if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
    return str(number) if _is_number(number) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdecimal()


def _zone(name: Any) -> str | None:
    try:
        return ZoneInfo(name).key if isinstance(name, str) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _token(text: str) -> str | None:
    """The answer is the token itself, perhaps in quotes."""
    text = text.strip()
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    found = found if isinstance(found, str) else ""
    return found if re.fullmatch(r"[A-Za-z0-9_.\-]+", found) else None


def _send(
    server: Server, method: str, path: str, headers: dict[str, str], params: dict[str, str] | None = None
) -> httpx2.Response:
    """One request, and its answer where it is none of those that mean "not now". Follows no redirect."""
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if server.is_loopback else True
    try:
        with httpx2.Client(timeout=_TIMEOUT_S, verify=verify, trust_env=not server.is_loopback) as http:
            url = server.personal_api + path
            answer = http.request(method, url, params=params, headers={**KEY.headers, **headers})
    except (httpx2.TransportError, httpx2.DecodingError):
        raise Unavailable("Garmin cannot be reached.", hint=_TRY_LATER) from None
    if gate.is_page(answer.status_code, answer.headers, answer.content):
        raise Blocked
    if answer.status_code == 429:
        now = retry_after.moment(answer.headers.get("date"))
        raise RateLimited(retry_after.seconds(answer.headers.get("retry-after"), now))
    if answer.status_code >= 500:
        raise Unavailable(f"Garmin has trouble of its own (it answers {answer.status_code}).", hint=_TRY_LATER)
    return answer
