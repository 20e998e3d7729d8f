"""Signing in: the mobile and portal flows with password and code, tickets, and tokens that expire and rotate.

The answers of the mobile flow are recorded. The portal's are the same, as its clients read them; the token
exchange is modelled after what the clients send and read.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

_GRANT_TICKET = "https://connectapi.garmin.com/di-oauth2-service/oauth/grant/service_ticket"
_GRANT_REFRESH = "refresh_token"
_CLIENT_IDS = {
    "GARMIN_CONNECT_MOBILE_ANDROID_DI_2025Q2",
    "GARMIN_CONNECT_MOBILE_ANDROID_DI_2024Q4",
    "GARMIN_CONNECT_MOBILE_ANDROID_DI",
    "GARMIN_CONNECT_MOBILE_IOS_DI",
}
_SSO_CLIENT_IDS = {"GCM_IOS_DARK", "GCM_ANDROID_DARK", "GarminConnect"}
_SCOPES = ["CONNECT_READ", "CONNECT_WRITE"]
_SESSION_COOKIE = "SESSION"
_REFRESH_LIFETIME_S = 2_591_999  # thirty days less a second, as recorded of the earlier exchange
#: A data request without these is refused; None: any value.
_REQUIRED_HEADERS = {
    "user-agent": "GCM-Android-",
    "x-garmin-user-agent": None,
    "x-app-ver": None,
    "x-gcexperience": None,
}


class SignIn:
    """Who may come in: one account, its tickets and its tokens."""

    def __init__(self, email: str, password: str, mfa_code: str | None, token_lifetime_s: int) -> None:
        self._email = email
        self._password = password
        self._mfa_code = mfa_code
        self._lifetime_s = token_lifetime_s
        #: Browser sessions that loaded the page; True: the password was right and a code is awaited.
        self._sessions: dict[str, bool] = {}
        #: ticket → the service it was asked for
        self._tickets: dict[str, str] = {}
        #: access token → when it expires (seconds since 1970, the real clock: clients compare `exp` with it)
        self._access: dict[str, float] = {}
        #: refresh token → the client it was issued to
        self._refresh: dict[str, str] = {}
        #: Access tokens of the official API, which is asked as anybody asks.
        self._personal: set[str] = set()

    def routes(self) -> list[Route]:
        """The sign-in hosts' endpoints."""
        flows = []
        for flow, page in (("mobile", "en_US"), ("mobile", "en"), ("portal", "en-US")):
            flows.append(Route(f"/{flow}/sso/{page}/sign-in", self._page))
        for flow in ("mobile", "portal"):
            flows.append(Route(f"/{flow}/api/login", self._login, methods=["POST"]))
            flows.append(Route(f"/{flow}/api/mfa/verifyCode", self._verify, methods=["POST"]))
        return [
            *flows,
            Route("/sso/embed", self._widget),
            Route("/sso/signin", self._widget, methods=["GET", "POST"]),
            Route("/di-oauth2-service/oauth/token", self._token, methods=["POST"]),
            *(Route(path, self._landing) for path in ("/gcm/ios", "/gcm/android", "/app")),
        ]

    def refusal(self, request: Request) -> Response | None:
        """Why a data request is not answered; None where it is."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or self._access.get(token, 0.0) <= time.time():
            return _problem(401, "Token is not active", "NotAuthorizedException")
        for name, beginning in () if token in self._personal else _REQUIRED_HEADERS.items():
            if not request.headers.get(name, "").startswith(beginning or "") or name not in request.headers:
                return _problem(403, "HTTP 403 Forbidden", "ForbiddenException")
        return None

    def expire(self) -> None:
        """End every access token now; refresh tokens stay good."""
        self._access.clear()

    # The flows with JSON

    async def _page(self, request: Request) -> Response:
        answer = HTMLResponse("<html><head><title>Sign in</title></head><body></body></html>")
        session = secrets.token_hex(16)
        self._sessions[session] = False
        answer.set_cookie(_SESSION_COOKIE, session, httponly=True)
        return answer

    async def _login(self, request: Request) -> Response:
        session = request.cookies.get(_SESSION_COOKIE, "")
        service = request.query_params.get("service", "")
        # The credentials without the page's cookies and Referer are answered with 429 (recorded since April 2026).
        known = session in self._sessions and "/sso/" in request.headers.get("referer", "")
        if not known or request.query_params.get("clientId") not in _SSO_CLIENT_IDS or not service:
            return _too_many()
        given = await _json_object(request)
        if (given.get("username"), given.get("password")) != (self._email, self._password):
            return JSONResponse(
                _login_answer(
                    "INVALID_USERNAME_PASSWORD",
                    message="generalLoginInvalidUsernameOrPassword",
                    http_status="UNAUTHORIZED",
                    consentTypeList=None,
                )
            )
        if self._mfa_code is not None:
            self._sessions[session] = True
            return JSONResponse(_login_answer("MFA_REQUIRED", customerMfaInfo=_mfa(self._email)))
        return JSONResponse(_login_answer("SUCCESSFUL", **self._ticketed(service)))

    async def _verify(self, request: Request) -> Response:
        given = await _json_object(request)
        session = request.cookies.get(_SESSION_COOKIE, "")
        if not self._sessions.get(session) or given.get("mfaVerificationCode") != self._mfa_code:
            return JSONResponse(_verified("MFA_CODE_INVALID", "UNAUTHORIZED"))
        self._sessions[session] = False
        ticketed = self._ticketed(request.query_params.get("service", ""))
        return JSONResponse(_verified("SUCCESSFUL", "OK") | ticketed)

    def _ticketed(self, service: str) -> dict[str, Any]:
        ticket = f"ST-{secrets.randbelow(10**7):07}-{secrets.token_urlsafe(18)}-sso"
        self._tickets[ticket] = service
        return {"serviceURL": service, "serviceTicketId": ticket, "authType": "CAS"}

    async def _widget(self, request: Request) -> Response:
        """The HTML flow is not offered: a client that gets here goes on to its next one."""
        return _too_many()

    async def _landing(self, request: Request) -> Response:
        """Where a browser would end: a ticket gives no cookie here, tokens are the only way in."""
        return HTMLResponse("<html><head><title>Connect</title></head><body></body></html>")

    # Tokens

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("latin-1")))
        client = form.get("client_id", "")
        expected = "Basic " + base64.b64encode(f"{client}:".encode()).decode()
        if client not in _CLIENT_IDS or request.headers.get("authorization") != expected:
            return _refused("invalid_client", "Unknown client", 401)
        match form.get("grant_type"):
            case grant if grant == _GRANT_TICKET:
                if not self.use_ticket(form.get("service_ticket", ""), form.get("service_url", "")):
                    return _refused("invalid_grant", "Invalid service ticket", 400)
            case grant if grant == _GRANT_REFRESH:
                token = form.get("refresh_token", "")
                if self._refresh.get(token) != client:
                    return _refused("invalid_grant", "Invalid refresh token", 400)
                del self._refresh[token]
            case _:
                return _refused("unsupported_grant_type", "Unknown grant type", 400)
        return JSONResponse(self.issue(client))

    def use_ticket(self, ticket: str, service: str) -> bool:
        """Whether a ticket is good, for the service that it was asked for; then it is used up."""
        return self._tickets.pop(ticket, None) == service

    def issue(self, client: str) -> dict[str, Any]:
        """Tokens, as the exchanges answer them."""
        identity = secrets.token_hex(16)
        access = self._access_token(identity, client)
        refresh = base64.b64encode(
            json.dumps({"refreshTokenValue": secrets.token_hex(16), "garminGuid": identity}).encode()
        ).decode()
        self._refresh[refresh] = client
        return {
            "access_token": access,
            "token_type": "Bearer",
            "refresh_token": refresh,
            "expires_in": self._lifetime_s,
            "refresh_token_expires_in": _REFRESH_LIFETIME_S,
            "scope": " ".join(_SCOPES),
            "jti": identity,
        }

    def issue_personal(self) -> str:
        """An access token of the official API."""
        access = self._access_token(secrets.token_hex(16), "PERSONAL_API")
        self._personal.add(access)
        return access

    def _access_token(self, identity: str, client: str) -> str:
        issued = int(time.time())
        claims = {
            "scope": _SCOPES,
            "iss": "simulator",
            "iat": issued,
            "exp": issued + self._lifetime_s,
            "jti": identity,
            "client_id": client,
        }
        access = ".".join((_encoded({"alg": "RS256", "typ": "JWT"}), _encoded(claims), secrets.token_urlsafe(48)))
        self._access[access] = issued + self._lifetime_s
        return access


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _login_answer(kind: str, message: str = "", http_status: str = "OK", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "serviceURL": None,
        "serviceTicketId": None,
        "responseStatus": {"type": kind, "message": message, "httpStatus": http_status},
        "responseReason": None,
        "customerMfaInfo": None,
        "consentTypeList": [],
        "captchaAlreadyPassed": False,
        "samlResponse": None,
        "authType": None,
    }
    return answer | more


def _verified(kind: str, http_status: str) -> dict[str, Any]:
    return {
        "serviceURL": None,
        "serviceTicketId": None,
        "responseStatus": {"type": kind, "message": "", "httpStatus": http_status},
        "responseReason": None,
        "samlResponse": None,
        "authType": None,
    }


def _mfa(email: str) -> dict[str, Any]:
    return {
        "email": email[0] + "***@" + email.partition("@")[2],
        "phoneNumber": None,
        "mfaLastMethodUsed": "email",
        "defaultMfaMethod": None,
        "mfaUISetting": {
            "allowPhoneOption": True,
            "allowAddEmailAddress": False,
            "chooseDifferentWayShown": False,
        },
    }


def _too_many() -> Response:
    return JSONResponse({"error": {"status-code": "429"}}, 429)


def _refused(error: str, description: str, status: int) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)


def _problem(status: int, message: str, error: str) -> Response:
    return JSONResponse({"message": message, "error": error}, status)
