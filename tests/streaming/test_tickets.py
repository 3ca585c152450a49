"""A ticket opens the stream once, for what it was made for, and as long as its maker may follow it."""

import pytest

from api.streaming.tickets import MOST_TICKETS, SECONDS, Tickets

TOKEN = [(b"authorization", b"Bearer x"), (b"accept", b"*/*")]


@pytest.mark.rule("R88")
def test_a_ticket_counts_once_within_a_minute_and_for_the_same_question() -> None:
    now = [0.0]
    tickets = Tickets(lambda: now[0])

    def opens(asked: bytes, made_for: bytes = b"employee=E1&period=2025-03") -> bool:
        query = asked.replace(b"TICKET", tickets.make(TOKEN, made_for).encode())
        first, again = tickets.take(query), tickets.take(query)
        assert again is None
        return first == TOKEN[:1]

    assert opens(b"period=2025-03&employee=E1&ticket=TICKET")
    assert opens(b"period=2025-03&employee=E1&ticket=TICKET&after=7"), "where to go on is asked freely"
    assert not opens(b"period=2025-03&employee=E2&ticket=TICKET")
    assert not opens(b"period=2025-03&employee=E1&employee=E2&ticket=TICKET")
    assert not opens(b"ticket=TICKET")
    assert not opens(b"period=2025-03&employee=E1&ticket=wrong")
    late = tickets.make(TOKEN, b"")
    now[0] += SECONDS
    assert tickets.take(b"ticket=" + late.encode()) is None


def test_tickets_are_bounded() -> None:
    tickets = Tickets(lambda: 0.0)
    made = [tickets.make(TOKEN, b"") for _ in range(MOST_TICKETS + 1)]
    assert tickets.take(b"ticket=" + made[0].encode()) is None
    assert tickets.take(b"ticket=" + made[-1].encode()) is not None
