"""A trace is taken from who brings one, made for who does not, and found again by what it wrote."""

import contextvars
import re

import pytest

from api.traces import TRACE, Trace, TracesKept

BROUGHT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
HEADER = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")


def test_a_trace_that_is_brought_goes_on_under_another_step() -> None:
    trace = Trace.of(BROUGHT.encode())
    assert (trace.trace_id, trace.flags) == ("4bf92f3577b34da6a3ce929d0e0e4736", "01")
    assert trace.span_id != "00f067aa0ba902b7"
    assert HEADER.fullmatch(trace.header)


@pytest.mark.parametrize(
    "given",
    [
        None,
        b"",
        b"00-4bf92f35-00f067aa0ba902b7-01",
        b"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        b"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        b"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        b"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    ],
)
def test_what_names_no_trace_begins_one(given: bytes | None) -> None:
    trace = Trace.of(given)
    assert HEADER.fullmatch(trace.header) and "4bf92f35" not in trace.header
    assert Trace.of(given).trace_id != trace.trace_id


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert Trace.of(b"01" + BROUGHT.encode()[2:] + b"-more").trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"


def noted(kept: TracesKept, first: int, last: int) -> str:
    trace = Trace.begun()
    context = contextvars.copy_context()
    context.run(TRACE.set, trace)
    context.run(kept.note, first, last)
    return trace.trace_id


def test_a_trace_is_found_by_each_position_that_it_wrote_and_by_no_other() -> None:
    kept = TracesKept()
    later = noted(kept, 10, 12)
    earlier = noted(kept, 7, 7)
    assert [kept.of(position).trace_id for position in (7, 10, 11, 12)] == [earlier, later, later, later]
    assert not {kept.of(position).trace_id for position in (6, 8, 9, 13, None)} & {earlier, later}
    assert kept.of(7).span_id != kept.of(7).span_id


def test_only_the_last_traces_are_kept() -> None:
    kept = TracesKept(kept=2)
    traces = [noted(kept, position, position) for position in range(1, 7)]
    found = [kept.of(position).trace_id for position in range(1, 7)]
    assert [mine == its for mine, its in zip(found, traces, strict=True)] == [False, False, *[True] * 4]
