"""The official Personal API: a key becomes an access token for a day, with which a part of the data is read.

Modelled after a client that was verified with the live API in October 2026 (gcpapi-sync 0.1.20261022) and on what
others noted of it. At Garmin it is a host of its own; here the token tells who is asked for. It has the app's paths
and some of its own, and quirks: long pages of activities are answered with 500, a download has to be called for by its
right name, and who asks for much at once has to wait.
"""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .sign_in import SignIn

#: What `garminsync simulate` accepts.
KEY = "simulated-personal-api-key-0123456789"
EXCHANGE = "/personalapitoken-service/personal-api/personal-api-key/token"
_LIST = "/activitylist-service/activities/search/activities"
_FILE = "/download-service/files/activity/"
_ZIP = "application/x-zip-compressed"
_DAY = r"\d{4}-\d\d-\d\d"
#: The paths that a key may ask for.
_SERVED = re.compile(
    rf"{_LIST}"
    rf"|{_FILE}\d+"
    r"|/activity-service/activity/\d+"
    r"|/userprofile-service/userprofile/settings"
    r"|/usersummary-service/usersummary/daily"
    r"|/usersummary-service/v2/dailysummaries"
    rf"|/usersummary-service/stats/(steps|stress|hydration)/daily/{_DAY}/{_DAY}"
    rf"|/hrv-service/hrv/(daily/{_DAY}/)?{_DAY}"
    rf"|/sleep-service/sleep/dailySleep"
    rf"|/weight-service/weight/range/{_DAY}/{_DAY}"
    rf"|/fitnessage-service/fitnessage/v2/{_DAY}"
    rf"|/nutrition-service/food/logs/{_DAY}"
    rf"|/periodichealth-service/menstrualcycle/dayview/{_DAY}"
    r"|/wellness-service/wellness/bodyBattery/reports/daily"
    r"|/wellness-service/wellness/dailyHeartRate"
    rf"|/wellness-service/wellness/daily/spo2acclimation/{_DAY}"
)
_LONGEST_PAGE = 45
_USUAL_PAGE = 99
#: So many requests at once are too many; each takes a moment, so that those that come together meet.
_MOST_AT_ONCE = 8
_TAKES_S = 0.002
_WAIT_S = 14


class PersonalApi:
    """Stands before the application, and lets a key's tokens ask for what they may."""

    def __init__(self, app: ASGIApp, sign_in: SignIn, key: str) -> None:
        self._app = app
        self._sign_in = sign_in
        self._key = key
        self._is_good = True
        self._tokens: set[str] = set()
        self._under_way = 0

    def routes(self) -> list[Route]:
        """Where a key becomes a token."""
        return [Route(EXCHANGE, self._exchange, methods=["POST"])]

    def end(self) -> None:
        """The key has expired, or was revoked: it is exchanged no more."""
        self._is_good = False

    async def _exchange(self, request: Request) -> Response:
        if not self._is_good or request.headers.get("authorization") != f"ApiKey {self._key}":
            return JSONResponse({}, 401)
        token = self._sign_in.issue_personal()
        self._tokens.add(token)
        return Response(token, media_type="text/plain")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            await self._app(scope, receive, send)
            return
        self._under_way += 1
        try:
            await asyncio.sleep(_TAKES_S)
            refusal = self._refusal(request)
            await (refusal or self._app)(scope, receive, send)
        finally:
            self._under_way -= 1

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if self._under_way > _MOST_AT_ONCE:
            return JSONResponse({}, 429, {"Retry-After": str(_WAIT_S)})
        if request.method != "GET" or not _SERVED.fullmatch(path):
            return JSONResponse({"message": "HTTP 403 Forbidden", "error": "ForbiddenException"}, 403)
        if path == _LIST and _page(request) > _LONGEST_PAGE:
            return JSONResponse({"error": "InternalServerErrorException"}, 500)
        if path.startswith(_FILE) and request.headers.get("accept") != _ZIP:
            return JSONResponse({"error": "NotAcceptableException"}, 406)
        return None


def _page(request: Request) -> int:
    limit = parse_qs(request.url.query).get("limit", [str(_USUAL_PAGE)])[0]
    return int(limit) if limit.isdecimal() else _USUAL_PAGE


def night_of(body: dict[str, Any]) -> dict[str, Any]:
    """A night as this API gives it, from the answer that the app gets."""
    night: dict[str, Any] = body["dailySleepDTO"] | {"dailyNapDTOS": body.get("dailyNapDTOS")}
    return night


def age_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The fitness age of a day, from the row of the range."""
    if not rows:
        return {}
    values = rows[0]["values"]
    return {
        "chronologicalAge": 40,
        "fitnessAge": values["fitnessAge"],
        "achievableFitnessAge": values["achievableFitnessAge"],
        "previousFitnessAge": values["fitnessAge"],
        "lastUpdated": None,
    }


def log_of(body: dict[str, Any], day: date) -> dict[str, Any]:
    """The food of a day, from the answer for the range."""
    rows = body.get("dailyNutritionContents") or []
    eaten = rows[0].get("nutritionContent") if rows else None
    return {
        "mealDate": day.isoformat(),
        "dailyNutritionContent": eaten,
        "mealDetails": [],
        "loggedFoodsWithServingSizes": [],
    }
