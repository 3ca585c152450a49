"""Conditions on the cells of a row, as a mapping writes them under `when` and `ignore`."""

from collections.abc import Callable, Sequence

from api.importing import cells
from api.importing.fields import Cells
from api.importing.mapping import CellTest, Conditions


def all_of(conditions: Conditions) -> Callable[[Cells], bool]:
    """Whether every condition holds; what it gives raises BadCell."""
    tests = [(column, _test(wanted)) for column, wanted in conditions.items()]
    return lambda row: all(test(cells.text(row.get(column, ""))) for column, test in tests)


def any_of(alternatives: Sequence[Conditions]) -> Callable[[Cells], bool]:
    """Whether all conditions of one of `alternatives` hold; what it gives raises BadCell."""
    tests = [all_of(conditions) for conditions in alternatives if conditions]
    return lambda row: any(test(row) for test in tests)


def _test(wanted: str | list[str] | CellTest) -> Callable[[str], bool]:
    match wanted:
        case str():
            return lambda text: text == wanted
        case list():
            allowed = frozenset(wanted)
            return lambda text: text in allowed
        case CellTest(filled=filled, not_=refused):
            never = frozenset(refused or ())
            return lambda text: (filled is None or bool(text) == filled) and text not in never
