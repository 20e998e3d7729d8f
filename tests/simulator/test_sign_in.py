"""The unpatched library signs in, is refused, refreshes; and what the endpoints insist on."""

from __future__ import annotations

import base64
import json
import time

import garminconnect
import httpx2
import pytest
from garminconnect.exceptions import (
    GarminConnectAuthenticationError,
    GarminConnectConnectionError,
    GarminConnectTooManyRequestsError,
)

from garminsync_tui.simulator import Simulator

from .conftest import CLIENT_ID, EMAIL, GRANT_TICKET, HEADERS, PASSWORD, exchange, point_at, signed_in, ticket, token

CODE = "246810"
CAPTCHA = json.dumps({"responseStatus": {"type": "CAPTCHA_REQUIRED", "message": "", "httpStatus": "OK"}})


def library(simulator: Simulator, password: str = PASSWORD, **options: object) -> garminconnect.Garmin:
    return point_at(garminconnect.Garmin(EMAIL, password, **options), simulator.url)


def test_library_signs_in_with_the_first_of_its_ways(faulty: Simulator) -> None:
    garmin = library(faulty)
    garmin.login()
    assert garmin.display_name == faulty.athlete.display_name
    assert garmin.profile_id == faulty.athlete.profile_id
    assert garmin.client.di_client_id == CLIENT_ID
    paths = faulty.stats()["requests"]["by_path"]
    assert paths["/mobile/api/login"] == 1
    assert not any(path.startswith(("/portal", "/sso")) for path in paths)


def test_wrong_password_ends_it_at_once(faulty: Simulator) -> None:
    with pytest.raises(GarminConnectAuthenticationError, match="Invalid Username or Password"):
        library(faulty, "wrong").login()
    assert faulty.stats()["requests"]["by_path"]["/mobile/api/login"] == 1


def test_wrong_code_may_be_followed_by_the_right_one() -> None:
    with Simulator(mfa_code=CODE) as simulator:
        garmin = library(simulator, return_on_mfa=True)
        status, state = garmin.login()
        assert status == "needs_mfa"
        with pytest.raises(GarminConnectAuthenticationError):
            garmin.resume_login(state, "000000")
        garmin.resume_login(state, CODE)
        assert garmin.client.di_token


def test_code_may_be_given_by_another_process() -> None:
    with Simulator(mfa_code=CODE) as simulator:
        _, state = library(simulator, return_on_mfa=True).login()
        other = library(simulator)
        other.resume_login(json.loads(json.dumps(state)), CODE)
        assert other.get_user_profile()["userData"]["measurementSystem"] == "metric"


def test_a_code_without_a_password_is_none() -> None:
    with Simulator(mfa_code=CODE) as simulator, httpx2.Client(base_url=simulator.url) as web:
        web.get("/mobile/sso/en_US/sign-in")
        answer = web.post("/mobile/api/mfa/verifyCode", json={"mfaVerificationCode": CODE}).json()
        assert answer["responseStatus"]["type"] != "SUCCESSFUL"
        assert answer["serviceTicketId"] is None


def test_blocked_by_429_everywhere(faulty: Simulator) -> None:
    faulty.add_faults([{"path": "/(mobile|portal)/", "status": 429}])
    with pytest.raises(GarminConnectTooManyRequestsError):
        library(faulty).login()


def test_captcha_everywhere(faulty: Simulator) -> None:
    faulty.add_faults([{"path": "/(mobile|portal)/api/login", "status": 200, "body": CAPTCHA}])
    with pytest.raises(GarminConnectConnectionError, match="CAPTCHA"):
        library(faulty).login()


def test_mobile_flow_blocked_falls_through_to_the_portal(faulty: Simulator) -> None:
    faulty.add_faults([{"path": "/mobile/", "status": 429}])
    garmin = library(faulty)
    garmin.login()
    assert faulty.stats()["requests"]["by_path"]["/portal/api/login"] == 1
    assert garmin.get_user_profile()


def test_credentials_without_the_page_are_answered_with_429(faulty: Simulator) -> None:
    page, service = "/mobile/sso/en_US/sign-in", {"clientId": "GCM_IOS_DARK", "service": "app:/there"}

    def log_in(web: httpx2.Client, **headers: str) -> int:
        credentials = {"username": EMAIL, "password": PASSWORD}
        return web.post("/mobile/api/login", params=service, json=credentials, headers=headers).status_code

    with httpx2.Client(base_url=faulty.url) as web:
        assert log_in(web, Referer=f"{faulty.url}{page}") == 429
        web.get(page, params=service)
        assert log_in(web) == 429
        assert log_in(web, Referer=f"{faulty.url}{page}") == 200


