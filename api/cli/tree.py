"""Results as trees: an explanation down to its facts, how far somebody is, what comes next."""

from fractions import Fraction

from rich.markup import escape
from rich.tree import Tree

from domain.money import decimal_text, major_text
from domain.plan.exact import Unit, shown
from domain.plan.explain import MeasureNode
from projections.evidence import CountedFact, Evidence
from projections.explain import ExplainedLine, ExplainedPayslip
from projections.hints import NextStep
from projections.progress import Progress

Counted = dict[tuple[str, str, str, str | None, str | None], Evidence | None]
"""The facts behind a measure by plan, measure, period, milestone and board; None once they were shown."""


def explanation(found: ExplainedPayslip) -> Tree:
    """All of `found`, as a reader follows it from the total down."""
    slip = found.payslip
    statement = slip.statement
    state = f"closed at position {slip.closed_position}" if slip.closed_position else "open"
    tree = Tree(
        f"[bold]{escape(statement.employee)}  {statement.period}  "
        f"{_money(statement.total_minor, statement.currency)}[/]  {state}, known at position {slip.known_at}"
    )
    counted: Counted = {
        (each.plan, each.measure, each.period, each.milestone, each.board): each for each in found.evidence
    }
    for line in found.lines:
        _add_line(tree, line, statement.period, counted)
    if not found.lines:
        tree.add("nothing earned yet")
    if slip.accounts_as_of is not None:
        tree.add(f"[dim]accounts as the close of {slip.accounts_as_of} left them[/]")
    for used in slip.plans:
        tree.add(
            f"[dim]{escape(used.plan)} for {used.period}: adopted at position {used.adopted_at}, "
            f"document {used.document_hash}[/]"
        )
    tree.add(f"[dim]computed by {escape(slip.engine)}, digest of the statement {slip.digest}[/]")
    return tree


def standing(found: Progress) -> Tree:
    """How far somebody is."""
    earned = ", ".join(
        f"{escape(plan)} {_money(minor, found.currency or '')}" for plan, minor in found.earned_minor.items()
    )
    tree = Tree(
        f"[bold]{escape(found.employee)}  {found.period}[/]  on {found.day}, {found.days_left} days left"
        f"  earned so far: {earned}"
    )
    for target in found.targets:
        met = "met" if target.is_met else f"{_shown(target.left, target.form)} left"
        met += " that day" if target.per == "day" else ""
        met += ", less for overtime before" if target.overtime_days else ""
        tree.add(
            f"{escape(target.title.en)}: {_shown(target.done, target.form)} of "
            f"{_shown(target.needed, target.form)}, {met}"
        )
    for level in found.levels:
        before = f" (the month before: {_shown(level.previous, level.form)})" if level.previous else ""
        tree.add(f"[dim]{escape(level.title.en)} = {_shown(level.value, level.form)}{before}[/]")
    return tree


def steps(found: tuple[NextStep, ...]) -> Tree:
    """What comes next, the cheapest first, and what stands in the way of more."""
    days = found[0].days_left
    tree = Tree(f"[bold]Next steps[/]  {days} {'day' if days == 1 else 'days'} left")
    for step in found:
        titled = f"{step.title.en}: " if step.kind == "obstacle" else ""
        branch = tree.add(f"{escape(titled)}{escape(step.said.en)}  [dim]{escape(step.said.zh)}[/]")
        if step.beside is not None:
            branch.add(f"[dim]{escape(step.beside.en)}  {escape(step.beside.zh)}[/]")
        for outcome in dict.fromkeys((step.held, step.recomputed)):
            if step.kind == "obstacle" and not outcome.gain_minor:
                continue
            gain = _money(outcome.gain_minor, step.currency)
            total = _money(outcome.total_minor, step.currency)
            branch.add(
                f"{'+' if outcome.gain_minor >= 0 else ''}{gain} to {total}. {escape(outcome.assumption.en)}"
                f"  [dim]{escape(outcome.assumption.zh)}[/]"
            )
    return tree


def _shown(exact: str | None, form: Unit) -> str:
    return "not measured" if exact is None else shown(Fraction(exact), form)


