"""The older sign-in's tokens: what garth keeps for about a year, and exchanges for access tokens.

Modelled after what garth 0.8.0 sends and reads (its `sso` module). A request counts where its OAuth1 signature is
right (HMAC-SHA1, RFC 5849), and once: its nonce is used up. The signature is of Garmin's own address, to which garth
believes to talk.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .sign_in import SignIn

#: Under which name and secret the app signs; garth fetches them from an address of its own.
CONSUMER = {"consumer_key": "simulated-consumer", "consumer_secret": "simulated-consumer-secret"}
_HOST = "https://connectapi.garmin.com"
_CLIENT = "GARMIN_CONNECT_MOBILE_ANDROID_DI"
_LIFETIME = timedelta(days=365)


class _Session(NamedTuple):
    secret: str
    #: Stands for the security code that was given at the sign-in; None where none was asked for.
    mfa_token: str | None


class OAuth1:
    """The sessions that exist, by their token."""

    def __init__(self, sign_in: SignIn, *, with_code: bool) -> None:
        self._sign_in = sign_in
        self._with_code = with_code
        self._sessions: dict[str, _Session] = {}
        self._nonces: set[str] = set()

    def routes(self) -> list[Route]:
        """Where the consumer's key is, and the two requests that are signed with it."""
        return [
            Route("/oauth_consumer.json", self._consumer),
            Route("/oauth-service/oauth/preauthorized", self._preauthorized),
            Route("/oauth-service/oauth/exchange/user/2.0", self._exchange, methods=["POST"]),
        ]

    def end(self) -> None:
        """End every session: none is exchanged any more."""
        self._sessions.clear()

    async def _consumer(self, request: Request) -> Response:
        return JSONResponse(CONSUMER)

    async def _preauthorized(self, request: Request) -> Response:
        """A ticket becomes a session."""
        given = dict(request.query_params)
        if not await self._is_signed(request, ""):
            return _refused(401)
        if not self._sign_in.use_ticket(given.get("ticket", ""), given.get("login-url", "")):
            return _refused(400)
        session = _Session(secrets.token_urlsafe(24), secrets.token_urlsafe(24) if self._with_code else None)
        token = secrets.token_urlsafe(24)
        self._sessions[token] = session
        answer = {"oauth_token": token, "oauth_token_secret": session.secret}
        if session.mfa_token:
            ends = datetime.now(UTC) + _LIFETIME
            answer |= {"mfa_token": session.mfa_token, "mfa_expiration_timestamp": f"{ends:%Y-%m-%d %H:%M:%S}.000"}
        return PlainTextResponse(urlencode(answer))

    async def _exchange(self, request: Request) -> Response:
        """A session gives an access token, as often as it is asked while it lasts."""
        session = self._sessions.get(_oauth(request).get("oauth_token", ""))
        if session is None or not await self._is_signed(request, session.secret):
            return _refused(401)
        form = dict(parse_qsl((await request.body()).decode("latin-1")))
        if form.get("mfa_token") != session.mfa_token:
            return _refused(403)
        return JSONResponse(self._sign_in.issue(_CLIENT))

    async def _is_signed(self, request: Request, token_secret: str) -> bool:
        oauth = _oauth(request)
        signature, nonce = oauth.pop("oauth_signature", ""), oauth.get("oauth_nonce", "")
        if oauth.get("oauth_consumer_key") != CONSUMER["consumer_key"] or not nonce or nonce in self._nonces:
            return False
        self._nonces.add(nonce)
        form = parse_qsl((await request.body()).decode("latin-1"), keep_blank_values=True)
        parameters = sorted(
            (_quoted(name), _quoted(value))
            for name, value in [*oauth.items(), *request.query_params.multi_items(), *form]
        )
        base = "&".join(
            _quoted(part)
            for part in (
                request.method,
                _HOST + request.url.path,
                "&".join(f"{name}={value}" for name, value in parameters),
            )
        )
        key = f"{_quoted(CONSUMER['consumer_secret'])}&{_quoted(token_secret)}"
        right = base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()
        return hmac.compare_digest(right.encode(), signature.encode())


def _oauth(request: Request) -> dict[str, str]:
    """The parameters in an Authorization header (RFC 5849, 3.5.1)."""
    kind, _, rest = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "oauth":
        return {}
    parts = (part.strip().partition("=") for part in rest.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, _, value in parts if name != "realm"}


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")


def _refused(status: int) -> Response:
    return JSONResponse({"message": "Unauthorized", "error": "NotAuthorizedException"}, status)
