"""Long lists in Debian's Chromium, scrolled by a script: how long frames take, and what keeps them waiting.

A page shows a hundred places of a board; its rows are put there again and again until a thousand stand there,
by the same rules of style. Of a frame the time on the main thread is told too, which other work on the
machine does not lengthen.
"""

import shutil
import statistics
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from api.demo_data.firms import FIRMS
from api.tokens import Tokens, token_file
from benchmarks.walking import load, served_firm

FRAME_MILLISECONDS = 20.0
"""Of 95 frames in a hundred; a screen shows one in 16.7."""

LONG_TASK_MILLISECONDS = 50.0
FRAMES = 180
ROWS = 1_000
DAY = "2025-11-09"
BOARD = f"/boards/patient_rating?plan=hospital-nurse&period=2025-10&day={DAY}"

FILL = """([rows, wanted]) => {
  const list = document.querySelector(rows), own = [...list.children]
  while (list.children.length < wanted) list.append(...own.map((each) => each.cloneNode(true)))
  return list.children.length
}"""

SCROLL = """async ([frames, within]) => {
  const box = within ? document.querySelector(within) : document.scrollingElement
  const waits = [], tasks = []
  const note = (list) => tasks.push(...list.getEntries().map((each) => each.duration))
  const seen = new PerformanceObserver(note)
  seen.observe({ type: "longtask" })
  const next = () => new Promise(requestAnimationFrame)
  let [down, before] = [1, await next()]
  for (let frame = 0; frame < frames; frame += 1) {
    box.scrollBy(within ? down * 40 : 0, down * 90)
    if (box.scrollTop <= 0) down = 1
    if (box.scrollTop >= box.scrollHeight - box.clientHeight - 1) down = -1
    const now = await next()
    waits.push(now - before)
    before = now
  }
  await new Promise((resolve) => setTimeout(resolve, 100))
  seen.disconnect()
  return { waits, longest: Math.max(0, ...tasks), height: box.scrollHeight }
}"""


class Scrolled(NamedTuple):
    """What scrolls. rows: the list that is made long; within: what has a scroll bar of its own, if any."""

    name: str
    path: str
    rows: str
    wanted: int
    within: str | None = None
    size: tuple[int, int] = (390, 844)


SCROLLED = (
    Scrolled("a board of 1,000 rows, phone", BOARD, ".ranking", ROWS),
    Scrolled("a board of 1,000 rows, desk", BOARD, ".ranking", ROWS, size=(1200, 800)),
    Scrolled("a board on a wall", f"{BOARD}&wall=true", ".ranking", 20, size=(1280, 720)),
    Scrolled(
        "a roster of 60 people, 28 days",
        f"/hr/rosters?unit=ZB/骨科&from=2025-10-06&span=month&day={DAY}",
        ".grid tbody",
        60,
        ".grid",
        (1200, 800),
    ),
)


def scroll_all(home: Path) -> bool:
    """Prints how each list scrolls; whether all do as wanted, or there is no browser to tell."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no Chromium here (on Debian: apt install chromium): nothing is scrolled")
        return True
    load(home, FIRMS["hospital"])
    token = Tokens(token_file(home)).make("hr_head", f"scroll.{uuid4().hex[:8]}", None)
    heads = f"{'p50':>8}{'p95':>8}{'main thread':>13}{'longest task':>14}"
    print(f"{'milliseconds of a frame while scrolling':<40}{heads}")
    with served_firm(home, FIRMS["hospital"]) as served, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        fits = [_scroll(browser, served.url, token, each) for each in SCROLLED]
        browser.close()
    return all(fits)


def _scroll(browser: Browser, url: str, token: str, what: Scrolled) -> bool:
    width, height = what.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        extra_http_headers={"Authorization": f"Bearer {token}"},
    )
    page = context.new_page()
    answer = page.goto(f"{url}{what.path}")
    assert answer is not None and answer.ok, what
    assert page.evaluate(FILL, [what.rows, what.wanted]) >= what.wanted, what
    found, main_thread = _measured(page, context.new_cdp_session(page), what)
    context.close()
    p50, p95 = statistics.median(found["waits"]), statistics.quantiles(found["waits"], n=20)[18]
    print(f"{what.name:<40}{p50:>8.1f}{p95:>8.1f}{main_thread:>13.1f}{found['longest']:>14.0f}")
    fits = p95 <= FRAME_MILLISECONDS and found["longest"] <= LONG_TASK_MILLISECONDS
    if not fits:
        print(f"MISSED: {what.name}")
    return fits


def _measured(page: Page, session: CDPSession, what: Scrolled) -> tuple[dict[str, Any], float]:
    """What the script noted, and how long the main thread worked for each frame."""
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _task_seconds(session)
    found: dict[str, Any] = page.evaluate(SCROLL, [FRAMES, what.within])
    return found, (_task_seconds(session) - before) * 1000 / FRAMES


def _task_seconds(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")
