"""What is asked thousands of times a second is quick by design: threads and statements are counted."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from given import LEDGER
from served import fact

from api.app import build_app
from api.ops import open_book, open_ledger
from api.settings import Settings
from api.tokens import Tokens, token_file
from domain.journal.appending import Appending

pytestmark = [
    pytest.mark.anyio,
    # How handlers declare their parameters is no matter of this module.
    pytest.mark.filterwarnings("ignore::litestar.exceptions.base_exceptions.LitestarDeprecationWarning"),
]
TOGETHER = 20


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def running(app: Any) -> AsyncGenerator[None]:
    """The service with its threads, in this process."""
    asked, said = asyncio.Queue[dict[str, str]](), asyncio.Queue[dict[str, Any]]()
    receive, send = asked.get, said.put
    await asked.put({"type": "lifespan.startup"})
    task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send))
    assert (await said.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        app.on_stop()
        await asked.put({"type": "lifespan.shutdown"})
        await task


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often threads are asked, by the module of what they do, and the database by the group commit."""
    counts: Counter[str] = Counter()
    to_thread, append = asyncio.to_thread, Appending.append

    async def counting_thread(function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        counts[function.__module__] += 1
        return await to_thread(function, *given, **named)

    def counting_append(self: Appending, *given: Any) -> Awaitable[Any]:
        counts["commits"] += 1
        return append(self, *given)

    monkeypatch.setattr(asyncio, "to_thread", counting_thread)
    monkeypatch.setattr(Appending, "append", counting_append)
    return counts


async def test_facts_that_arrive_together_take_no_thread_and_few_commits(
    ledger_dsn: str, tmp_path: Path, counted: Counter[str]
) -> None:
    settings = Settings(home=tmp_path, database_url=ledger_dsn, ledger=LEDGER)
    token = Tokens(token_file(tmp_path)).make("integration", "crm", scope="all")
    admin = Tokens(token_file(tmp_path)).make("administrator", "admin")
    with open_ledger(settings, prepare_it=True) as ledger:
        open_book(ledger, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
        app = build_app(ledger)
        transport = httpx.ASGITransport(app=app)
        async with running(app), httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:

            async def record(by: str, type: str, said: dict[str, Any]) -> None:
                sent = {"Authorization": f"Bearer {by}", "Content-Type": "application/json"}
                body = json.dumps(fact(type, said))
                answer = await client.post("/v1/facts", content=body, headers=sent)
                assert answer.status_code == 201, answer.text

            await record(admin, "branch_opened", {"branch": "SH", "title": "SH", "opened_on": "2024-06-03"})
            hired = {"employee": "E1", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
            await record(admin, "employee_hired", hired)
            visit = {"employee": "E1", "customer": "H1"}
            await record(token, "visit_recorded", visit)  # whoever is named for the first time is looked up
            counted.clear()
            await asyncio.gather(*(record(token, "visit_recorded", visit) for _ in range(TOGETHER)))
            assert not {"api.writing", "api.reading", "domain.journal.append"} & counted.keys()
            assert 0 < counted["commits"] <= TOGETHER // 4
