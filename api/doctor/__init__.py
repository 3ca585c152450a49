"""What whoever runs a ledger has to know of it: home, database, ledger, seal, copies; one line each."""

from api.doctor.examining import examined
from api.doctor.finding import Finding, State, Told, told

__all__ = ["Finding", "State", "Told", "examined", "told"]
