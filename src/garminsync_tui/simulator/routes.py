"""Which path is answered by which body, and what is refused: strangers, other people's names, wide ranges."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .account import Account
from .activities import Activities
from .cuff import Cuff
from .diary import Diary
from .fitness import Fitness
from .form import Form
from .health import Health
from .nights import Nights
from .personal_api import age_of, log_of, night_of
from .profile import Profile
from .scale import Scale
from .scores import Scores
from .sign_in import SignIn
from .summaries import Summaries
from .sun import Sun
from .training import Session
from .trends import Trends
from .workouts import Workouts

#: The widest range in days that an endpoint answers, where nothing is known about it.
WINDOW_DAYS = 28
_MONTH_DAYS = 31
_QUARTER_DAYS = 84
_YEAR_DAYS = 366
_MOST_WEEKS = 52

_Answer = Callable[[Request], Response]


class Routes:
    """All endpoints with data. A request without a good bearer and the app's headers reaches none of them."""

    def __init__(self, account: Account, sign_in: SignIn, email: str) -> None:
        self._account = account
        self._sign_in = sign_in
        summaries = Summaries(account)
        self._summaries = summaries
        self._health = Health(account, summaries)
        self._trends = Trends(account, summaries)
        self._nights = Nights(account, summaries)
        self._scale = Scale(account)
        form = Form(account)
        self._activities = Activities(account, form)
        self._fitness = Fitness(account, form)
        self._scores = Scores(account, form)
        self._cuff = Cuff(account)
        self._diary = Diary(account)
        self._sun = Sun(account)
        self._profile = Profile(account, email)
        #: Also changed from outside, as by somebody who sits at Garmin's own editor.
        self.workouts = Workouts(account)

    def all(self) -> list[Route]:
        """The table of endpoints."""
        return [
            *self._profiles(),
            *self._sessions(),
            *self._days(),
            *self._ranges(),
            *self._training(),
            *self._weeks(),
            *self._library(),
            *self._calendar(),
            *self._personal(),
        ]

    def _profiles(self) -> list[Route]:
        profile, fixed = self._profile, self._fixed
        return [
            fixed("/userprofile-service/socialProfile", profile.social),
            fixed("/userprofile-service/userprofile/user-settings", profile.user_settings),
            fixed("/userprofile-service/userprofile/settings", profile.settings),
            fixed("/userprofile-service/userprofile/personal-information/{name}", profile.personal),
            fixed("/biometric-service/heartRateZones", profile.zones),
            fixed("/device-service/deviceregistration/devices", profile.devices),
            fixed("/device-service/deviceservice/mylastused", profile.last_used),
            fixed("/wellness-service/wellness/syncTimestamp", profile.sync_time),
        ]

    def _sessions(self) -> list[Route]:
        activities, one = self._activities, self._one
        return [
            self._route(
                "/activitylist-service/activities/search/activities",
                lambda request: JSONResponse(activities.listed(request.query_params)),
            ),
            self._fixed("/activitylist-service/activities/count", activities.count),
            self._fixed("/activity-service/activity/activityTypes", activities.types),
            self._day("/mobile-gateway/heartRate/forDate/{day}", activities.of_day),
            one("/activity-service/activity/{id}", lambda session, _: activities.summary(session)),
            one("/activity-service/activity/{id}/hrTimeInZones", lambda session, _: activities.zones(session)),
            one("/download-service/files/activity/{id}", lambda session, _: activities.original(session)),
            one("/download-service/export/{kind}/activity/{id}", activities.export),
        ]

    def _days(self) -> list[Route]:
        health, nights, day = self._health, self._nights, self._day
        wellness = "/wellness-service/wellness"
        return [
            day("/usersummary-service/usersummary/daily/{name:path}", self._summaries.daily, "calendarDate"),
            day(f"{wellness}/dailyHeartRate/{{name}}", health.heart_rate, "date"),
            day(f"{wellness}/dailyHeartRate/", health.heart_rate, "date"),
            day(f"{wellness}/dailySummaryChart/{{name:path}}", health.steps, "date"),
            day(f"{wellness}/dailyStress/{{day}}", health.stress),
            day(f"{wellness}/floorsChartData/daily/{{day}}", health.floors),
            day(f"{wellness}/daily/respiration/{{day}}", health.respiration),
            day(f"{wellness}/daily/spo2/{{day}}", health.oxygen),
            day(f"{wellness}/daily/im/{{day}}", health.intensity),
            day(f"{wellness}/bodyBattery/events/{{day}}", health.battery_events),
            day(f"{wellness}/epoch/request/{{day}}", health.bring_back, method="POST"),
            day("/usersummary-service/usersummary/hydration/daily/{day}", health.hydration),
            day("/usersummary-service/usersummary/hydration/allData/{day}", health.water),
            day("/periodichealth-service/menstrualcycle/dayview/{day}", self._diary.cycle),
            day("/lifestylelogging-service/dailyLog/{day}", self._diary.habits),
            day(f"{wellness}/dailySleepData/{{name:path}}", nights.sleep, "date"),
            day("/sleep-service/sleep/dailySleepData", nights.sleep, "date"),
            day("/hrv-service/hrv/{day}", nights.hrv, no_content=True),
            day("/weight-service/weight/dayview/{day}", lambda day: self._scale.view(day, day)),
        ]

    def _ranges(self) -> list[Route]:
        trends, nights, ranged = self._trends, self._nights, self._range
        stats = "/usersummary-service/stats"
        named = ("startDate", "endDate")
        ends = "{first}/{last}"
        return [
            ranged("/usersummary-service/v2/dailysummaries", self._summaries.ranged, _MONTH_DAYS, named),
            self._route("/userstats-service/wellness/daily/{name:path}", self._resting),
            ranged(f"{stats}/heartRate/daily/{ends}", trends.heart_rate_range, WINDOW_DAYS),
            ranged(f"{stats}/steps/daily/{ends}", trends.steps_range, WINDOW_DAYS),
            ranged(f"{stats}/stress/daily/{ends}", trends.stress_range, WINDOW_DAYS),
            ranged(f"{stats}/im/daily/{ends}", trends.intensity_range, WINDOW_DAYS),
            ranged(f"{stats}/hydration/daily/{ends}", trends.hydration_range, _MONTH_DAYS),
            ranged("/wellness-service/wellness/bodyBattery/reports/daily", trends.battery_range, _MONTH_DAYS, named),
            ranged(f"/sleep-service/stats/sleep/daily/{ends}", nights.sleep_range, WINDOW_DAYS),
            ranged(f"/wellness-service/stats/daily/sleep/score/{ends}", nights.score_range, WINDOW_DAYS),
            ranged(f"/hrv-service/hrv/daily/{ends}", nights.hrv_range, _YEAR_DAYS, no_content=True),
            ranged("/weight-service/weight/dateRange", self._scale.view, WINDOW_DAYS, named),
            ranged(f"/weight-service/weight/range/{ends}", self._scale.ranged, _MONTH_DAYS),
            ranged(f"/bloodpressure-service/bloodpressure/range/{ends}", self._cuff.ranged, _MONTH_DAYS),
            ranged("/nutrition-service/calorie/summary/daily", self._diary.food, _MONTH_DAYS, named),
            self._route(f"/web-gateway/solar/{{device}}/{ends}", self._light),
        ]

    def _training(self) -> list[Route]:
        fitness, scores, ranged, day = self._fitness, self._scores, self._range, self._day
        metrics, ends = "/metrics-service/metrics", "{first}/{last}"
        named, daily = ("startDate", "endDate"), ("fromCalendarDate", "toCalendarDate")
        return [
            ranged(f"{metrics}/maxmet/daily/{ends}", fitness.max_metrics, _MONTH_DAYS),
            ranged(f"{metrics}/heataltitudeacclimation/daily/{ends}", fitness.acclimation, WINDOW_DAYS),
            day(f"{metrics}/trainingreadiness/{{day}}", lambda day: fitness.readiness(day, day)),
            ranged(f"{metrics}/trainingreadiness/{ends}", fitness.readiness, WINDOW_DAYS),
            day(f"{metrics}/trainingloadbalance/latest/{{day}}", fitness.balance),
            ranged(f"/mobile-gateway/usersummary/trainingstatus/weekly/{ends}", fitness.status, WINDOW_DAYS),
            ranged(f"{metrics}/trainingstatus/weekly/{{name}}", fitness.report, WINDOW_DAYS, daily),
            ranged(f"/fitnessage-service/stats/daily/{ends}", scores.ages, WINDOW_DAYS),
            ranged(f"{metrics}/racepredictions/daily/{{name}}", scores.races, _YEAR_DAYS, daily),
            day(f"{metrics}/endurancescore", scores.endurance_of, "calendarDate", no_content=True),
            self._route(f"{metrics}/endurancescore/stats", self._endurance),
            day(f"{metrics}/hillscore", scores.hill_of, "calendarDate", no_content=True),
            ranged(f"{metrics}/hillscore/stats", scores.hill, WINDOW_DAYS, named),
            ranged(f"{metrics}/runningtolerance/stats", scores.tolerance, WINDOW_DAYS, named),
            self._route(f"/biometric-service/stats/{{kind}}/range/{ends}", self._thresholds),
        ]

    def _weeks(self) -> list[Route]:
        trends = self._trends
        stats = "/usersummary-service/stats"
        return [
            self._weekly(f"{stats}/steps/weekly/{{end}}/{{weeks}}", trends.steps_weekly),
            self._weekly(f"{stats}/stress/weekly/{{end}}/{{weeks}}", trends.stress_weekly),
            self._range(f"{stats}/im/weekly/{{first}}/{{last}}", trends.intensity_weekly, _YEAR_DAYS),
        ]

    def _library(self) -> list[Route]:
        workouts, numbered = self.workouts, self._numbered
        service, one = "/workout-service", "/workout-service/workout/{number:int}"
        return [
            self._route(f"{service}/workouts", lambda request: JSONResponse(workouts.listed(request.query_params))),
            self._fixed(f"{service}/workout/types", workouts.types),
            self._sent(f"{service}/workout", lambda _, body: workouts.create(body)),
            numbered(one, workouts.one),
            self._sent(one, lambda request, body: workouts.replace(_number(request), body), "PUT"),
            numbered(one, workouts.delete, "DELETE"),
        ]

    def _calendar(self) -> list[Route]:
        workouts, numbered = self.workouts, self._numbered
        one = "/workout-service/schedule/{number:int}"
        return [
            self._range(
                "/workout-service/schedule/workoutScheduleByPeriod",
                workouts.period,
                _YEAR_DAYS,
                ("startDate", "endDate"),
            ),
            numbered(one, workouts.scheduled),
            self._sent(one, lambda request, body: workouts.schedule(_number(request), body)),
            self._sent(one, lambda request, body: workouts.reschedule(_number(request), body), "PUT"),
            numbered(one, workouts.unschedule, "DELETE"),
            self._route(
                "/calendar-service/year/{year:int}/month/{month:int}",
                lambda request: JSONResponse(workouts.month(request.path_params["year"], request.path_params["month"])),
            ),
        ]

    def _personal(self) -> list[Route]:
        """What the official API has under other paths, or in other forms."""
        day = self._day
        return [
            day("/usersummary-service/usersummary/daily", self._summaries.daily, "calendarDate"),
            day("/wellness-service/wellness/dailyHeartRate", self._health.heart_rate, "date"),
            day("/wellness-service/wellness/daily/spo2acclimation/{day}", self._health.oxygen),
            day("/sleep-service/sleep/dailySleep", lambda day: night_of(self._nights.sleep(day)), "date"),
            day("/fitnessage-service/fitnessage/v2/{day}", lambda day: age_of(self._scores.ages(day, day))),
            day("/nutrition-service/food/logs/{day}", lambda day: log_of(self._diary.food(day, day), day)),
        ]

    # Kinds of endpoints

    def _route(self, path: str, answer: _Answer, method: str = "GET") -> Route:
        async def handle(request: Request) -> Response:
            refusal = self._sign_in.refusal(request)
            if refusal is not None:
                return refusal
            own = self._account.athlete.display_name
            if request.path_params.get("name", own) != own:
                return _problem(403, "HTTP 403 Forbidden", "ForbiddenException")
            # From here on the answer can be made without waiting: no other request comes between.
            request.state.sent = await request.body()
            try:
                return answer(request)
            except ValueError as problem:
                return _problem(400, str(problem), "BadRequestException")

        return Route(path, handle, methods=[method])

    def _numbered(self, path: str, body: Callable[[int], Any], method: str = "GET") -> Route:
        """One thing with a number, or what is done to it."""
        return self._route(path, lambda request: _found(lambda: body(_number(request))), method)

    def _sent(self, path: str, body: Callable[[Request, Any], Any], method: str = "POST") -> Route:
        """Something made of the JSON that was sent."""

        def answer(request: Request) -> Response:
            sent = json.loads(request.state.sent)
            return _found(lambda: body(request, sent))

        return self._route(path, answer, method)

    def _fixed(self, path: str, body: Callable[[], Any]) -> Route:
        return self._route(path, lambda request: JSONResponse(body()))

    def _one(self, path: str, body: Callable[[Session, str], Any]) -> Route:
        def answer(request: Request) -> Response:
            number = request.path_params["id"]
            session = self._account.session(int(number)) if number.isdecimal() else None
            found = body(session, request.path_params.get("kind", "")) if session else None
            if found is None:
                return _problem(404, "HTTP 404 Not Found", "NotFoundException")
            if isinstance(found, bytes):
                return Response(found, media_type="application/octet-stream")
            return JSONResponse(found)

        return self._route(path, answer)

    def _day(
        self,
        path: str,
        body: Callable[[date], Any],
        parameter: str | None = None,
        *,
        no_content: bool = False,
        method: str = "GET",
    ) -> Route:
        def answer(request: Request) -> Response:
            given = request.query_params.get(parameter, "") if parameter else request.path_params["day"]
            return _answer(body(date.fromisoformat(given)), no_content)

        return self._route(path, answer, method)

    def _range(
        self,
        path: str,
        body: Callable[[date, date], Any],
        window_days: int,
        parameters: tuple[str, str] | None = None,
        *,
        no_content: bool = False,
    ) -> Route:
        def answer(request: Request) -> Response:
            return _answer(body(*_range_of(request, parameters, window_days)), no_content)

        return self._route(path, answer)

    def _weekly(self, path: str, body: Callable[[date, int], Any]) -> Route:
        def answer(request: Request) -> Response:
            weeks = int(request.path_params["weeks"])
            if not 1 <= weeks <= _MOST_WEEKS:
                raise ValueError(f"at most {_MOST_WEEKS} weeks")
            return JSONResponse(body(date.fromisoformat(request.path_params["end"]), weeks))

        return self._route(path, answer)

    def _resting(self, request: Request) -> Response:
        first, last = _range_of(request, ("fromDate", "untilDate"), _YEAR_DAYS)
        return JSONResponse(self._trends.resting(first, last, request.query_params.getlist("metricId")))

    def _endurance(self, request: Request) -> Response:
        first, last = _range_of(request, ("startDate", "endDate"), _QUARTER_DAYS)
        return JSONResponse(self._scores.endurance(first, last, request.query_params.get("aggregation", "weekly")))

    def _light(self, request: Request) -> Response:
        first, last = _range_of(request, None, WINDOW_DAYS)
        if request.path_params["device"] != str(self._account.athlete.device_id):
            return _problem(404, "HTTP 404 Not Found", "NotFoundException")
        return JSONResponse(self._sun.ranged(first, last))

    def _thresholds(self, request: Request) -> Response:
        first, last = _range_of(request, None, _YEAR_DAYS)
        found = self._scores.thresholds(request.path_params["kind"], request.query_params.get("sport", ""), first, last)
        return _problem(404, "HTTP 404 Not Found", "NotFoundException") if found is None else JSONResponse(found)


def _range_of(request: Request, parameters: tuple[str, str] | None, window_days: int) -> tuple[date, date]:
    """Both dates of a range. Raises ValueError where it ends before it begins or is wider than the window."""
    given = [request.query_params.get(name, "") for name in parameters or ()]
    given = given or [request.path_params["first"], request.path_params["last"]]
    first, last = (date.fromisoformat(day) for day in given)
    if last < first:
        raise ValueError("the range ends before it begins")
    if (last - first).days >= window_days:
        raise ValueError(f"a range of at most {window_days} days")
    return first, last


def _number(request: Request) -> int:
    number: int = request.path_params["number"]
    return number


def _found(body: Callable[[], Any]) -> Response:
    """An answer, an empty one where there is nothing to say, or why there is none."""
    try:
        return _answer(body(), no_content=True)
    except LookupError:
        return _problem(404, "HTTP 404 Not Found", "NotFoundException")
    except PermissionError:
        return _problem(403, "HTTP 403 Forbidden", "ForbiddenException")


def _answer(body: Any, no_content: bool) -> Response:
    return Response(status_code=204) if body is None and no_content else JSONResponse(body)


def _problem(status: int, message: str, error: str) -> Response:
    return JSONResponse({"message": message, "error": error}, status)
