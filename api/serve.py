"""Runs the HTTP service: one process, stopped gently."""

import gc
import resource
from collections.abc import Callable
from functools import partial

import msgspec
import uvicorn

from api.app import build_app
from api.first_run import FirstRun
from api.logs import configure_logs
from api.ops import open_ledger
from api.pages.first_run import set_up_app
from api.protocol import BoundedHttp
from api.reviver import revived
from api.settings import Settings

OPEN_FILES = 16_384
GRACE_SECONDS = 20
SETTING_UP_AT_ONCE = 100


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
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            self._on_ready(f"http://{host}:{port}")

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Tells, then waits for requests under way."""
        self._on_stop()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def run(settings: Settings, *, on_ready: Callable[[str], None]) -> None:
    """Serves the ledger of `settings` until a signal stops it; requests under way are finished."""
    configure_logs(settings.log, settings.log_level)
    _allow_open_files()
    with open_ledger(settings) as ledger, revived(ledger.server):
        ledger.opened()
        ledger.vault.require(ledger.journal)
        app = build_app(ledger)
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
        # What lives as long as the process is not to be looked through again and again.
        gc.collect()
        gc.freeze()
        _Server(config, on_ready, app.on_stop).run()


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
