"""The command line of a later release, whose credits and standings have another version.

SLOW_SECONDS: it folds so slowly that it can be killed meanwhile.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from projections import credits, standings
from projections.spans import Cursor, Span


def fold_slowly(cursor: Cursor, span: Span) -> None:
    """Folds a span, after a rest."""
    time.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
    FOLD(cursor, span)


FOLD = credits.project

if __name__ == "__main__":
    credits.VERSION += 1
    standings.VERSION += 1
    credits.project = fold_slowly
    from api.cli import main

    main()
