"""garth 0.8.0 itself at the simulator's exchange: what is signed rightly counts, once; everything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import requests

from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.oauth1 import CONSUMER

from ..doors import garth_client
from .conftest import HEADERS

EXCHANGE = "/oauth-service/oauth/exchange/user/2.0"


@pytest.fixture
def client(faulty: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """garth's own client, signed in; its consumer's key is the simulator's for the test."""
    found = garth_client(faulty)
    import garth

    monkeypatch.setattr(garth.sso, "OAUTH_CONSUMER", CONSUMER)
    yield found


def test_garth_renews_and_is_given_data(faulty: Simulator, client: Any) -> None:
    before = client.oauth2_token.access_token
    client.refresh_oauth2()
    access = client.oauth2_token.access_token
    assert access != before
    with httpx2.Client(base_url=faulty.url, headers=HEADERS | {"Authorization": f"Bearer {access}"}) as web:
        assert web.get("/userprofile-service/socialProfile").status_code == 200


@pytest.mark.parametrize("what", ["secret", "token", "consumer", "ended"])
def test_a_wrong_signature_is_refused(
    faulty: Simulator, client: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "secret":
        client.oauth1_token.oauth_token_secret += "x"
    elif what == "token":
        client.oauth1_token.oauth_token += "x"
    elif what == "consumer":
        monkeypatch.setitem(CONSUMER, "consumer_secret", "another")
        monkeypatch.setattr("garth.sso.OAUTH_CONSUMER", CONSUMER | {"consumer_secret": "what it was"})
    else:
        faulty.end_sessions()
    with pytest.raises(requests.HTTPError) as refused:
        client.refresh_oauth2()
    assert refused.value.response.status_code == 401


def test_what_was_signed_counts_once(faulty: Simulator, client: Any) -> None:
    client.refresh_oauth2()
    signed: list[requests.PreparedRequest] = []
    client.sess.hooks["response"].append(lambda answer, **_: signed.append(answer.request))
    client.refresh_oauth2()
    [sent] = signed
    again = requests.Session().send(sent)
    assert again.status_code == 401
    bare = httpx2.post(faulty.url + EXCHANGE)
    assert bare.status_code == 401
