"""The witness over HTTP, with the standard library's server: a log asks it twice a second at most."""

import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from api.witness.keeping import Answer, Witness

REQUEST_BYTES = 128 * 1024
IDLE_SECONDS = 30

_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint\Z")


def serve(witness: Witness, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves until it is interrupted. on_ready: told the address."""
    with _server(witness, host, port) as server:
        on_ready(f"http://{server.server_address[0]}:{server.server_address[1]}")
        server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def _server(witness: Witness, host: str, port: int) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_SECONDS

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > REQUEST_BYTES:
                self.close_connection = True
                self._say(Answer(413, f"A request has a Content-Length of at most {REQUEST_BYTES}.\n"))
                return
            body = self.rfile.read(int(length))
            if self.path == "/add-checkpoint":
                self._say(witness.add_checkpoint(body))
            else:
                self._say(Answer(404, "POST to /add-checkpoint.\n"))

        def do_GET(self) -> None:
            asked = _CHECKPOINT.match(self.path)
            self._say(witness.checkpoint(asked[1]) if asked else Answer(404, "GET /HASH/checkpoint.\n"))

        def _say(self, answer: Answer) -> None:
            content = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *values: object) -> None:
            """Nothing: who runs it has a proxy that logs, or need not know."""

    return _Server((host, port), Handler)
