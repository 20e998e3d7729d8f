"""Which Garmin is talked to: the world's, China's, or one on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import UsageProblem

DOMAINS = ("garmin.com", "garmin.cn")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """A server of Garmin's, or one on loopback that answers in its place."""

    #: "https://garmin.com", "https://garmin.cn" or "http://127.0.0.1:PORT".
    url: str

    @classmethod
    def parse(cls, text: str) -> Server:
        """The server of a URL or of a `name`. Raises UsageProblem for anything but Garmin's two and loopback.

        Passwords go where this points, so no other host is accepted, and plain HTTP on loopback only.
        """
        text = text.strip()
        try:
            parts = urlsplit(f"https://{text}" if text in DOMAINS else text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _unknown() from None
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
        if bare and parts.scheme == "https" and host in DOMAINS and port is None:
            return cls(f"https://{host}")
        if bare and parts.scheme == "http" and host in _LOOPBACK and port:
            return cls(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        raise _unknown()

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        return self.url.startswith("http://")

    @property
    def name(self) -> str:
        """What accounts keep and people read: "garmin.com", "garmin.cn" or "http://127.0.0.1:PORT"."""
        return self.url if self.is_loopback else self.url.removeprefix("https://")

    @property
    def domain(self) -> str:
        """Garmin's domain that this server has, or stands in for."""
        return "garmin.com" if self.is_loopback else self.name

    @property
    def api(self) -> str:
        """Where data are asked for."""
        return self.url if self.is_loopback else f"https://connectapi.{self.name}"

    @property
    def personal_api(self) -> str:
        """Where data are asked for with a key of the official Personal API."""
        return self.url if self.is_loopback else f"https://personal.connectapi.{self.name}"

    @property
    def oauth_consumer(self) -> str:
        """Where the key is that garth signs with; its author publishes it."""
        return f"{self.url if self.is_loopback else 'https://thegarth.s3.amazonaws.com'}/oauth_consumer.json"


def point_at(garmin_client: Any, server: Server) -> None:
    """Send everything the sign-in library does to a server on loopback; Garmin's own hosts are its default.

    The seven attributes are all the addresses that `garminconnect` 0.3.20 ever builds.
    """
    if not server.is_loopback:
        return
    here = server.url
    garmin_client._sso = garmin_client._connect = garmin_client._connectapi = here
    garmin_client._di_token_url = f"{here}/di-oauth2-service/oauth/token"
    garmin_client._ios_service_url = f"{here}/gcm/ios"
    garmin_client._mobile_sso_service_url = f"{here}/gcm/android"
    garmin_client._portal_service_url = f"{here}/app"


def _unknown() -> UsageProblem:
    return UsageProblem(
        "This is not a server of Garmin's.",
        hint="Use https://garmin.com, https://garmin.cn, or http://127.0.0.1:PORT for a simulator here.",
    )
