"""A server on loopback that answers as a test says, down to the bytes: torn, reset, one byte at a time."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from garminsync_tui.garmin.server import Server


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Answer:
    """What to send.

    `how`: whole, truncated (half of what was promised), reset (RST), drip (a byte at a time), drip headers (these
    too), chunked cut (half, in a chunk, and no last one), unframed (whole, and only the closed connection says so),
    cut (half, in the same way).
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Scripted:
    """Runs in its own threads while the block lasts; `asked` holds every request."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                parts = urlsplit(self.path)
                asked = Asked(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query)),
                    {key.lower(): value for key, value in self.headers.items()},
                    self.rfile.read(length),
                )
                outer.asked.append(asked)
                outer._send(self, answer(asked))

            do_GET = do_POST = _serve

            def log_message(self, *_: object) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # clients that hang up are what some tests are about

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        self.server = Server.parse(self.url)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True)

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if answer.how == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
            return
        body = b"" if answer.status == 204 else answer.encoded()
        if answer.how == "drip headers":
            self._drip(handler, b"HTTP/1.1 200 OK\r\n" + b"x-padding: x\r\n" * 1000)
            return
        handler.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers}.items():
            handler.send_header(name, value)
        if answer.how == "chunked cut":
            handler.send_header("transfer-encoding", "chunked")
        elif answer.how not in ("unframed", "cut"):
            handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        if answer.how == "whole":
            handler.wfile.write(body)
            return
        handler.close_connection = True
        half = body[: len(body) // 2]
        match answer.how:
            case "truncated" | "cut":
                handler.wfile.write(half)
            case "unframed":
                handler.wfile.write(body)
            case "chunked cut":
                handler.wfile.write(b"%x\r\n%b\r\n" % (len(half), half))
            case _:
                self._drip(handler, body)

    def _drip(self, handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.close_connection = True
        for byte in content:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if self.closing.wait(0.02):
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join(5)


def jwt(client_id: str = "CLIENT", lifetime_s: float = 3600, **claims: Any) -> str:
    """An access token as Garmin's look: nobody checks the signature."""

    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256'})}.{part({'exp': time.time() + lifetime_s, 'client_id': client_id, **claims})}.x"
