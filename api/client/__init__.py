"""The Python client of a Meritbook service: facts in, results out, the live stream.

It needs nothing but the standard library, and imports nothing else of this program, so the folder can be
copied to where the program is not installed. `addresses` and `answers` are made from the OpenAPI document.
"""

from .client import BatchRefused, Client, Fact
from .downloading import Damaged
from .following import Event
from .refused import Refused, Unreachable

__all__ = ["BatchRefused", "Client", "Damaged", "Event", "Fact", "Refused", "Unreachable"]
