"""The simulator as a server in a thread of its own, and its controls."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..errors import GarminSyncError, UsageProblem
from .account import LONGEST_HISTORY_DAYS, Account
from .archive import Archive
from .athlete import Athlete
from .faults import Fault, Mishaps, fault_of
from .folder import Folder
from .oauth1 import OAuth1
from .personal_api import KEY, PersonalApi
from .routes import Routes
from .sign_in import SignIn
from .watch import Watch

_CONTROL = "/simulator/"
_MOST_SECONDS_TO_START = 10


class Simulator:
    """Garmin's sign-in and data on 127.0.0.1. It keeps everything in memory and writes nothing.

    `port` 0 takes a free one. `now` is the athlete's present moment, by default the real one. `latency_ms` delays
    each answer. Raises UsageProblem for days out of range, a folder that is not there or a port that is taken.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        days: int = 60,
        seed: int = 1,
        now: datetime | None = None,
        activities_dir: Path | None = None,
        mfa_code: str | None = None,
        email: str = "athlete@example.com",
        password: str = "simulator",  # noqa: S107
        api_key: str = KEY,
        latency_ms: int = 0,
        token_lifetime_s: int = 86_400,
        archived_after_days: int = LONGEST_HISTORY_DAYS,
        faults: Sequence[Fault] = (),
    ) -> None:
        folder = Folder(activities_dir) if activities_dir else None
        self.email = email
        self.password = password
        self.api_key = api_key
        self._port = port
        self._account = Account(seed, days, now or datetime.now(UTC), folder, archived_after_days)
        self._sign_in = SignIn(email, password, mfa_code, token_lifetime_s)
        self._oauth1 = OAuth1(self._sign_in, with_code=mfa_code is not None)
        self._requests: Counter[str] = Counter()
        routes = Routes(self._account, self._sign_in, email)
        self._workouts = routes.workouts
        self._control = Starlette(routes=self._controls())
        everything = [*self._sign_in.routes(), *self._oauth1.routes(), *routes.all()]
        data = Starlette(routes=everything, exception_handlers={404: _unknown})
        data.router.redirect_slashes = False
        self._personal_api = PersonalApi(data, self._sign_in, api_key)
        data.router.routes.extend(self._personal_api.routes())
        self._mishaps = Mishaps(self._personal_api, latency_ms, faults)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # Running

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, once it was started."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve until `stop`. Raises UsageProblem where the port is taken."""
        listener = self._listen()
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, started)), name="simulator", daemon=True
        )
        self._thread.start()
        if not started.wait(_MOST_SECONDS_TO_START):
            raise GarminSyncError("The simulator did not start.", hint="Try again.")

    def _listen(self) -> socket.socket:
        # Only with the protocol named does asyncio switch Nagle's algorithm off, which costs 40 ms an answer.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # Without it a port stays taken for a minute after the last simulator on it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self._port))
        except (OSError, OverflowError) as problem:
            listener.close()
            raise UsageProblem(
                f"Port {self._port} cannot be used: {getattr(problem, 'strerror', None) or problem}.",
                hint="Give another port, or none: then a free one is taken.",
            ) from None
        listener.listen(128)
        self._port = listener.getsockname()[1]
        return listener

    async def _serve(self, listener: socket.socket, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            self._entrance,
            interface="asgi3",
            http="h11",
            ws="none",
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        # The listener already accepts: who connects now waits the moment until the server is up.
        self._loop.call_soon(started.set)
        with listener:
            await self._server.serve(sockets=[listener])

    def stop(self) -> None:
        """End all connections. Does nothing where it was not started."""
        thread, loop, server = self._thread, self._loop, self._server
        if thread is None or loop is None or server is None:
            return
        self._thread = self._loop = self._server = None
        loop.call_soon_threadsafe(self._mishaps.closing.set)
        server.should_exit = True
        thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _entrance(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_CONTROL):
            await self._control(scope, receive, send)
            return
        self._requests[scope["path"]] += 1
        with contextlib.suppress(ClientDisconnect):  # who hung up wants no answer, and it is no fault of ours
            await self._mishaps(scope, receive, send)

    # Controls: the same for this process and over HTTP

    def _call[T](self, action: Callable[[], T]) -> T:
        """Run an action between two requests: all state belongs to the server's own thread."""
        if self._loop is None:
            return action()

        async def run() -> T:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def stats(self) -> dict[str, Any]:
        """How many requests came, by path without query; those to the controls are not counted."""
        return self._call(self._stats)

    def _stats(self) -> dict[str, Any]:
        return {"requests": {"total": self._requests.total(), "by_path": dict(self._requests)}}

    def reset_stats(self) -> None:
        """Count from zero."""
        self._call(self._requests.clear)

    def add_faults(self, faults: Sequence[Any]) -> None:
        """Let faults happen (see `Fault`), each an object like the posted ones. Raises UsageProblem."""
        found = [fault_of(given) for given in faults]
        self._call(lambda: self._mishaps.faults.extend(found))

    def clear_faults(self) -> None:
        """No more faults."""
        self._call(self._mishaps.faults.clear)

    def expire_tokens(self) -> None:
        """End every access token now; refresh tokens stay good."""
        self._call(self._sign_in.expire)

    def end_sessions(self) -> None:
        """End the sessions of garth's; access tokens that came of them stay good."""
        self._call(self._oauth1.end)

    def end_key(self) -> None:
        """The API key has expired or was revoked; an access token that came of it stays good."""
        self._call(self._personal_api.end)

    def advance(self, days: int = 1) -> dict[str, Any]:
        """Let days pass and things change; see `Account.advance`. Returns what happened."""
        return self._call(lambda: self._account.advance(days))

    def activity_ids(self) -> list[int]:
        """Every activity that exists at Garmin now, newest first."""
        return self._call(lambda: [session.activity_id for session in self._account.sessions()])

    def workouts(self) -> list[dict[str, Any]]:
        """Every workout in the library, as it is stored."""
        return self._call(self._workouts.all)

    def edit_workout(self, number: int, **changes: Any) -> dict[str, Any]:
        """Change fields of a workout on the other side, as in Garmin's own editor. Returns the document."""
        return self._call(lambda: self._workouts.edit(number, changes))

    def remove_workout(self, number: int) -> None:
        """Delete a workout on the other side."""
        self._call(lambda: self._workouts.remove(number))

    def watch(self) -> Watch:
        """The athlete's watch, with its files. Not while time goes on."""
        return Watch(self._account)

    def archive(self) -> Archive:
        """The account archive as it would be made now. Not while time goes on."""
        return Archive(self._account, self.email, self.workouts())

    @property
    def athlete(self) -> Athlete:
        """What is true, whether or not it was synced."""
        return self._account.athlete

    def _controls(self) -> list[Route]:
        return [
            Route("/simulator/stats", self._on_stats, methods=["GET", "DELETE"]),
            Route("/simulator/faults", self._on_faults, methods=["GET", "POST", "DELETE"]),
            Route("/simulator/advance", self._on_advance, methods=["POST"]),
            Route("/simulator/workouts", self._on_workouts, methods=["GET"]),
            Route("/simulator/workouts/{number:int}", self._on_workout, methods=["PATCH", "DELETE"]),
        ]

    async def _on_stats(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._requests.clear()
        return JSONResponse(self._stats())

    async def _on_faults(self, request: Request) -> Response:
        faults = self._mishaps.faults
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            try:
                given = await request.json()
                if not isinstance(given, list):
                    raise UsageProblem("Faults are a list.")
                faults.extend([fault_of(one) for one in given])
            except (UsageProblem, ValueError) as problem:
                return JSONResponse({"message": str(problem)}, 400)
        return JSONResponse([fault.as_json() for fault in faults])

    async def _on_advance(self, request: Request) -> Response:
        try:
            given = await request.json() if await request.body() else {}
            return JSONResponse(self._account.advance(int(given.get("days", 1))))
        except (UsageProblem, ValueError, TypeError, AttributeError) as problem:
            return JSONResponse({"message": str(problem)}, 400)

    async def _on_workouts(self, request: Request) -> Response:
        return JSONResponse(self._workouts.all())

    async def _on_workout(self, request: Request) -> Response:
        number = request.path_params["number"]
        try:
            changes = {} if request.method == "DELETE" else await request.json()
            if not isinstance(changes, dict):
                raise ValueError("Changes of a workout are an object.")
            if request.method == "DELETE":
                self._workouts.remove(number)
                return Response(status_code=204)
            return JSONResponse(self._workouts.edit(number, changes))
        except LookupError:
            return JSONResponse({"message": f"There is no workout {number}."}, 404)
        except ValueError as problem:
            return JSONResponse({"message": str(problem)}, 400)


async def _unknown(request: Request, problem: Exception) -> Response:
    return JSONResponse({"message": "HTTP 404 Not Found", "error": "NotFoundException"}, 404)
