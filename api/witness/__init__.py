"""A small witness (C2SP tlog-witness), to run on a machine of somebody else.

It needs no ledger and no database. It remembers the largest tree that it saw of each log, and cosigns a
checkpoint only when that tree is the beginning of the new one; so a log cannot show two histories.
"""

from api.witness.keeping import Answer, Log, Witness
from api.witness.serving import serve

__all__ = ["Answer", "Log", "Witness", "serve"]
