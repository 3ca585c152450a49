"""Making sure that what was renamed in a directory is there after a power cut."""

import os
from pathlib import Path


def sync_directory(place: Path) -> None:
    """Makes renamings in `place` durable, where directories can be synced."""
    if os.name == "posix":
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
