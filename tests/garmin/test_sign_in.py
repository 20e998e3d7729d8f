"""Signing in through the real library, over real sockets, to a Garmin that answers as it is told."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.errors import (
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
from garminsync_tui.garmin import browser_ticket, token_file
from garminsync_tui.garmin.server import Server
from garminsync_tui.garmin.sign_in import CodeNeeded, Profile, SignIn, Tokens, refresh

from .scripted import Answer, Asked, Scripted, jwt

EMAIL, PASSWORD, CODE = "somebody@example.com", "canary-passw0rd", "123456"
OTHER_PASSWORD = "canary-other"
LOGIN = ("/mobile/api/login", "/portal/api/login")
VERIFY = ("/mobile/api/mfa/verifyCode", "/portal/api/mfa/verifyCode")
TOKEN = "/di-oauth2-service/oauth/token"
PROFILE = {"profileId": 4711, "displayName": "some body", "fullName": "Some Body", "userName": EMAIL}


def status_of(kind: str, ticket: str | None = None, **more: Any) -> Answer:
    return Answer(200, {"responseStatus": {"type": kind}, "serviceTicketId": ticket, **more})


class Garmin:
    """A Garmin that lets the right person in; tests replace single answers."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Asked], Answer]] = {
            "/userprofile-service/socialProfile": lambda _: Answer(200, PROFILE),
            "/userprofile-service/userprofile/personal-information/some%20body": lambda _: Answer(
                200, {"userInfo": {"timeZone": "Europe/Berlin"}}
            ),
            TOKEN: self.exchange,
            **dict.fromkeys(LOGIN, self.login),
            **dict.fromkeys(VERIFY, self.verify),
            "/sso/embed": lambda _: Answer(404, b"no widget"),
        }
        self.asks_for_code = False
        self.with_server = Scripted(self.answer)

    def answer(self, asked: Asked) -> Answer:
        page = Answer(200, b"<html></html>", {"content-type": "text/html"})
        return self.answers.get(asked.path, lambda _: page)(asked)

    def login(self, asked: Asked) -> Answer:
        import json

        given = json.loads(asked.body)
        if (given["username"], given["password"]) != (EMAIL, PASSWORD):
            return status_of("INVALID_USERNAME_PASSWORD")
        if self.asks_for_code:
            return status_of("MFA_REQUIRED", customerMfaInfo={"mfaLastMethodUsed": "email"})
        return status_of("SUCCESSFUL", "ST-1-canary")

    def verify(self, asked: Asked) -> Answer:
        import json

        right = json.loads(asked.body)["mfaVerificationCode"] == CODE
        return status_of("SUCCESSFUL", "ST-2-canary") if right else Answer(401, {"error": {"status-code": "401"}})

    def exchange(self, asked: Asked) -> Answer:
        kind, _, grant = asked.form["grant_type"].rpartition("/")
        assert grant in ("service_ticket", "refresh_token") and (kind or grant == "refresh_token")
        return Answer(200, {"access_token": jwt(asked.form["client_id"]), "refresh_token": "refresh-1"})

    def refuse(self, *paths: str, answer: Answer) -> None:
        self.answers |= dict.fromkeys(paths, lambda _: answer)

    def asked_for(self, *paths: str) -> int:
        return sum(asked.path in paths for asked in self.with_server.asked)

    @property
    def server(self) -> Server:
        return self.with_server.server


@pytest.fixture
def garmin() -> Iterator[Garmin]:
    found = Garmin()
    with found.with_server:
        yield found


def problem(work: Callable[[], object]) -> GarminSyncError:
    """The error, which holds no secret anywhere that a log might look."""
    with pytest.raises(GarminSyncError) as caught:
        work()
    shown = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert "canary" not in shown and EMAIL not in shown
    return caught.value


def start(garmin: Garmin, password: str = PASSWORD) -> Tokens | CodeNeeded:
    return SignIn(garmin.server).start(EMAIL, password)


# ── The ordinary way ─────────────────────────────────────────────────────────────────────────────


def test_a_password_becomes_tokens_and_a_profile(garmin: Garmin) -> None:
    tried: list[tuple[int, int, str]] = []
    sign_in = SignIn(garmin.server, on_strategy=lambda *each: tried.append(each))
    tokens = sign_in.start(EMAIL, PASSWORD)
    assert isinstance(tokens, Tokens)
    assert tokens.secret == "GARMIN_CONNECT_MOBILE_ANDROID_DI_2025Q2"
    assert tokens.refresh == "refresh-1"
    assert timedelta(minutes=50) < tokens.expires_at - datetime.now(UTC) < timedelta(minutes=61)
    assert tried == [(1, 5, "mobile+cffi")]
    assert sign_in.profile() == Profile("4711", "some body", "Some Body", "Europe/Berlin")
    assert sign_in.requests == len(garmin.with_server.asked)


