"""The threads that answer: what waits for the database waits there, and the event loop goes on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from api.readers import READERS

THREADS = 24
"""More than there are connections to read with, so that questions never keep a write waiting."""


def begun() -> ThreadPoolExecutor:
    """So many threads, of which those that read are begun: whoever asks first would wait for each of them."""
    made, together = ThreadPoolExecutor(THREADS, "service"), Barrier(READERS)
    for _ in range(READERS):
        made.submit(together.wait)
    return made
