"""A receiver of webhooks under test: a real HTTP server that keeps what comes and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

WAIT_SECONDS = 30.0


class Came(NamedTuple):
    """A request as it came. path: with its query."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def said(self) -> Any:
        """The JSON of its body."""
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]


class Reply(NamedTuple):
    """How to answer. seconds: so long after the request came."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


class Receiver:
    """What came, by path, and how it is answered: `reply` is asked about each request."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.reply: Callable[[Came], Reply] = lambda _: Reply()
        self._lock = threading.Lock()

    def take(self, came: Came) -> Reply:
        """Keeps a request; the answer to it."""
        with self._lock:
            self.came.append(came)
        return self.reply(came)

    def at(self, path: str) -> list[Came]:
        """What came to this path so far."""
        with self._lock:
            return [each for each in self.came if each.path.partition("?")[0] == path]

    def wait(self, path: str, count: int, seconds: float = WAIT_SECONDS) -> list[Came]:
        """The first `count` requests to this path, once they are there."""
        deadline = time.monotonic() + seconds
        while len(found := self.at(path)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} came to {path}"
            time.sleep(0.01)
        return found


@contextmanager
def receiving() -> Generator[tuple[Receiver, str]]:
    """A receiver and its address, on this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Came(self.path, headers, body, time.monotonic()))
            time.sleep(reply.seconds)
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that was killed

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
