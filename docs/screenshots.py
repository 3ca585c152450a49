"""Takes the pictures in docs/screenshots anew: `python -m docs.screenshots`, in some minutes.

It loads the example firms into a folder of their own, serves one after the other, and opens pages in Debian's
Chromium.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from api.demo import EXAMPLES
from api.demo_data.firms import FIRMS
from api.tokens import Tokens, token_file

FOLDER = Path(__file__).resolve().parent / "screenshots"
DAY = "2025-11-20"
SELLER, NEWCOMER, NURSE = "HK035", "HK048", "LJ0305"
MANAGER, SOUTH = "HK003", "HK004"
NEW = "new"
"""A firm of which nothing is recorded yet."""
AUDITOR, HEAD, ADMINISTRATOR, PAYROLL = "auditor", "hr_head", "administrator", "payroll"
"""Whose pictures are of the role of this name."""
TRIED = "/what-if?source=draft:seller-2026.1&from=2025-08&until=2025-10"
REASON = "More for each new client"
RANGE = "&parameter=client_bonus&low=30&high=80&step=10"
STATEMENT = "/audit/statements/HK041/2025-07?known_at=10000"
LATE = "2025-10-12"
BACKTEST = "/hr/alerts/huikang-newcomer/training_lags?to=2025-12-31&levels=60 %, 80 %"
WARD_DAY = "2025-11-09"
ROSTER = f"/hr/rosters?unit=ZB/骨科&from=2025-10-06&span=month&day={WARD_DAY}"
SIZES = {"phone": (390, 844), "desk": (1200, 800), "wall": (1600, 900)}
BOARD = f"/boards/close_rate?plan=huikang-seller&period=2025-11&day={DAY}"


class Picture(NamedTuple):
    """A page as it is shown. name: of the file, but for size, language and colours. path: below one's own.

    firm: which of the example firms it is of.
    """

    name: str
    employee: str
    path: str
    size: str
    language: str
    colours: str = "light"
    firm: str = "huikang"

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}-{self.size}-{self.language}-{self.colours}.png"


PICTURES = [
    Picture("today", SELLER, f"today?day={DAY}", "phone", "zh"),
    Picture("today", SELLER, f"today?day={DAY}", "phone", "en"),
    Picture("today", SELLER, f"today?day={DAY}", "phone", "zh", "dark"),
    Picture("today", SELLER, f"today?day={DAY}", "desk", "zh"),
    Picture("today", SELLER, f"today?day={DAY}", "desk", "en", "dark"),
    Picture("today-nurse", NURSE, f"today?day={WARD_DAY}", "phone", "zh", "light", "hospital"),
    Picture("pay", SELLER, "pay/2025-10", "phone", "zh"),
    Picture("pay", SELLER, "pay/2025-10", "desk", "en"),
    Picture("evidence", SELLER, "pay/2025-10/evidence?plan=huikang-seller&measure=deals", "phone", "en"),
    Picture("visit", SELLER, "visit", "phone", "zh", "dark"),
    Picture("survey", SELLER, "survey", "phone", "en"),
    Picture("board", SELLER, BOARD, "phone", "zh"),
    Picture("board", SELLER, f"{BOARD}&wall=true", "wall", "zh", "dark"),
    Picture("learning", NEWCOMER, "learning?day=2025-10-10", "phone", "zh"),
    Picture("milestones", NEWCOMER, "milestones?day=2025-10-10", "phone", "en", "dark"),
    Picture("me", SELLER, "me", "phone", "zh"),
    Picture("team", MANAGER, f"/team?day={DAY}", "phone", "zh"),
    Picture("team", MANAGER, f"/team?day={DAY}", "desk", "en"),
    Picture("team", MANAGER, f"/team?day={DAY}", "wall", "zh", "dark"),
    Picture("person", MANAGER, f"/employees/HK039?day={DAY}", "phone", "zh", "dark"),
    Picture("person", MANAGER, f"/employees/HK039?day={DAY}", "desk", "en"),
    Picture("care", MANAGER, "/employees/HK039/care", "phone", "en"),
    Picture("targets", MANAGER, "/employees/HK039/targets", "desk", "zh"),
    Picture("newcomers", SOUTH, "/team/newcomers?week=2025-W41", "phone", "zh"),
    Picture("people", MANAGER, "/people", "phone", "en"),
    Picture("audit-statement", AUDITOR, STATEMENT, "desk", "en"),
    Picture("audit-statement", AUDITOR, STATEMENT, "phone", "zh"),
    Picture("audit-journal", AUDITOR, "/audit?type=fact_voided", "desk", "zh"),
    Picture("audit-fact", AUDITOR, "/audit/facts/5000", "phone", "zh", "dark"),
    Picture("audit-fact", AUDITOR, "/audit/facts/5000", "desk", "en"),
    Picture("plans", HEAD, "/plans", "desk", "en"),
    Picture("plan", HEAD, "/plans/huikang-seller", "desk", "en"),
    Picture("plan", HEAD, "/plans/huikang-seller", "phone", "zh"),
    Picture("plan-editor", HEAD, "/plan-editor?example=huikang-seller", "desk", "zh"),
    Picture("plan-draft", HEAD, "/plan-drafts/seller-2026.1", "desk", "zh"),
    Picture("plan-draft", HEAD, "/plan-drafts/seller-2026.1", "phone", "en", "dark"),
    Picture("what-if", HEAD, f"{TRIED}{RANGE}#result", "desk", "en"),
    Picture("what-if", HEAD, f"{TRIED}{RANGE}#result", "phone", "zh"),
    Picture("dossier", HEAD, f"/hr/people/{NEWCOMER}?day={LATE}", "desk", "en"),
    Picture("dossier", HEAD, f"/hr/people/{NEWCOMER}?day={LATE}", "phone", "zh"),
    Picture("warnings", HEAD, f"/hr/alerts?day={LATE}", "phone", "en", "dark"),
    Picture("backtest", HEAD, BACKTEST, "desk", "zh"),
    Picture("pay-ranges", HEAD, f"/hr/pay?measure=huikang-seller/deals&day={LATE}", "desk", "en"),
    Picture("hr", HEAD, f"/hr?day={WARD_DAY}", "desk", "zh", "light", "hospital"),
    Picture("licences", HEAD, f"/hr/credentials?day={WARD_DAY}", "desk", "en", "light", "hospital"),
    Picture("licences", HEAD, f"/hr/credentials?day={WARD_DAY}", "phone", "zh", "light", "hospital"),
    Picture("roster", HEAD, ROSTER, "desk", "zh", "light", "hospital"),
    Picture("roster", HEAD, ROSTER, "phone", "en", "dark", "hospital"),
    Picture("posts", HEAD, f"/hr/posts?day={WARD_DAY}", "phone", "zh", "light", "hospital"),
    Picture("names", HEAD, "/hr/titles?show=all", "phone", "zh"),
    Picture("audit-seal", AUDITOR, "/audit/seal", "desk", "zh"),
    Picture("admin-overview", ADMINISTRATOR, "/admin", "desk", "en"),
    Picture("admin-imports", ADMINISTRATOR, "/admin/imports", "phone", "zh"),
    Picture("admin-tokens", ADMINISTRATOR, "/admin/tokens", "desk", "zh", "dark"),
    Picture("payroll", PAYROLL, "/payroll", "desk", "zh"),
    Picture("payroll-close", PAYROLL, "/payroll/2025-12/close", "desk", "en"),
    Picture("payroll-close", PAYROLL, "/payroll/2025-12/close", "phone", "zh"),
    Picture("payroll-run", PAYROLL, "/payroll/2025-10", "desk", "en"),
    Picture("payroll-run", PAYROLL, "/payroll/2025-10", "phone", "zh", "dark"),
    Picture("payroll-changes", PAYROLL, "/payroll/2025-10/changes", "phone", "zh"),
    Picture("payroll-late", PAYROLL, "/payroll/2025-10/late", "phone", "en"),
    Picture("payroll-person", PAYROLL, "/payroll/2025-10/people/HK043", "desk", "zh"),
    Picture("first-run", AUDITOR, "/set-up", "phone", "zh", "light", NEW),
]


@contextmanager
def served(home: Path, firm: str) -> Iterator[str]:
    """The address of an example firm, or of a new one, served from `home`."""
    program = [sys.executable, "-m", "api.cli"]
    environment = os.environ | {"MERITBOOK_HOME": str(home), "MERITBOOK_PORT": "0", "NO_COLOR": "1"}
    if firm != NEW:
        environment |= {"MERITBOOK_LEDGER": ledger} if (ledger := FIRMS[firm].ledger) else {}
        subprocess.run([*program, "demo", "--no-serve", "--firm", firm], env=environment, check=True)
    if firm == "huikang":
        draft = ["plan", "draft", _amended(home), "--id", "seller-2026.1", "--by", "wang.hr"]
        subprocess.run([*program, *draft, "--reason", REASON], env=environment, check=True)
    with subprocess.Popen([*program, "serve"], env=environment, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        said = next(line for line in service.stderr if "serves on " in line)
        try:
            yield said.split("serves on ")[1].split()[0]
        finally:
            service.terminate()
            service.stderr.read()


def _amended(home: Path) -> str:
    """A file with the sellers' plan as it might be from 2026 on."""
    text = EXAMPLES.joinpath("plans", "huikang-seller.yaml").read_text("utf-8")
    file = home / "seller.yaml"
    file.write_text(
        text.replace('value: "50.00"', "value: 60").replace("from: 2025-01-01", "from: 2026-01-01"), "utf-8"
    )
    return str(file)


