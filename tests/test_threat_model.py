"""Every test that the threat model names exists, so that no claim outlives its proof."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_claim_of_the_threat_model_names_a_test_that_there_is() -> None:
    page = (ROOT / "docs/security/threat-model.md").read_text("utf-8")
    claims = page.split("what is claimed")[1].split("## What is not met")[0]
    rows = [line for line in claims.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) > 25
    for row in rows:
        named = NAMED.findall(row)
        assert named, f"no test stands behind: {row}"
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"there is no {file}::{test}"
