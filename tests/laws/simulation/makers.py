"""Facts of every type, made field by field: fields of one name mean the same in every fact."""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from laws.simulation.expected import JUDGED_ELSEWHERE
from laws.simulation.memory import Memory

from domain.facts.base import Fact
from domain.facts.credentials import CredentialGranted
from domain.facts.credits import CreditPart
from domain.facts.market import PayPercentile
from domain.facts.people import EmployeeHired, EmployeeLeft, LeaveTaken
from domain.facts.practices import MeasuredResult
from domain.facts.registry import CREDITED, FACT_TYPES
from domain.facts.rostering import MixPart
from domain.facts.selling import DealClosed, DealCosted, DealReversed
from domain.facts.shifts import ShiftSpan, ShiftWorked, SkillNeeded
from domain.period import Period

BRANCHES = ("BJ", "SH")
POSTS = ("seller", "seller", "nurse")
CUSTOMERS = ("C1", "C2", "C3", "C4")
APPROVER = "boss"

GOVERNED = frozenset(
    """ledger_opened branch_opened branch_merged plan_adopted plan_ended target_changed override_set
    period_closed close_proposed change_proposed change_refused
    plan_drafted adoption_proposed plan_commented plan_acknowledged honour_awarded fact_voided fact_confirmed
    subject_erased question_bank_published test_drawn test_answered
    connector_set connector_removed quarantine_settled""".split()
)
"""Types that have operations of their own, or stand for a document and what follows from it."""

ORDINARY = tuple(sorted(FACT_TYPES.keys() - GOVERNED))

WORK = tuple(sorted(CREDITED - JUDGED_ELSEWHERE))

TARGETED = ("customer_registered", "customer_registered", "visit_recorded", "deal_closed")
"""Types that targets count; they come more often than others."""

SHARES = {1: ("100 %",), 2: ("60 %", "40%"), 3: ("33.33 %", "33.33 %", "33.34 %")}

LITTLE_SAID = 0.4
"""How often a field that may be left out is left out."""