def test_tokens_show_nothing_of_themselves(garmin: Garmin) -> None:
    tokens = start(garmin)
    assert repr(tokens) == str(tokens) == f"{tokens}" == "<tokens>"


def test_a_code_may_be_wrong_and_tried_again(garmin: Garmin) -> None:
    garmin.asks_for_code = True
    sign_in = SignIn(garmin.server)
    assert sign_in.start(EMAIL, PASSWORD) == CodeNeeded("email")
    assert isinstance(problem(lambda: sign_in.finish("000000")), WrongCode)
    assert isinstance(problem(lambda: sign_in.finish("")), WrongCode)
    assert isinstance(sign_in.finish(" 123 456 "), Tokens)
    assert sign_in.profile().garmin_user_id == "4711"
    assert sign_in.requests == len(garmin.with_server.asked)


def test_a_sign_in_may_start_over_instead_of_a_code(garmin: Garmin) -> None:
    garmin.asks_for_code = True
    sign_in = SignIn(garmin.server)
    sign_in.start(EMAIL, PASSWORD)
    garmin.asks_for_code = False
    assert isinstance(sign_in.start(EMAIL, PASSWORD), Tokens)


def test_nothing_is_written_anywhere(garmin: Garmin, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GARMINTOKENS", str(tmp_path / "tokens"))
    monkeypatch.chdir(tmp_path)
    start(garmin)
    assert list(tmp_path.rglob("*")) == []


def test_the_library_s_lines_do_not_reach_the_log(garmin: Garmin, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        garmin.refuse(*LOGIN, answer=Answer(429))
        problem(lambda: start(garmin))
    assert not [record for record in caplog.records if record.name.startswith("garminconnect")]


def test_the_pauses_of_a_real_sign_in_stay(garmin: Garmin) -> None:
    from garminconnect.client import sso

    before = (sso.MOBILE_DELAY_MIN_S, sso.LOGIN_DELAY_MAX_S)
    start(garmin)
    assert before == (sso.MOBILE_DELAY_MIN_S, sso.LOGIN_DELAY_MAX_S)
    assert min(before) > 0


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_password_is_sent_once(garmin: Garmin) -> None:
    assert isinstance(problem(lambda: start(garmin, OTHER_PASSWORD)), WrongPassword)
    assert garmin.asked_for(*LOGIN) == 1


@pytest.mark.parametrize(
    "answer",
    [Answer(429), Answer(427), status_of("CAPTCHA_REQUIRED"), Answer(200, {"error": {"status-code": "429"}})],
    ids=["429", "427", "captcha", "429 in the body"],
)
def test_a_refusal_is_not_a_wrong_password_and_ends_the_attempt(garmin: Garmin, answer: Answer) -> None:
    garmin.refuse(*LOGIN, answer=answer)
    caught = problem(lambda: start(garmin))
    assert type(caught) is SignInRefused
    # Once at each of two doors, whatever the fingerprint; the widget has no form here.
    assert garmin.asked_for(*LOGIN) == 2


def test_one_refused_door_is_not_the_end(garmin: Garmin) -> None:
    garmin.refuse("/mobile/api/login", answer=Answer(429))
    tried: list[str] = []
    sign_in = SignIn(garmin.server, on_strategy=lambda _, __, name: tried.append(name))
    assert isinstance(sign_in.start(EMAIL, PASSWORD), Tokens)
    assert tried == ["mobile+cffi", "widget+cffi", "portal+cffi"]
    assert garmin.asked_for("/mobile/api/login") == 1


def test_two_blocked_doors_are(garmin: Garmin) -> None:
    garmin.refuse("/mobile/api/login", "/sso/embed", answer=Answer(429))
    assert type(problem(lambda: start(garmin))) is SignInRefused
    assert garmin.asked_for("/portal/api/login") == 0


def test_cloudflare_is_a_refusal(garmin: Garmin) -> None:
    page = Answer(403, b"<html>Just a moment...</html>", {"content-type": "text/html"})
    garmin.refuse(*LOGIN, "/sso/embed", answer=page)
    caught = problem(lambda: start(garmin))
    assert type(caught) is SignInBlocked and "Cloudflare" in caught.message


def test_a_locked_account_is_said_so(garmin: Garmin) -> None:
    garmin.refuse(*LOGIN, answer=Answer(429))
    form = b'<title>GARMIN</title><input name="_csrf" value="x">'
    locked = Answer(200, b"<title>Account Locked</title>", {"content-type": "text/html"})
    garmin.answers["/sso/embed"] = lambda _: Answer(200, b"ok")
    garmin.answers["/sso/signin"] = lambda asked: Answer(200, form) if asked.method == "GET" else locked
    caught = problem(lambda: start(garmin))
    assert type(caught) is SignInRefused and "locked" in caught.message


def test_a_session_that_lives_in_a_cookie_is_refused(garmin: Garmin) -> None:
    garmin.refuse(TOKEN, answer=Answer(400, {"error": "invalid_request"}))
    caught = problem(lambda: start(garmin))
    assert type(caught) is SignInRefused and "cannot be kept" in caught.message
    # The ticket is not spent on the cookie.
    assert garmin.asked_for("/gcm/ios", "/gcm/android") == 0


def test_a_token_exchange_that_is_blocked_is_a_refusal(garmin: Garmin) -> None:
    garmin.refuse(TOKEN, answer=Answer(429))
    assert type(problem(lambda: start(garmin))) is SignInRefused
    assert garmin.asked_for(*LOGIN) == garmin.asked_for(TOKEN) == 1


def test_a_token_that_the_api_rejects_is_a_refusal(garmin: Garmin) -> None:
    garmin.refuse("/userprofile-service/socialProfile", answer=Answer(401, {"message": "Token is not active"}))
    assert type(problem(lambda: start(garmin))) is SignInRefused


@pytest.mark.parametrize("status", [500, 503])
def test_trouble_at_garmin_is_unavailable(garmin: Garmin, status: int) -> None:
    garmin.refuse(*LOGIN, "/sso/embed", "/sso/signin", answer=Answer(status, b"<html>"))
    caught = problem(lambda: start(garmin))
    assert type(caught) is Unavailable and str(status) in caught.message


def test_trouble_at_the_token_exchange_is_unavailable(garmin: Garmin) -> None:
    garmin.refuse(TOKEN, answer=Answer(503))
    assert type(problem(lambda: start(garmin))) is Unavailable


def test_no_connection_is_unavailable() -> None:
    with Scripted(lambda _: Answer()) as gone:
        server = gone.server
    sign_in = SignIn(server)
    caught = problem(lambda: sign_in.start(EMAIL, PASSWORD))
    assert type(caught) is Unavailable and "cannot be reached" in caught.message
    assert type(problem(sign_in.profile)) is SignInRequired


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(429), SignInRefused),
        (Answer(503, b"<html>"), Unavailable),
        (Answer(how="reset"), Unavailable),
        (Answer(403, b"<html>"), SignInRefused),
    ],
    ids=["429", "503", "reset", "403"],
)
def test_a_code_that_nobody_looked_at_is_not_a_wrong_code(
    garmin: Garmin, answer: Answer, kind: type[GarminSyncError]
) -> None:
    garmin.asks_for_code = True
    sign_in = SignIn(garmin.server)
    sign_in.start(EMAIL, PASSWORD)
    garmin.refuse(*VERIFY, answer=answer)
    caught = problem(lambda: sign_in.finish(CODE))
    assert type(caught) is kind
    assert (answer.status == 429) == ("too many" in caught.message)