def _add_line(tree: Tree, explained: ExplainedLine, period: str, counted: Counted) -> None:
    line = explained.explanation.line
    about = f"  about {line.about}" if line.about else ""
    branch = tree.add(
        f"[bold]{_money(line.amount_minor, line.currency)}[/]  {escape(line.title.en)}{about}  "
        f"[dim]{escape(line.plan)}.{escape(line.component)}, {escape(line.clause)}[/]"
    )
    branch.add(escape(explained.said.en))
    for amount, said in zip(explained.explanation.amounts, explained.parts, strict=True):
        if amount.kind == "part" or (amount.kind == "rounding" and Fraction(amount.amount_minor)):
            how = f"  [dim]{escape(said.en)}[/]" if said.en else ""
            minor = _minor(amount.amount_minor, line.currency)
            branch.add(f"{amount.kind} {escape(amount.name)}: {minor}{how}")
    for rate in explained.rates:
        branch.add(escape(f"{rate.measure}: {rate.said.en}" if rate.measure else rate.said.en))
    for missed in explained.missed:
        branch.add(f"[bold]{escape(missed.en)}[/]")
    for measure in explained.explanation.measures:
        _add_measure(branch, measure, line.plan, line.about or period, counted)
    for plan, measure, about, milestone, board in list(counted):
        if (plan, about) == (line.plan, line.about or period) and (
            milestone in explained.milestones or board in explained.boards
        ):
            below = branch.add(f"{escape(measure)}, for {escape(milestone or board or '')}")
            _add_facts(below, counted, (plan, measure, about, milestone, board))
    for name, source in explained.explanation.parameters.items():
        at = f" (position {source.position})" if source.position else ""
        branch.add(f"{escape(name)} = {escape(source.value)}, set by {source.level}{at}")
    for move in explained.moves:
        what = f"statement of {move.period}, closed" if move.period else "written off"
        branch.add(
            f"[dim]{what} at position {move.position}: {_money(move.amount_minor, line.currency)}, "
            f"balance {_money(move.balance_minor, line.currency)}[/]"
        )
    for late in explained.late:
        branch.add(f"[dim]came late: position {late.position} {escape(late.type)}[/]")
    if explained.late_total > len(explained.late):
        branch.add(f"[dim]… {explained.late_total - len(explained.late)} more came late[/]")


def _add_measure(branch: Tree, node: MeasureNode, plan: str, period: str, counted: Counted) -> None:
    value = "not measured" if node.value is None else plain(node.value)
    below = branch.add(f"{escape(node.name)} = {value}")
    for part in node.parts:
        _add_measure(below, part, plan, period, counted)
    _add_facts(below, counted, (plan, node.name, period, None, None))


def _add_facts(below: Tree, counted: Counted, asked: tuple[str, str, str, str | None, str | None]) -> None:
    if asked not in counted:
        return
    evidence, counted[asked] = counted[asked], None
    if evidence is None:
        below.add("[dim]by the facts listed above[/]")
        return
    for fact in evidence.facts:
        below.add(_fact(fact))
    more = evidence.total - len(evidence.facts)
    if more > 0:
        below.add(f"[dim]… {more} more; --json lists where they continue[/]")


def _fact(fact: CountedFact) -> str:
    about = " ".join(text for text in (fact.customer, fact.deal) if text)
    adds = f"  adds {plain(fact.adds)}" if fact.adds not in (None, "1") else ""
    said = f"position {fact.position}  {fact.day}  {fact.type}  {about}{adds}"
    return escape(said) + f"  [dim]{escape(fact.source)} {escape(fact.key)}[/]"


def _money(amount_minor: int, currency: str) -> str:
    return f"{major_text(amount_minor, currency)} {currency}"


def _minor(exact: str, currency: str) -> str:
    return f"{decimal_text(Fraction(exact), 2)} minor units of {currency}"


def plain(exact: str) -> str:
    """An exact ratio, with its decimals where it is not whole."""
    value = Fraction(exact)
    return str(value) if value.denominator == 1 else f"{exact} ({decimal_text(value, 4)})"
