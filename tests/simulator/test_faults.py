"""Each fault as a client sees it, and when it happens."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from garminsync_tui.errors import UsageProblem
from garminsync_tui.simulator import Fault, Simulator, parse_fault

from .conftest import NOW, signed_in

PROFILE = "/userprofile-service/socialProfile"
STRESS = "/wellness-service/wellness/dailyStress"


def test_status_headers_and_body(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults(
        [{"path": "Profile", "status": 429, "headers": {"Retry-After": "7"}, "body": '{"a":1}', "count": 2}]
    )
    for _ in range(2):
        answer = faulty_web.get(PROFILE)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "7"
        assert answer.json() == {"a": 1}
    assert faulty_web.get(PROFILE).status_code == 200
    assert faulty_web.get("/simulator/faults").json() == []


def test_who_hangs_up_leaves_no_traceback(
    faulty: Simulator, faulty_web: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    faulty.add_faults([{"path": "token|Profile", "delay_s": 0.2, "count": 2}])
    url = httpx2.URL(faulty.url)
    with socket.create_connection((url.host, url.port)) as caller:
        caller.sendall(b"POST /di-oauth2-service/oauth/token HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n")
    assert faulty_web.get(PROFILE).status_code == 200  # begun later, as slow: the other one is over
    assert "Traceback" not in caplog.text


def test_always_until_it_is_cleared(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults([{"path": PROFILE, "status": 503}])
    assert [faulty_web.get(PROFILE).status_code for _ in range(3)] == [503] * 3
    faulty.clear_faults()
    assert faulty_web.get(PROFILE).status_code == 200


def test_only_the_dates(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults([{"path": "/wellness-service/", "status": 500, "dates": ["2026-11-10", "2026-11-12"]}])
    found = {day: faulty_web.get(f"{STRESS}/2026-11-{day}").status_code for day in (9, 10, 12, 13) if day > 9}
    assert found == {10: 500, 12: 500, 13: 200}
    name = faulty.athlete.display_name
    heart_rate = f"/wellness-service/wellness/dailyHeartRate/{name}"
    assert faulty_web.get(heart_rate, params={"date": "2026-11-11"}).status_code == 500
    assert faulty_web.get(heart_rate, params={"date": "2026-11-14"}).status_code == 200


def test_truncated(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    whole = faulty_web.get(PROFILE).content
    faulty.add_faults([{"path": PROFILE, "kind": "truncate", "count": 1}])
    with pytest.raises(httpx2.RemoteProtocolError), faulty_web.stream("GET", PROFILE) as answer:
        assert int(answer.headers["content-length"]) == len(whole)
        received = b""
        for part in answer.iter_raw():
            received += part
            assert received == whole[: len(received)]
            assert len(received) == len(whole) // 2
    assert faulty_web.get(PROFILE).content == whole


def test_cut(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    whole = faulty_web.get(PROFILE)
    faulty.add_faults([{"path": PROFILE, "kind": "cut", "count": 1}])
    answer = faulty_web.get(PROFILE)
    assert answer.content == whole.content[: len(whole.content) // 2]
    assert answer.headers["content-type"] == whole.headers["content-type"]
    assert not {"content-length", "transfer-encoding"} & set(answer.headers)
    assert faulty_web.get(PROFILE).content == whole.content


def test_reset(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults([{"path": PROFILE, "kind": "reset", "count": 1}])
    with pytest.raises(httpx2.ReadError) as caught:
        faulty_web.get(PROFILE)
    causes: list[BaseException] = [caught.value]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    assert any(isinstance(cause, ConnectionResetError) for cause in causes)
    assert faulty_web.get(PROFILE).status_code == 200


def test_garbage(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults([{"path": PROFILE, "kind": "garbage", "count": 1}])
    answer = faulty_web.get(PROFILE)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        json.loads(answer.content)


def test_drip_neither_ends_nor_times_out(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults([{"path": PROFILE, "kind": "drip", "count": 1}])
    with faulty_web.stream("GET", PROFILE, timeout=2) as answer:
        assert int(answer.headers["content-length"]) > 1000
        parts = answer.iter_raw()
        assert [next(parts) for _ in range(3)] == [b" "] * 3
    assert faulty_web.get(PROFILE).status_code == 200


def test_server_stops_in_spite_of_what_drips_and_waits(caplog: pytest.LogCaptureFixture) -> None:
    faults = [Fault("Profile", kind="drip"), Fault("/app", delay_s=600)]
    simulator = Simulator(now=NOW, faults=faults)
    simulator.start()
    with signed_in(simulator) as web, web.stream("GET", PROFILE) as answer, ThreadPoolExecutor() as others:
        parts = answer.iter_raw()
        assert next(parts) == b" "
        waiting = others.submit(httpx2.get, f"{simulator.url}/app", timeout=30)
        while "/app" not in simulator.stats()["requests"]["by_path"]:
            pass
        simulator.stop()
        assert waiting.result().status_code == 200
        with pytest.raises(httpx2.TransportError):
            list(parts)
    assert caplog.records == []  # nothing had to be cancelled


def test_delay_alone_leaves_the_answer_as_it_is(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    faulty.add_faults([{"path": PROFILE, "delay_s": 0.3}])
    with pytest.raises(httpx2.ReadTimeout):
        faulty_web.get(PROFILE, timeout=0.1)
    assert faulty_web.get(PROFILE).json()["displayName"] == faulty.athlete.display_name


def test_latency_delays_every_answer() -> None:
    with Simulator(now=NOW, latency_ms=250) as simulator, httpx2.Client(base_url=simulator.url) as web:
        with pytest.raises(httpx2.ReadTimeout):
            web.get("/app", timeout=0.1)
        assert web.get("/app").status_code == 200
        assert web.get("/simulator/stats", timeout=0.2).status_code == 200


def test_given_at_the_start() -> None:
    fault = parse_fault("path=^/app$,status=502,count=1,header=X-Cause: test")
    with Simulator(now=NOW, faults=[fault]) as simulator, httpx2.Client(base_url=simulator.url) as web:
        first = web.get("/app")
        assert (first.status_code, first.headers["x-cause"]) == (502, "test")
        assert web.get("/app").status_code == 200


def test_over_http(faulty: Simulator, faulty_web: httpx2.Client) -> None:
    posted = faulty_web.post(
        "/simulator/faults", json=[{"path": "/app", "status": 418, "dates": None}, {"path": "x", "kind": "reset"}]
    )
    assert [fault["path"] for fault in posted.json()] == ["/app", "x"]
    listed = faulty_web.get("/simulator/faults").json()
    assert (listed[0]["status"], listed[1]["kind"]) == (418, "reset")
    assert faulty_web.get("/app").status_code == 418
    assert faulty_web.post("/simulator/faults", json=listed).status_code == 200  # what is listed can be posted
    assert faulty_web.delete("/simulator/faults").json() == []
    assert faulty_web.get("/app").status_code == 200


@pytest.mark.parametrize("body", [b"{}", b"nonsense", b'[{"status": 500}]', b'["x"]', b'[{"path": "a", "count": 0}]'])
def test_bad_posts_are_refused_whole(faulty_web: httpx2.Client, body: bytes) -> None:
    assert faulty_web.post("/simulator/faults", content=body).status_code == 400
    assert faulty_web.get("/simulator/faults").json() == []


def test_spec_of_the_command_line() -> None:
    fault = parse_fault("path=dailyStress,status=503,count=3,delay_s=0.5,dates=2026-01-01/2026-01-31")
    assert (fault.path, fault.status, fault.count, fault.delay_s) == ("dailyStress", 503, 3, 0.5)
    assert fault.meets("/x/dailyStress/2026-01-15", "")
    assert not fault.meets("/x/dailyStress/2026-02-01", "")


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "nonsense",
        "status=503",
        "path=x,status=soon",
        "path=x,status=99",
        "path=[,status=500",
        "path=x,kind=fire",
        "path=x,count=0",
        "path=x,delay_s=-1",
        "path=x,colour=red",
        "path=x,dates=2026-01-01",
        "path=x,dates=soon/later",
    ],
)
def test_bad_specs_are_refused(spec: str) -> None:
    with pytest.raises(UsageProblem):
        parse_fault(spec)
