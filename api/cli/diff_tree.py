"""The difference between two statements, shown as a tree."""

from rich.markup import escape
from rich.tree import Tree

from domain.money import major_text
from projections.diff import Side, StatementDiff


def difference(found: StatementDiff) -> Tree:
    """What changed, line by line, and the facts behind it."""
    tree = Tree(
        f"[bold]{escape(found.employee)}  {found.period}[/]  "
        f"[bold]{_signed(found.difference_minor, found.currency)}[/]  "
        f"from {_side(found.before, found.currency)} to {_side(found.after, found.currency)}"
    )
    for said in found.lines:
        line = said.line
        about = f"  about {line.about}" if line.about != found.period else ""
        branch = tree.add(
            f"{escape(said.said.en)}{about}  [dim]{escape(line.plan)}.{escape(line.component)}[/]"
        )
        for ground in said.grounds:
            branch.add(escape(ground.said.en))
    if not found.lines:
        tree.add("no line differs")
    for fact in found.facts:
        measures = f"  [dim]counted by {escape(', '.join(fact.measures))}[/]" if fact.measures else ""
        tree.add(f"{escape(fact.said.en)}  [dim]{escape(fact.source)} {escape(fact.key)}[/]{measures}")
    more = found.facts_total - len(found.facts)
    if more:
        tree.add(f"[dim]… {more} more facts[/]")
    return tree


def _side(side: Side, currency: str) -> str:
    total = f"{major_text(side.total_minor, currency)} {currency}"
    counted = "" if side.counted_upto == side.known_at else f", counting up to {side.counted_upto}"
    state = {"open": "open", "closed": "closed", "none": "nothing due"}[side.state]
    return f"{total} ({state}, known at position {side.known_at}{counted})"


def _signed(amount_minor: int, currency: str) -> str:
    return f"{'+' if amount_minor >= 0 else ''}{major_text(amount_minor, currency)} {currency}"
