"""A sign-in in the person's own browser, which Garmin's gate lets in where it refuses programs.

At its end the browser stands at an address with a ticket, or shows one: it becomes tokens once, within minutes.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from ..errors import UsageProblem
from .server import DOMAINS, Server

_TICKET = re.compile(r"ST-[A-Za-z0-9._~-]{5,200}")
_LONGEST = 4000


class Ticket(NamedTuple):
    """What a browser was given, and for which service; None for the one that `address` names."""

    ticket: str
    service: str | None

    def __repr__(self) -> str:
        return "<ticket>"


def address(server: Server) -> str:
    """What to open in a browser to sign in there."""
    host = server.url if server.is_loopback else f"https://sso.{server.domain}"
    return f"{host}/sso/signin?service={quote(service(server), safe='')}"


def service(server: Server) -> str:
    """The service that the tickets are for: Garmin's app on Android."""
    host = server.url if server.is_loopback else f"https://mobile.integration.{server.domain}"
    return f"{host}/gcm/android"


def find(pasted: str, server: Server) -> Ticket:
    """The ticket in an address or in any text. Raises UsageProblem, which repeats nothing of it."""
    _require_own(pasted.strip(), server)
    found = _TICKET.search(pasted[:_LONGEST])
    if found is None:
        raise UsageProblem(
            "There is no ticket in that.",
            hint="It begins with ST-; paste it, or the whole address that the browser ended at.",
        )
    return Ticket(found[0], _service_of(pasted.strip()))


def _require_own(pasted: str, server: Server) -> None:
    """An address of the other region is of no use here, and its ticket would be used up by asking."""
    try:
        host = urlsplit(pasted).hostname or ""
    except ValueError:
        return
    for domain in DOMAINS:
        if host.endswith(f".{domain}") and (server.is_loopback or domain != server.domain):
            region = domain.rpartition(".")[2]
            raise UsageProblem(
                f"That address is of {domain}, and this sign-in is at {server.name}.",
                hint=f"Sign in there: --region {region}, or https://{domain} as the server in the app.",
            )


def _service_of(pasted: str) -> str | None:
    """An address without its ticket is the service that it was given for."""
    try:
        parts = urlsplit(pasted)
        query = parse_qsl(parts.query)
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"} or "ticket" not in dict(query):
        return None
    left = urlencode([(name, value) for name, value in query if name != "ticket"])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, left, ""))
