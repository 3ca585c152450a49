"""Runs the HTTP service: one process or several, stopped gently."""

import gc
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import uvicorn

from api.app import build_app
from api.between import Rings
from api.duties import DUTIES, Duty
from api.first_run import FirstRun
from api.garbage import collect_shortly
from api.limits import ALONE, Limits, Shared
from api.logs import configure_logs
from api.ops import await_prepared, open_ledger
from api.pages.first_run import set_up_app
from api.pages.templates import make_ready
from api.plan_examples import examples
from api.protocol import BoundedHttp
from api.reviver import revived
from api.settings import Settings
from api.summed import count_as, counted_together
from api.workers import Child, Workers

OPEN_FILES = 16_384
GRACE_SECONDS = 20
SETTING_UP_AT_ONCE = 100
TURN_SECONDS = 0.0005
"""So long may a thread that computes keep the interpreter from the event loop, which every answer passes."""
BACKLOG = 2_048


class _Server(uvicorn.Server):
    """A server that says when it listens, and where, and when it is about to stop."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[str], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_ready, self._on_stop = on_ready, on_stop

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listens, then tells."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started and self.servers:
            port = self.servers[0].sockets[0].getsockname()[1]
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            self._on_ready(f"http://{host}:{port}")
        elif self.started:
            self._on_ready("")

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Tells, then waits for requests under way."""
        self._on_stop()
        await super().shutdown(sockets)  # type: ignore[arg-type]
        # Ended as it was asked to: that is no failure.
        self._captured_signals = [each for each in self._captured_signals if each != signal.SIGTERM]


def run(
    settings: Settings,
    *,
    on_ready: Callable[[str], None],
    duties: Sequence[Duty] = DUTIES,
    workers: int = 1,
    wait_seconds: float = 0,
) -> None:
    """Serves the ledger of `settings` until a signal stops it; requests under way are finished.

    workers: processes that answer; with several, the other duties are those of one more. wait_seconds: for
    the ledger to be prepared. Raises: NotReady, WorkersFailed.
    """
    configure_logs(settings.log, settings.log_level)
    _allow_open_files()
    sys.setswitchinterval(TURN_SECONDS)
    collect_shortly()
    await_prepared(settings, wait_seconds)
    if "api" in duties:
        make_ready()
        examples()
    # What lives as long as the process is not to be looked through again and again.
    gc.collect()
    gc.freeze()
    if workers == 1:
        _serve(settings, duties, on_ready)
        return
    with counted_together():
        _serve_as_several(settings, on_ready, duties, workers)


def _serve_as_several(
    settings: Settings, on_ready: Callable[[str], None], duties: Sequence[Duty], workers: int
) -> None:
    """Has so many processes answer, and one more do the other `duties`; each returns from here, too."""
    listening = _listening(settings, workers)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listening[0].getsockname()[1]}"

    limits, rings = Limits(settings, workers=workers), Rings(workers + 1)
    shared = Shared(limits, rings)

    def child(number: int, name: str, own: Sequence[Duty], sockets: list[socket.socket]) -> Child:
        def serve(ready: Callable[[], None]) -> None:
            count_as(name)
            rings.own = number
            if number:
                limits.join(number - 1)
            _serve(settings, own, lambda _: ready(), sockets, shared)

        return serve

    api: list[Duty] = ["api"]
    behind: list[Duty] = [duty for duty in duties if duty not in api]
    children = {"behind": child(0, "behind", behind, [])} if behind else {}
    for number, each in enumerate(listening, start=1):
        name = f"api {number}"
        children[name] = child(number, name, api, [each])
    Workers(children, lambda: on_ready(address)).run()


def _listening(settings: Settings, workers: int) -> list[socket.socket]:
    """A socket for each worker at one address, among which the system shares out connections.

    From one socket for all, whoever wakes first accepts all there are. They stay open while a worker is begun
    anew, so that nobody is turned away meanwhile.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made: list[socket.socket] = []
    port = settings.port
    for _ in range(workers):
        listening = socket.create_server(
            (settings.host, port), family=family, backlog=BACKLOG, reuse_port=workers > 1
        )
        listening.setblocking(False)
        made.append(listening)
        port = listening.getsockname()[1]
    return made


def _serve(
    settings: Settings,
    duties: Sequence[Duty],
    on_ready: Callable[[str], None],
    sockets: list[socket.socket] | None = None,
    shared: Shared = ALONE,
) -> None:
    """Does `duties` in this process. sockets: to accept from; else it listens as the settings say."""
    with open_ledger(settings, lasting="api" in duties) as ledger, revived(ledger.server):
        ledger.opened()
        ledger.vault.require(ledger.journal)
        app = build_app(ledger, duties, shared)
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=partial(  # type: ignore[arg-type]
                BoundedHttp,
                head_bytes=settings.head_bytes,
                head_seconds=settings.head_seconds,
                body_seconds=settings.body_seconds,
            ),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=settings.requests_at_once,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        gc.collect()
        gc.freeze()
        _Server(config, on_ready, app.on_stop).run(sockets)


def set_up(
    settings: Settings, *, on_ready: Callable[[str], None], on_code: Callable[[str], None]
) -> Settings | None:
    """Serves the opening of a new ledger, and nothing else, until it is open; the settings to go on with.

    on_code: told what lets somebody open it. None where a signal stopped it before.
    """
    configure_logs(settings.log, settings.log_level)
    addresses: list[str] = []
    with open_ledger(settings, prepare_it=settings.database_url is None) as ledger, revived(ledger.server):
        first = FirstRun(ledger)
        app = set_up_app(first, lambda: setattr(server, "should_exit", True))
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=SETTING_UP_AT_ONCE,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )

        def tell(address: str) -> None:
            addresses.append(address)
            on_ready(address)
            on_code(first.code)

        server = _Server(config, tell, lambda: None)
        server.run()
        is_open = ledger.intake.opened() is not None
    port = int(addresses[0].rpartition(":")[2]) if addresses else settings.port
    return msgspec.structs.replace(settings, port=port) if is_open else None


def _allow_open_files() -> None:
    """As many connections as requests at once need, or as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
