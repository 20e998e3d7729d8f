"""A session that somebody has from a sign-in with garth, resumed for as long as Garmin lets it. Blocks: in a thread.

garth signs nobody in any more, but what it was given is exchanged for access tokens until about a year after the
sign-in (so its author). The exchange is a request that garth 0.8.0 signs with OAuth1; its key is fetched once from
where garth's author publishes it, and kept with the session.

garth looks into the environment when it is imported and reports requests to others where that says so: here it sees
nothing of it. Importing it takes 0.8 s.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import requests
from requests.adapters import HTTPAdapter

from ..errors import Blocked, RateLimited, SignInRequired, Unavailable, UnexpectedAnswer, UsageProblem
from . import gate, retry_after
from .server import Server
from .sign_in import Tokens, expiry_of

#: The two files that garth keeps; garminconnect before 0.3 kept the same ones.
_FILES = ("oauth1_token.json", "oauth2_token.json")
_FOLDERS = ("~/.garth", "~/.garminconnect")
_LIFETIME = timedelta(days=365)
_TIMEOUT_S = 15.0
_MOST_KEY_BYTES = 10_000
_TRY_LATER = "Check the connection and try again."
_HINT = f"A session is a folder with {_FILES[0]} and {_FILES[1]}; {_FOLDERS[0]} is the usual one."
_ANOTHER_WAY = "Sign in another way: `garminsync login`. Everything already stored stays."
#: What garth signs with would log what is signed.
for _name in ("oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False
#: The key that garth signs with is one for the whole process, and so is what it sees of the environment.
_one_at_a_time = threading.Lock()


class Source(NamedTuple):
    """Where a session is: a folder, or the text in GARTH_TOKEN."""

    name: str
    folder: Path | None
    text: str | None = None

    def __repr__(self) -> str:
        return f"<session in {self.name}>"


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """What garth keeps of a sign-in."""

    token: str
    secret: str
    #: Stands for a security code that was given at the sign-in.
    mfa_token: str | None
    #: "garmin.com" or "garmin.cn"; None where it is not told.
    domain: str | None
    #: It does not last longer than that, as far as anything tells; None where nothing does.
    ends_by: datetime | None

    def __repr__(self) -> str:
        return "<session>"


# ── Finding one ──────────────────────────────────────────────────────────────────────────────────────


def source(folder: Path | None = None) -> Source:
    """Where to look: `folder`, else where the environment says, else where garth and old garminconnect keep theirs.

    Raises UsageProblem where there is nothing.
    """
    home, text = os.environ.get("GARTH_HOME"), os.environ.get("GARTH_TOKEN")
    if folder is None and home and text:
        raise UsageProblem("GARTH_HOME and GARTH_TOKEN are both set.", hint="Unset one, or name the folder.")
    if folder is None and text:
        return Source("GARTH_TOKEN", None, text)
    wanted = [str(folder or home)] if folder or home else list(_FOLDERS)
    places = [_absolute(place) for place in wanted]
    found = next((place for place in places if any((place / name).exists() for name in _FILES)), places[0])
    missing = [name for name in _FILES if not (found / name).is_file()]
    if len(missing) == len(_FILES):
        raise UsageProblem(f"There is no session of garth's in {found}.", hint=_HINT)
    if missing:
        raise UsageProblem(f"{found} has no {missing[0]}: half a session cannot be resumed.", hint=_HINT)
    return Source(str(found), found)


def found() -> Source | None:
    """The session that there is without anybody naming it."""
    try:
        return source()
    except UsageProblem:
        return None


def _absolute(place: str) -> Path:
    try:
        path = Path(place).expanduser().absolute()
    except RuntimeError:
        raise UsageProblem(f"Nobody is known whose folder {place} lies in.", hint=_HINT) from None
    return path.parent if path.name in _FILES else path


def load(where: Source) -> Session:
    """Read a session, as garth does. Raises UsageProblem, which repeats nothing of it."""
    with _garth() as garth:
        client = garth.Client(telemetry_enabled=False)
        try:
            if where.folder is None:
                client.loads(where.text)
            else:
                client.load(str(where.folder))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UsageProblem(f"{where.name} holds no session that garth can read.", hint=_HINT) from None
        except OSError as problem:
            raise UsageProblem(f"{where.name} cannot be read: {problem.strerror}.", hint=_HINT) from None
    kept = client.oauth1_token
    if not kept.oauth_token or not kept.oauth_token_secret:
        raise UsageProblem(f"{where.name} holds no session that garth can read.", hint=_HINT)
    return Session(kept.oauth_token, kept.oauth_token_secret, kept.mfa_token, kept.domain, _ends_by(kept, where))


def _ends_by(kept: Any, where: Source) -> datetime | None:
    """A session that was written down at some time was given before that, and lasts for about a year."""
    ends = []
    if kept.mfa_expiration_timestamp is not None:
        told: datetime = kept.mfa_expiration_timestamp
        ends.append(told if told.tzinfo else told.replace(tzinfo=UTC))
    if where.folder is not None:
        written = (where.folder / _FILES[0]).stat().st_mtime
        ends.append(datetime.fromtimestamp(written, UTC) + _LIFETIME)
    return min(ends, default=None)


# ── Tokens of it ─────────────────────────────────────────────────────────────────────────────────────


def resume(session: Session, server: Server, on_requests: Callable[[int], None]) -> Tokens:
    """Exchange a session for the first time. `on_requests` is told how many requests are about to be sent.

    Raises UsageProblem for a session of another region, else as `renew`.
    """
    if session.domain and session.domain != server.domain:
        region = session.domain.rpartition(".")[2]
        raise UsageProblem(
            f"That session is of {session.domain}, and this sign-in is at {server.name}.",
            hint=f"Use --region {region}.",
        )
    on_requests(1)
    kept = {
        "oauth_token": session.token,
        "mfa_token": session.mfa_token,
        "ends_by": session.ends_by.isoformat() if session.ends_by else None,
        **_consumer(server),
    }
    on_requests(1)
    return _exchanged(session.secret, json.dumps(kept), server)


def renew(tokens: Tokens, server: Server) -> Tokens:
    """The next access token. One request.

    Raises SignInRequired where Garmin does not accept the session any more, RateLimited, Blocked, Unavailable,
    UnexpectedAnswer.
    """
    return _exchanged(tokens.secret, tokens.refresh or "{}", server)


def ends_by(refresh: str | None) -> datetime | None:
    """Until when a session lasts at the latest, from what tokens are renewed with; None where nothing tells."""
    told = json.loads(refresh or "{}").get("ends_by")
    return datetime.fromisoformat(told) if told else None


def _exchanged(secret: str, refresh: str, server: Server) -> Tokens:
    kept = json.loads(refresh)
    door = _Door(server)
    with _garth() as garth:
        garth.sso.OAUTH_CONSUMER = {name: kept[name] for name in ("consumer_key", "consumer_secret")}
        client = garth.Client(telemetry_enabled=False, domain=server.domain)
        client.configure(retries=0, timeout=_TIMEOUT_S)
        client.sess.mount("https://", door)
        client.oauth1_token = garth.auth_tokens.OAuth1Token(kept["oauth_token"], secret, kept["mfa_token"])
        try:
            client.refresh_oauth2()
        except requests.HTTPError:
            door.refuse()
        except (KeyError, TypeError, ValueError):  # the library's complaints about JSON are ValueErrors
            raise UnexpectedAnswer(
                "Garmin's answer to the session of garth's cannot be read.", hint=_TRY_LATER
            ) from None
        except requests.RequestException:
            raise Unavailable("Garmin cannot be reached.", hint=_TRY_LATER) from None
    given = client.oauth2_token
    lasts = timedelta(seconds=given.expires_in)
    return Tokens(given.access_token, secret, refresh, expiry_of(given.access_token, lasts), provider="garth")


def _consumer(server: Server) -> dict[str, str]:
    """The key that garth signs with. Raises Unavailable."""
    try:
        with requests.get(server.oauth_consumer, timeout=_TIMEOUT_S, stream=True, allow_redirects=False) as answer:
            answer.raise_for_status()
            found = json.loads(next(answer.iter_content(_MOST_KEY_BYTES), b""))
        return {name: str(found[name]) for name in ("consumer_key", "consumer_secret")}
    except (requests.RequestException, ValueError, TypeError, KeyError):
        raise Unavailable(
            f"The key that sessions of garth's are signed with cannot be fetched ({server.oauth_consumer}).",
            hint=_TRY_LATER,
        ) from None


class _Door(HTTPAdapter):
    """Sends to the server that is meant, never twice and never further; remembers the answer."""

    def __init__(self, server: Server) -> None:
        super().__init__(max_retries=0)
        self._server = server
        self._answer: requests.Response | None = None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self._server.is_loopback:
            request.url = self._server.url + request.path_url
        self._answer = super().send(request, *args, **kwargs)
        # What is signed is for this address alone.
        self._answer.headers.pop("location", None)
        return self._answer

    def refuse(self) -> None:
        """Raise what the last answer, an error, means."""
        answer = self._answer
        assert answer is not None
        if gate.is_page(answer.status_code, answer.headers, answer.content):
            raise Blocked from None
        if answer.status_code == 429:
            now = retry_after.moment(answer.headers.get("date"))
            raise RateLimited(retry_after.seconds(answer.headers.get("retry-after"), now)) from None
        if answer.status_code >= 500:
            raise Unavailable(
                f"Garmin has trouble of its own (it answers {answer.status_code}).", hint=_TRY_LATER
            ) from None
        raise SignInRequired("Garmin no longer accepts this session of garth's.", hint=_ANOTHER_WAY) from None


@contextmanager
def _garth() -> Iterator[Any]:
    """The library, which sees nothing of the environment meanwhile."""
    with _one_at_a_time:
        kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GARTH_")}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its author says that it is deprecated: we know
                import garth
            yield garth
        finally:
            os.environ.update(kept)
