"""The embedded PostgreSQL: a wheel's binaries under our own supervisor (ADR 0006)."""

from api.embedded.account import blocked_at, default_home, make_directory, reachable_home
from api.embedded.failure import EmbeddedFailed
from api.embedded.server import EmbeddedPostgres

__all__ = [
    "EmbeddedFailed",
    "EmbeddedPostgres",
    "blocked_at",
    "default_home",
    "make_directory",
    "reachable_home",
]
