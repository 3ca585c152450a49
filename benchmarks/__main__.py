"""Every benchmark in turn: ours, a peer and the limit, in one run each.

python -m benchmarks            all of them
python -m benchmarks append     those named
python -m benchmarks pages --quick    with what else is said, which goes to each
"""

import argparse
import subprocess
import sys

BENCHMARKS = (
    "append",
    "sealing",
    "verifying",
    "projections",
    "paying",
    "closing",
    "hinting",
    "simulating",
    "cluster",
    "backtesting",
    "rostering",
    "boards",
    "watching",
    "importing",
    "http",
    "streaming",
    "pages",
    "restarting",
    "growing",
    "sizing",
    "scenarios",
)
"""One at a time and each in a process of its own, so that none warms up or slows down the next."""


def main() -> int:
    """Runs what is asked for; 1 when a wanted ratio was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which; all when none is named")
    chosen, said = parser.parse_known_args()
    missed = 0
    for name in chosen.names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *said]
        missed |= subprocess.run(command, check=False).returncode != 0
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