def take(browser: Browser, address: str, tokens: dict[str, str], picture: Picture) -> None:
    """Keeps the picture."""
    width, height = SIZES[picture.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if picture.size == "phone" else 1,
        locale="zh-CN" if picture.language == "zh" else "en",
        color_scheme="dark" if picture.colours == "dark" else "light",
        extra_http_headers={"Authorization": f"Bearer {tokens[picture.employee]}"},
    )
    page = context.new_page()
    own = "" if picture.path.startswith("/") else f"/employees/{picture.employee}/"
    answer = page.goto(f"{address}{own}{picture.path}")
    assert answer is not None and answer.ok, picture
    page.wait_for_load_state("load")
    if page.locator("#line").count():
        page.wait_for_selector("#line[data-live-state=on]")
    page.screenshot(path=picture.file)
    context.close()


def main() -> None:
    """Takes all of them."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("There is no Chromium here (on Debian: apt install chromium).")
    FOLDER.mkdir(exist_ok=True)
    for firm in (*FIRMS, NEW):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o711)  # the database of root belongs to somebody else
            with served(home := Path(folder), firm) as address:
                _take_all(found, home, address, firm)
    for left in set(FOLDER.glob("*.png")) - {picture.file for picture in PICTURES}:
        left.unlink()


def _take_all(found: str, home: Path, address: str, firm: str) -> None:
    made = Tokens(token_file(home))
    tokens = {
        each: made.make("employee", f"picture.{each}", each, scope="self")
        for each in (SELLER, NEWCOMER, NURSE)
    }
    for leader in (MANAGER, SOUTH):
        tokens[leader] = made.make("manager", f"picture.{leader}", leader, scope="team")
    tokens[AUDITOR] = made.make("auditor", "picture.auditor")
    tokens[HEAD] = made.make("hr_head", "picture.head")
    tokens[ADMINISTRATOR] = made.make("administrator", "picture.administrator")
    tokens[PAYROLL] = made.make("payroll", "wang.payroll")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for picture in PICTURES:
            if picture.firm != firm:
                continue
            take(browser, address, tokens, picture)
        browser.close()


if __name__ == "__main__":
    main()