def test_garbage_is_an_error_of_ours(garmin: Garmin) -> None:
    garmin.refuse(*LOGIN, "/sso/embed", "/sso/signin", answer=Answer(200, b"garbage"))
    assert isinstance(problem(lambda: start(garmin)), SignInRefused)


# ── The profile ──────────────────────────────────────────────────────────────────────────────────

WHERE = "/userprofile-service/userprofile/personal-information/some%20body"


@pytest.mark.parametrize(
    ("answer", "zone"),
    [
        (Answer(200, {"timeZone": "America/Denver"}), "America/Denver"),
        (Answer(200, {"userInfo": {"timeZone": "Mars/Olympus"}}), None),
        (Answer(200, {"userInfo": {"timeZone": "../../etc/passwd"}}), None),
        (Answer(200, {"userInfo": None}), None),
        (Answer(200, ["list"]), None),
        (Answer(404, {}), None),
        (Answer(500, b"<html>"), None),
        (Answer(how="reset"), None),
        (Answer(204), None),
    ],
)
def test_an_account_can_do_without_its_zone(garmin: Garmin, answer: Answer, zone: str | None) -> None:
    sign_in = SignIn(garmin.server)
    sign_in.start(EMAIL, PASSWORD)
    garmin.refuse(WHERE, answer=answer)
    assert sign_in.profile().time_zone == zone


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(200, {"displayName": "x"}), UnexpectedAnswer),
        (Answer(200, {"profileId": True, "displayName": "x"}), UnexpectedAnswer),
        (Answer(200, {"profileId": 1, "displayName": None}), UnexpectedAnswer),
        (Answer(200, []), UnexpectedAnswer),
        (Answer(200, b"<html>"), UnexpectedAnswer),
        (Answer(401, {}), SignInRequired),
        (Answer(429, {}), RateLimited),
        (Answer(403, b"<html>", {"content-type": "text/html"}), Blocked),
        (Answer(503, {}), Unavailable),
        (Answer(how="reset"), Unavailable),
    ],
)
def test_an_account_cannot_do_without_its_id(garmin: Garmin, answer: Answer, kind: type[GarminSyncError]) -> None:
    sign_in = SignIn(garmin.server)
    sign_in.start(EMAIL, PASSWORD)
    garmin.refuse("/userprofile-service/socialProfile", answer=answer)
    assert type(problem(sign_in.profile)) is kind