def test_ticket_is_good_once_and_for_its_service(faulty: Simulator) -> None:
    with httpx2.Client(base_url=faulty.url) as web:
        issued = ticket(web)["serviceTicketId"]
        assert exchange(web, issued, service="app:/elsewhere").status_code == 400
        assert exchange(web, issued).status_code == 400
        issued = ticket(web)["serviceTicketId"]
        assert exchange(web, issued).status_code == 200
        assert exchange(web, issued).json()["error"] == "invalid_grant"


def test_token_endpoint_checks_client_and_grant(faulty: Simulator) -> None:
    with httpx2.Client(base_url=faulty.url) as web:
        form = {
            "service_ticket": ticket(web)["serviceTicketId"],
            "service_url": "app:/there",
            "grant_type": GRANT_TICKET,
        }
        assert token(web, "SOMEBODY_ELSE", **form).status_code == 401
        bare = web.post("/di-oauth2-service/oauth/token", data={"client_id": CLIENT_ID, **form})
        assert bare.status_code == 401
        assert token(web, **form | {"grant_type": "password"}).json()["error"] == "unsupported_grant_type"
        assert token(web, **form).status_code == 200


def test_access_token_says_when_it_expires_and_whose_it_is() -> None:
    with Simulator(token_lifetime_s=1000) as simulator, httpx2.Client(base_url=simulator.url) as web:
        before = time.time()
        answer = exchange(web, ticket(web)["serviceTicketId"]).json()
        _, claims, _ = answer["access_token"].split(".")
        said = json.loads(base64.urlsafe_b64decode(claims + "=="))
        assert said["client_id"] == CLIENT_ID
        assert before - 1 <= said["exp"] - 1000 <= time.time()
        assert answer["expires_in"] == 1000


def test_refresh_token_rotates_and_the_old_one_is_refused(faulty: Simulator) -> None:
    with httpx2.Client(base_url=faulty.url) as web:
        first = exchange(web, ticket(web)["serviceTicketId"]).json()
        second = token(web, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
        assert second["refresh_token"] != first["refresh_token"]
        assert second["access_token"] != first["access_token"]
        again = token(web, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert again.status_code == 400
        assert again.json() == {"error": "invalid_grant", "error_description": "Invalid refresh token"}
        assert token(web, grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 200


def test_library_refreshes_an_expired_token_by_itself(faulty: Simulator) -> None:
    garmin = library(faulty)
    garmin.login()
    before = garmin.client.di_refresh_token
    faulty.expire_tokens()
    assert garmin.count_activities() == len(faulty.activity_ids())
    assert garmin.client.di_refresh_token != before


def test_token_that_is_nearly_over_is_refreshed_before_the_call() -> None:
    with Simulator(token_lifetime_s=600) as simulator:  # the library refreshes a quarter of an hour ahead
        library(simulator).login()
        paths = simulator.stats()["requests"]["by_path"]
        assert paths["/di-oauth2-service/oauth/token"] > 1


@pytest.mark.parametrize("missing", ["User-Agent", "X-Garmin-User-Agent", "X-App-Ver", "X-GCExperience"])
def test_data_only_for_the_app_s_headers(faulty: Simulator, missing: str) -> None:
    with signed_in(faulty) as web:
        assert web.get("/userprofile-service/socialProfile").status_code == 200
        del web.headers[missing]
        assert web.get("/userprofile-service/socialProfile").status_code == 403


@pytest.mark.parametrize("bearer", [None, "Bearer nonsense", "Basic nonsense"])
def test_data_only_with_a_good_token(faulty: Simulator, bearer: str | None) -> None:
    headers = HEADERS | ({"Authorization": bearer} if bearer else {})
    with httpx2.Client(base_url=faulty.url, headers=headers) as web:
        assert web.get("/userprofile-service/socialProfile").status_code == 401
        assert web.get("/activity-service/activity/1").status_code == 401


def test_expired_token_is_refused() -> None:
    with Simulator(token_lifetime_s=0) as simulator, signed_in(simulator) as web:
        assert web.get("/userprofile-service/socialProfile").status_code == 401
