"""Stock of the tables is taken when it is due, and no longer than a part of the time."""

from typing import cast

import pytest

from projections import learning as stock
from projections.learning import Learning
from projections.spans import Connection, Span


class Server:
    """A server whose taking stock takes so long. asked: when that began."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.now, self.seconds = 100.0, seconds
        self.asked: list[float] = []
        monkeypatch.setattr(stock.time, "monotonic", lambda: self.now)

    def execute(self, _: str) -> None:
        """Takes stock."""
        self.asked.append(self.now)
        self.now += self.seconds


def keep_up(learning: Learning, server: Server, at: float, *, due: bool) -> None:
    """A look at the moment `at`, or when the one before it is over."""
    server.now = max(server.now, at)
    learning.keep_up(cast(Connection, server), due=due)


def test_facts_that_keep_coming_have_it_done_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    server, learning = Server(monkeypatch, 0.5), Learning(rest=10)
    for tenths in range(100):
        keep_up(learning, server, 100 + tenths / 10, due=True)
    assert server.asked == pytest.approx([100.0, 105.5])


def test_what_was_due_meanwhile_is_done_after_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    server, learning = Server(monkeypatch, 0.5), Learning(rest=10)
    for at, due in ((100, True), (101, True), (104, False), (106, False), (120, False)):
        keep_up(learning, server, at, due=due)
    assert server.asked == [100, 106]


def test_who_comes_once_is_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    server, learning = Server(monkeypatch, 0.5), Learning()
    keep_up(learning, server, 100, due=True)
    keep_up(learning, server, 100, due=True)
    keep_up(learning, server, 100, due=False)
    assert server.asked == [100, 100.5]


def test_a_replay_learns_each_month_before_its_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three million facts, each month ends with its close: else it is planned for empty days."""
    server, learning = Server(monkeypatch, 0.5), Learning()
    connection, learnt_at = cast(Connection, server), list[int]()
    for after in range(0, 3_000_000, 20_000):
        asked = len(server.asked)
        if (after + 20_000) % 200_000 == 0:
            learning.before_close(connection, after)
        if len(server.asked) > asked:
            learnt_at.append(after)
        learning.after(connection, Span(after, after + 20_000), is_last=False)
    assert learnt_at == [*range(180_000, 3_000_000, 200_000)]
    assert len(server.asked) - len(learnt_at) == 5, "in between: while they grow by half within a month"


def test_small_months_of_a_replay_share_what_was_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    server, learning = Server(monkeypatch, 0.5), Learning()
    connection = cast(Connection, server)
    for after in range(0, 36_000, 3_000):
        learning.before_close(connection, after)
        learning.after(connection, Span(after, after + 3_000), is_last=False)
    assert len(server.asked) == 1, "twelve months of 3,000 facts"