# ── Refreshing ───────────────────────────────────────────────────────────────────────────────────

OLD = Tokens(jwt("OLD-CLIENT"), "OLD-CLIENT", "refresh-0-canary", datetime.now(UTC))


def test_a_refresh_gives_the_next_tokens(garmin: Garmin) -> None:
    fresh = refresh(OLD, garmin.server)
    [asked] = garmin.with_server.asked
    assert asked.form == {"grant_type": "refresh_token", "client_id": "OLD-CLIENT", "refresh_token": "refresh-0-canary"}
    assert (fresh.secret, fresh.refresh) == ("OLD-CLIENT", "refresh-1")
    assert fresh.access != OLD.access
    assert fresh.expires_at > datetime.now(UTC) + timedelta(minutes=50)


def test_a_refresh_without_a_new_refresh_token_keeps_the_old_one(garmin: Garmin) -> None:
    garmin.refuse(TOKEN, answer=Answer(200, {"access_token": jwt("NEW-CLIENT")}))
    fresh = refresh(OLD, garmin.server)
    assert (fresh.secret, fresh.refresh) == ("NEW-CLIENT", "refresh-0-canary")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(400, {"error": "invalid_grant", "error_description": "Invalid refresh token"}), SignInRequired),
        (Answer(401, {}), SignInRequired),
        (Answer(429, {}, {"retry-after": "14"}), RateLimited),
        (Answer(500, {}), Unavailable),
        (Answer(503, b"<html>"), Unavailable),
        (Answer(403, b"<html>", {"content-type": "text/html"}), Blocked),
        (Answer(503, b"<script src=/cdn-cgi/x>", {"content-type": "text/html"}), Blocked),
        (Answer(how="reset"), Unavailable),
        (Answer(200, {"a": "x" * 100}, how="truncated"), Unavailable),
        (Answer(200, b"<html>"), UnexpectedAnswer),
        (Answer(200, []), UnexpectedAnswer),
        (Answer(200, {"token": 1}), UnexpectedAnswer),
        (Answer(200, {"access_token": 5}), UnexpectedAnswer),
    ],
)
def test_a_refresh_that_fails(garmin: Garmin, answer: Answer, kind: type[GarminSyncError]) -> None:
    garmin.refuse(TOKEN, answer=answer)
    caught = problem(lambda: refresh(OLD, garmin.server))
    assert type(caught) is kind
    assert type(caught) is not RateLimited or caught.retry_after_s == 14
    assert garmin.asked_for(TOKEN) == 1


def test_no_refresh_token_no_request(garmin: Garmin) -> None:
    without = Tokens(OLD.access, OLD.secret, None, OLD.expires_at)
    assert isinstance(problem(lambda: refresh(without, garmin.server)), SignInRequired)
    assert garmin.with_server.asked == []


@pytest.mark.parametrize("exp", [None, "soon", 1e30, -1e30, float("nan"), [], True])
def test_a_token_without_a_believable_end_ends_soon(garmin: Garmin, exp: Any) -> None:
    garmin.refuse(TOKEN, answer=Answer(200, {"access_token": jwt(exp=exp), "refresh_token": "r"}))
    assert refresh(OLD, garmin.server).expires_at < datetime.now(UTC) + timedelta(hours=2)


