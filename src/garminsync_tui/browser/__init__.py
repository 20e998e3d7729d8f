"""The app in a browser of this machine: the same app, drawn by textual-serve, for one person with one link.

The server listens on 127.0.0.1 only. Its link works once and turns into a cookie of that browser; whoever has no
cookie, comes under another name than this machine's (DNS rebinding) or from another page sees nothing. The app that
it starts asks for the local user's password, so there has to be one.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

_ADDRESS = "127.0.0.1"
_COOKIE = "garminsync_{port}"
#: Of the link in the address: what comes after `?`.
_LINK = "open"
#: Nothing but what this server holds is loaded, and no page may frame it or learn of its address.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:; connect-src 'self' ws://{host};"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_USED = "This link was used, or this browser is not the one that used it. Start `garminsync web` again for a new one."

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Served(Server):
    """textual-serve behind a link that works once."""

    def __init__(self, command: Sequence[str], listening: socket.socket) -> None:
        port = listening.getsockname()[1]
        templates = Path(__file__).parent
        super().__init__(shlex.join(command), _ADDRESS, port, title="garminsync", templates_path=templates)
        self._hosts = {f"{name}:{port}" for name in (_ADDRESS, "localhost")}
        self._cookie = _COOKIE.format(port=port)
        self._link: str | None = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._listening = listening

    @property
    def link(self) -> str:
        """The address that opens it, once."""
        return f"{self.public_url}/?{_LINK}={self._link}"

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        app = await self._make_app()
        app.middlewares.append(self._guard)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listening).start()
            await stop.wait()
        finally:
            await runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command has told the link."""

    @web.middleware
    async def _guard(self, request: web.Request, handler: Answer) -> web.StreamResponse:
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="This is not the name of this machine.")
        if "Origin" in request.headers and request.headers["Origin"] != f"http://{request.host}":
            raise web.HTTPForbidden(text="Another page may not ask here.")
        if given := request.query.get(_LINK):
            self._take(given)
            entered = web.HTTPSeeOther("/")
            entered.set_cookie(self._cookie, self._session, httponly=True, samesite="Strict")
            raise entered
        if not secrets.compare_digest(request.cookies.get(self._cookie, ""), self._session):
            raise web.HTTPForbidden(text=_USED)
        # The page and its connection keep to the name under which the browser came.
        self.public_url = f"http://{request.host}"
        response = await handler(request)
        if not response.prepared:
            for name, value in _HEADERS.items():
                response.headers[name] = value.format(host=request.host)
        return response

    def _take(self, given: str) -> None:
        link = self._link
        if link is None or not secrets.compare_digest(given.encode(), link.encode()):
            raise web.HTTPForbidden(text=_USED)
        self._link = None


def listen(port: int) -> socket.socket:
    """An open socket on this machine alone; 0 takes any free port. Raises OSError."""
    return socket.create_server((_ADDRESS, port))
