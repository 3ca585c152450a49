"""The command line under a clock that a test sets: python shifted_clock.py FILE serve

FILE holds the seconds by which the composition's one clock is wrong; it is read at every look at the clock.
"""

import datetime as dt
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from api import ops
from api.cli import main

if __name__ == "__main__":
    file, right = Path(sys.argv.pop(1)), ops.now
    ops.now = lambda: right() + dt.timedelta(seconds=float(file.read_text()))
    main()