# ── By a browser, and by another program's file ──────────────────────────────────────────────────


def test_a_browser_s_ticket_becomes_tokens(garmin: Garmin) -> None:
    sign_in = SignIn(garmin.server)
    pasted = f"{garmin.server.url}/gcm/android?ticket=ST-0123-canary-sso&lang=en"
    assert isinstance(sign_in.exchange(browser_ticket.find(pasted, garmin.server)), Tokens)
    assert sign_in.profile().garmin_user_id == "4711"
    [asked] = [asked for asked in garmin.with_server.asked if asked.path == TOKEN]
    assert asked.form["service_ticket"] == "ST-0123-canary-sso"
    assert asked.form["service_url"] == f"{garmin.server.url}/gcm/android?lang=en"
    sign_in.exchange(browser_ticket.find(" ST-4567-canary-sso ", garmin.server))
    assert garmin.with_server.asked[-1].form["service_url"] == browser_ticket.service(garmin.server)
    assert sign_in.requests == len(garmin.with_server.asked)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(400, {"error": "invalid_grant"}), WrongTicket),
        (Answer(429), SignInRefused),
        (Answer(503), Unavailable),
    ],
)
def test_a_ticket_that_leads_nowhere_says_why(garmin: Garmin, answer: Answer, kind: type[GarminSyncError]) -> None:
    garmin.refuse(TOKEN, answer=answer)
    ticket = browser_ticket.find("ST-0123-canary-sso", garmin.server)
    assert type(problem(lambda: SignIn(garmin.server).exchange(ticket))) is kind
    assert "canary" not in repr(ticket)


def test_what_holds_no_ticket_is_not_sent() -> None:
    com, cn = Server.parse("garmin.com"), Server.parse("garmin.cn")
    half = "https://mobile.integration.garmin.com/gcm/android?ticket=ST"
    for pasted in ("", "canary", "https://sso.garmin.com/sso/signin", "ST-", "ST-1", half, "https://[garmin"):
        assert "no ticket" in problem(lambda pasted=pasted: browser_ticket.find(pasted, com)).message
    elsewhere = "https://mobile.integration.garmin.cn/gcm/android?ticket=ST-0123-canary-sso"
    refused = problem(lambda: browser_ticket.find(elsewhere, com))
    assert "is of garmin.cn" in refused.message and "--region cn" in refused.hint
    assert browser_ticket.find(elsewhere, cn).service == "https://mobile.integration.garmin.cn/gcm/android"
    assert browser_ticket.address(Server.parse("garmin.cn")) == (
        "https://sso.garmin.cn/sso/signin?service=https%3A%2F%2Fmobile.integration.garmin.cn%2Fgcm%2Fandroid"
    )


@pytest.mark.parametrize(
    "names", [("di_token", "di_refresh_token", "di_client_id"), ("token", "refresh_token", "client_id")]
)
def test_another_program_s_tokens_are_taken_over_and_renewed_where_they_end(
    garmin: Garmin, tmp_path: Path, names: tuple[str, ...]
) -> None:
    file = tmp_path / "garmin_tokens.json"
    for lifetime_s, renewals in ((3600, 0), (60, 1)):
        garmin.with_server.asked.clear()
        access = jwt("CLIENT", lifetime_s)
        file.write_text(json.dumps(dict(zip(names, (access, "refresh-0", "CLIENT"), strict=True))))
        sign_in = SignIn(garmin.server)
        tokens = sign_in.adopt(token_file.read(tmp_path))
        assert (tokens.refresh, tokens.access == access) == (f"refresh-{renewals}", not renewals)
        assert sign_in.profile().garmin_user_id == "4711"
        assert garmin.asked_for(TOKEN) == renewals
        assert sign_in.requests == len(garmin.with_server.asked)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no token file"),
        ("[]", "holds no tokens"),
        ('{"di_token": null, "di_refresh_token": null, "di_client_id": null}', "holds no tokens"),
        ('{"oauth_token": "canary", "oauth_token_secret": "canary"}', "of an older sign-in"),
    ],
)
def test_what_is_no_token_file_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(text)
    assert said in problem(lambda: token_file.read(file)).message
    assert "cannot be read" in problem(lambda: token_file.read(tmp_path / "none.json")).message
