"""A true-up: what a rule over a whole quarter or year comes to, less what its months have earned already."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from domain.period import Period
from domain.plan.arithmetic import NOTHING
from domain.plan.components.base import Earned, Fault, Part, Seen, total
from domain.plan.components.component import Component
from domain.plan.components.terms import placed
from domain.plan.fields import ComponentName


class Rule(Component, frozen=True, kw_only=True):
    """Stands for a component without a name of its own: its kind, the fields of that kind, and terms."""


class TrueUp(Component, frozen=True, kw_only=True):
    """What `rule` comes to over a quarter or year, less what the components named by `of` earned.

    It is due in the last month of the quarter or year, or the last one in which the plan pays the person.
    Earlier months count as they come to by all that is known, late facts included, and with them what this
    component paid to somebody who had gone and came back. takes_back: whether less than was earned is taken
    back; otherwise it pays nothing then.
    """

    KIND: ClassVar[str] = "true_up"
    AFTER_OTHERS: ClassVar[bool] = True
    over: Literal["quarter", "year"]
    of: tuple[ComponentName, ...]
    rule: Rule
    takes_back: bool = False

    def looks_at(self) -> tuple[str, ...]:
        """What it trues up."""
        return self.of

    def inner(self) -> tuple[Component, ...]:
        """The rule of the whole quarter or year."""
        return (self.rule,)

    def earn(self, seen: Seen) -> Earned:
        """The rule's pay, and as parts what was earned before and now."""
        span = Period.containing(seen.period.last_day, self.over)
        if not (seen.is_last or span.last_day == seen.period.last_day):
            return Earned(NOTHING, "true_up_open", {"period": str(span)})
        due = self.rule.pay(seen)
        earlier = tuple(self._earned(seen, span))
        amount, before = due.amount + total(earlier), -total(earlier)
        parts = [*due.as_parts(), *earlier]
        if amount < 0 and not self.takes_back:
            parts.append(Part("kept", -amount, {}, "true_up_kept"))
            amount = NOTHING
        return Earned(
            amount, "true_up", {"period": str(span), "due": due.amount, "had": before}, tuple(parts)
        )

    def _earned(self, seen: Seen, span: Period) -> Iterator[Part]:
        """What was earned towards it, month by month, as parts that take it off."""
        months = [month for month in seen.months if span.has(month.period.last_day)]
        now = [(seen.period, {name: seen.earned[name] for name in self.of if name in seen.earned})]
        for period, amounts in (*months, *now):
            for name in (*self.of, self.id):
                amount = amounts.get(name, NOTHING)
                if amount:
                    words: dict[str, Fraction | str] = {"component": name, "period": str(period)}
                    yield Part(f"{name} {period}", -amount, words, "true_up_less")

    def faults(self) -> Iterator[Fault]:
        """It needs something to true up, and a rule that stands for the whole time."""
        if not self.of:
            yield Fault("of", "Nothing is trued up.", "Name the components: [commission].")
        for number, name in enumerate(self.of):
            if name in self.of[:number] or name == self.id:
                yield Fault(f"of[{number}]", f"`{name}` would be taken off twice.", "Name it once.")
        if self.prorate is not None:
            yield Fault("prorate", "What was earned is by days already.", "Leave it out.")
        if self.cap is not None and self.cap.carried is not None:
            yield Fault("cap.carried", "No month follows in which it could be paid.", "Leave it out.")

    def all_faults(self) -> Iterator[Fault]:
        """Its own and those of its rule."""
        yield from super().all_faults()
        yield from placed("rule", self.rule.all_faults())
        if self.rule.prorate is not None:
            yield Fault("rule.prorate", "These are the days of one month.", "Leave it out.")
        if self.rule.cap is not None and self.rule.cap.carried is not None:
            yield Fault("rule.cap.carried", "It is computed for the whole time at once.", "Leave it out.")
        if getattr(self.rule, "running", False):
            yield Fault("rule.running", "It is computed for the whole time at once.", "Leave it out.")