class Maker:
    """Makes facts that the rules let pass, most of them, out of what a ledger was told so far."""

    def __init__(self, memory: Memory, random: Random, now: dt.datetime) -> None:
        self.memory, self.random, self.now = memory, random, now
        self.today = memory.day(now)

    def fact(self, tag: str, **given: object) -> Fact:
        """A fact of type `tag`, with the fields `given` as they are."""
        kind = FACT_TYPES[tag]
        hints = get_type_hints(kind, include_extras=True)
        said: dict[str, Any] = {
            name: value
            for name in kind.__struct_fields__
            if (value := given[name] if name in given else self._value(name, hints[name])) is not None
        }
        return self._mended(kind(**said), given)

    def performance(self) -> Fact:
        """Something that is credited to a person."""
        return self.fact(self.random.choice((*WORK, *TARGETED)))

    def hire(self, employee: str, on: dt.date) -> EmployeeHired:
        """A person begins."""
        made = self.fact("employee_hired", employee=employee, hired_on=on, manager=None)
        assert isinstance(made, EmployeeHired)
        return made

    def day(self) -> dt.date:
        """A business day: mostly of late, now and then about a month that may be closed."""
        back = self.random.choice((0, 1, 3, 7, 15, 30, 45, 75))
        return self.today - dt.timedelta(days=self.random.randint(0, back))

    def instant(self) -> dt.datetime:
        """A moment of such a day, by any clock, not after now."""
        at = dt.datetime.combine(self.day(), dt.time(self.random.choice((0, 8, 15, 23))), self.memory.zone)
        zone = dt.timezone(dt.timedelta(hours=self.random.choice((0, 8, -5))))
        return min(at, self.now).astimezone(zone)

    def _value(self, name: str, hint: Any) -> Any:
        options = get_args(hint)
        if type(None) in options and self.random.random() < LITTLE_SAID:
            return None
        literals = _literals(hint)
        if literals:
            return self.random.choice(literals)
        make = MAKERS.get(name)
        if make is None and (name.endswith(("_on", "_from", "_until")) or name == "day"):
            return self.day()
        assert make is not None, f"simulation/makers.py does not know the field {name}"
        return make(self)

    def _mended(self, fact: Fact, given: dict[str, object]) -> Fact:
        """`fact` made to fit what was told before, where its fields depend on each other."""
        match fact:
            case LeaveTaken() if "until_on" not in given:
                until = fact.from_on + dt.timedelta(days=self.random.choice((0, 0, 2, 9, 40)))
                return msgspec.structs.replace(fact, until_on=until)
            case CredentialGranted() if fact.expires_on is not None:
                return msgspec.structs.replace(fact, expires_on=fact.granted_on + dt.timedelta(days=200))
            case ShiftWorked() if "minutes" not in given:
                return msgspec.structs.replace(fact, minutes=self.random.choice((1, 510, 1440)))
            case EmployeeLeft() if "left_on" not in given:
                here, day = self.memory.employed(fact.employee)
                on = max(fact.left_on, day) if here and day else fact.left_on
                return msgspec.structs.replace(fact, left_on=on)
            case DealClosed() if "deal" not in given:
                deal, parts = f"D{self.memory.head + 1}{self.random.choice('ab')}", fact.credits
                if parts and self.random.random() < LITTLE_SAID:
                    referred = CreditPart(employee=fact.employee, role="referrer", amount_minor=1)
                    parts = [referred, *parts]
                return msgspec.structs.replace(fact, deal=deal, credits=parts)
            case DealReversed() if "deal" not in given and (sold := self.memory.deals()):
                return self._reversal(fact, self.random.choice(sold))
            case DealCosted() if "deal" not in given and (sold := self.memory.deals()):
                return self._costed(fact, self.random.choice(sold))
            case _:
                return fact

    def _reversal(self, fact: DealReversed, deal: str) -> DealReversed:
        found = self.memory.deal(deal)
        assert found is not None
        _, sold, back = found
        left = sold.amount_minor - back
        amount = self.random.choice((left, left // 2)) or left or 1
        return msgspec.structs.replace(
            fact,
            deal=deal,
            employee=sold.employee,
            amount_minor=amount,
            currency=sold.currency,
            credits=self.random.choice((None, sold.credits)),
        )

    def _costed(self, fact: DealCosted, deal: str) -> DealCosted:
        found = self.memory.deal(deal)
        assert found is not None
        sold = found[1]
        return msgspec.structs.replace(
            fact,
            deal=deal,
            employee=sold.employee,
            customer=sold.customer,
            currency=None if fact.amount_minor is None else sold.currency,
            credits=sold.credits and self.credits(),
        )

    def credits(self) -> list[CreditPart]:
        """A split among some of the people."""
        people = self.random.sample(self.memory.people, min(3, len(self.memory.people)))
        shares = SHARES[len(people)]
        return [
            CreditPart(employee=employee, role="seller", share=share)
            for employee, share in zip(people, shares, strict=True)
        ]


MAKERS: dict[str, Callable[[Maker], Any]] = {
    "employee": lambda maker: maker.random.choice(maker.memory.people),
    "manager": lambda maker: maker.random.choice(maker.memory.people),
    "assistant": lambda maker: maker.random.choice(maker.memory.people),
    "credits": lambda maker: maker.credits(),
    "mentor": lambda maker: maker.random.choice(maker.memory.people),
    "branch": lambda maker: maker.random.choice(BRANCHES),
    "post": lambda maker: maker.random.choice(POSTS),
    "team": lambda maker: maker.random.choice(("north", "south")),
    "department": lambda maker: maker.random.choice(("骨科", "ICU")),
    "customer": lambda maker: maker.random.choice(CUSTOMERS),
    "deal": lambda maker: f"D{maker.random.randint(1, 200)}",
    "contract": lambda maker: f"K{maker.random.randint(1, 6)}",
    "lead": lambda maker: f"N{maker.random.randint(1, 9)}",
    "industry": lambda maker: maker.random.choice(("hospital", "clinic")),
    "decision_chain": lambda maker: ["department head", "president"],
    "procedure": lambda maker: f"OP-{maker.random.randint(1, 9)}",
    "credential": lambda maker: f"L{maker.random.randint(1, 6)}",
    "kind": lambda maker: maker.random.choice(("call", "demo", "hospital")),
    "channel": lambda maker: maker.random.choice(("douyin", "shop")),
    "product": lambda maker: maker.random.choice(("implant", "screw")),
    "issued_by": lambda maker: "health office",
    "name": lambda maker: maker.random.choice(("王芳", "Zoë O'Neill", 'A "B" \\ C', "李\u2028雷")),
    "location": lambda maker: "geo:31.230416,121.473701;u=12",
    "note": lambda maker: maker.random.choice(("called 138-0000", "嗯 😀", "tab\tand\nline")),
    "number": lambda maker: f"NO-{maker.random.randint(1, 9)}",
    "reason": lambda maker: maker.random.choice(("as agreed", "搬家", 'a \\ "b" \x7f €')),
    "quantity": lambda maker: maker.random.choice((1, 2, 50, 2**31)),
    "minutes": lambda maker: maker.random.choice((0, 30, 61, 527_040)),
    "amount_minor": lambda maker: maker.random.choice((1, 999, 100_000, 12_345_678, 2**53 - 1)),
    "cost_minor": lambda maker: maker.random.choice(("7777000111", "3141592653589")),
    "currency": lambda maker: maker.random.choice((maker.memory.opened.currency,) * 3 + ("USD",)),
    "score": lambda maker: maker.random.choice(("8.5", "8.50", "9", "0", "9.333333", "100")),
    "attributes": lambda maker: maker.random.choice(({"grade": 3, "ward": "A"}, {"grade": "3"}, {})),
    "times": lambda maker: maker.random.randint(1, 9),
    "readings": lambda maker: maker.random.choice((1, 10)),
    "people": lambda maker: maker.random.randint(1, 9),
    "caller": lambda maker: "someone",
    "reader": lambda maker: "auditor",
    "holder": lambda maker: "account:wang",
    "method": lambda maker: "password+totp",
    "scope": lambda maker: "all",
    "role": lambda maker: maker.random.choice(("manager", "rd")),
    "branches": lambda maker: [maker.random.choice(BRANCHES)],
    "expires_at": lambda maker: "2030-01-01T00:00:00Z",
    "cleared": lambda maker: maker.random.choice((["team"], ["department", "manager"])),
    "webhook": lambda maker: f"wh_{maker.random.getrandbits(64):016x}",
    "host": lambda maker: "hooks.firm.example:8443",
    "because": lambda maker: "It answered 410.",
    "events": lambda maker: ["fact.deal_closed", "period.closed"],
    "user_name": lambda maker: f"wang.{maker.random.randint(1, 9)}@firm.example",
    "external_id": lambda maker: f"ext-{maker.random.randint(1, 9)}-of-directory",
    "operation": lambda maker: "GET /v1/employees/{id}",
    "filter": lambda maker: "period=2025-03",
    "approver": lambda maker: APPROVER,
    "proposal": lambda maker: None,
    "grader": lambda maker: maker.random.choice(maker.memory.people),
    "owner": lambda maker: maker.random.choice(maker.memory.people),
    "reviewer": lambda maker: maker.random.choice(maker.memory.people),
    "plan": lambda maker: maker.random.choice(("selling", "starting")),
    "component": lambda maker: maker.random.choice(("clients", "deals")),
    "account": lambda maker: maker.random.choice(("draw", "negative_balance")),
    "alert": lambda maker: "stressed",
    "module": lambda maker: maker.random.choice(("basics", "products")),
    "completion": lambda maker: maker.random.choice(("0 %", "85.5%", "100 %")),
    "test": lambda maker: "T-1",
    "stress": lambda maker: maker.random.choice(("0", "7.9", "8", "10")),
    "training_satisfaction": lambda maker: maker.random.choice(("3.2", "7", "10")),
    "belonging": lambda maker: maker.random.choice(("0", "6.25", "9")),
    "base": lambda maker: maker.random.choice(("USD", "EUR")),
    "quote": lambda maker: maker.random.choice((maker.memory.opened.currency, "JPY")),
    "rate": lambda maker: maker.random.choice(("7.1234", "0.05", "149")),
    "quoted_by": lambda maker: "central bank",
    "period": lambda maker: str(Period.containing(maker.day())),
    "statements_digest": lambda maker: "0" * 64,
    "hold": lambda maker: f"H{maker.random.randint(1, 6)}",
    "inquiry": lambda maker: f"Q{maker.random.randint(1, 6)}",
    "intervention": lambda maker: f"I{maker.random.randint(1, 6)}",
    "expected_minor": lambda maker: maker.random.choice((-1, 0, 123_456)),
    "expected_count": lambda maker: maker.random.choice(("12", "-3/25")),
    "corrections": lambda maker: [maker.random.randint(1, max(maker.memory.head, 1))],
    "evidence": lambda maker: [maker.random.randint(1, max(maker.memory.head, 1))],
    "signature": lambda maker: "folder 7",
    "actions": lambda maker: ["a talk", "资深员工带教"],
    "reference": lambda maker: f"pay {maker.random.randint(1, 99)}",
    "on": lambda maker: maker.day(),
    "pattern": lambda maker: maker.random.choice(("day", "night")),
    "colleague_pattern": lambda maker: maker.random.choice(("day", "night")),
    "colleague": lambda maker: maker.random.choice(maker.memory.people),
    "title": lambda maker: "Ward shift",
    "id": lambda maker: maker.random.choice(POSTS),
    "en": lambda maker: "Sales representative",
    "zh": lambda maker: "销售代表",
    "spans": lambda maker: [ShiftSpan(from_time="20:00", until_time="08:00", activity="nursing")],
    "night": lambda maker: maker.random.choice((True, False)),
    "nights_in_a_row": lambda maker: maker.random.choice((1, 2)),
    "rest_minutes": lambda maker: 660,
    "week_minutes": lambda maker: 2_640,
    "swap": lambda maker: f"S{maker.random.randint(1, 4)}",
    "credentials": lambda maker: maker.random.choice((None, [], ["hospital"])),
    "skills": lambda maker: maker.random.choice((None, [SkillNeeded(kind="demo", score="8.5")])),
    "project": lambda maker: "P-7",
    "count": lambda maker: maker.random.choice((0, 3)),
    "weekdays": lambda maker: [6, 7],
    "mix": lambda maker: [MixPart(count=1, credential="hospital")],
    "weight": lambda maker: maker.random.randint(1, 10),
    "practice": lambda maker: maker.random.choice(("referrals", "trial-first")),
    "text": lambda maker: "Ask every client for a colleague.",
    "contact": lambda maker: "138-0000",
    "results": lambda maker: [
        MeasuredResult(plan="selling", measure="clients", branch="SH", before="2025-02", after="2025-03")
    ],
    "approval": lambda maker: f"A{maker.random.randint(1, 6)}",
    "surveyed_by": lambda maker: "a published survey",
    "percentiles": lambda maker: [PayPercentile(percent=50, amount_minor=900_000)],
    "quiet_from": lambda maker: "21:00",
    "quiet_until": lambda maker: "07:30",
    "escalate_after_days": lambda maker: maker.random.choice((1, 3)),
    "credential_months": lambda maker: maker.random.choice((1, 3)),
    "posts": lambda maker: maker.random.choice((0, 1, 30)),
}


def _literals(hint: Any) -> tuple[str, ...]:
    """The words that a field may be, where they are listed."""
    found = () if get_origin(hint) is list else get_args(hint)
    if found and all(isinstance(word, str) for word in found):
        return found
    inner = [_literals(option) for option in found if option is not type(None)]
    return next((words for words in inner if words), ())
