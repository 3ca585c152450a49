"""Training: what people studied, the tests they took, the skills they were graded in, and how they stand."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import Literal

import msgspec

from domain.people.roster import Posting
from domain.people.training import ModuleState, Syllabus, TrainingRecord, TrainingStanding, standing
from domain.period import Period
from domain.plan.document import Module, Plan
from domain.plan.exact import exact_text
from domain.plan.fields import Title
from domain.plan.population import belongs
from projections.closing import head
from projections.members import Members, members
from projections.opening import opening
from projections.rows import by_employee, fetch
from projections.spans import Cursor, Span, mark_voided

NAME = "training"
VERSION = 2
TABLES = ("training_record",)
FACTS = frozenset({"module_studied", "module_tested", "test_answered", "skill_graded", "fact_voided"})

SCHEMA = """
create table training_record (
    position      bigint      primary key,
    employee      text        not null collate "C",
    kind          text        not null collate "C" check (kind in ('studied', 'tested', 'graded')),
    about         text        not null collate "C",
    day           date        not null,
    at            timestamptz not null,
    value         numeric     not null check (value >= 0),
    grader        text        collate "C",
    graded_as     text        collate "C",
    void_position bigint      check (void_position > position),
    check ((grader is null) = (kind <> 'graded') and (graded_as is null) = (grader is null))
);
comment on table training_record is 'What people learned, one row a fact.';
comment on column training_record.position is 'Of the fact in the journal.';
comment on column training_record.about is 'Id of the module; of a grade, which skill.';
comment on column training_record.value is 'Percent that is done, or the score.';
comment on column training_record.void_position is 'Position of the void that cancelled the fact.';

create index training_record_by_employee on training_record (employee, at, position);
"""

RECORD_SPAN = """
insert into training_record (position, employee, kind, about, day, at, value, grader, graded_as)
select
    position, said.employee,
    case type when 'module_studied' then 'studied' when 'skill_graded' then 'graded' else 'tested' end,
    coalesce(said.module, said.kind),
    (occurred_at at time zone %(zone)s)::date, occurred_at,
    coalesce(said.score, rtrim(said.completion, ' %%'))::numeric,
    said.grader, said.graded_as
from journal
cross join lateral json_to_record(data) as said (
    employee text, module text, kind text, score text, completion text, grader text, graded_as text
)
where position > %(after)s and position <= %(upto)s and type = any(%(types)s)"""

RECORDS = """
select {columns} from training_record
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, at, position"""


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `training_record` that counts. value: percent that is done, or the score."""

    position: int
    employee: str
    kind: Literal["studied", "tested", "graded"]
    about: str
    day: dt.date
    value: Decimal
    grader: str | None
    graded_as: str | None


class ModuleProgress(msgspec.Struct, frozen=True, kw_only=True):
    """A module of somebody's training.

    state: `closed` until what it waits for is passed, then `open`, `begun`, `tried` (tested and not passed),
    `remedial` (below the remedial score) and `passed`. completion: exact share that is done. pass_score: from
    which on a test passes it; None where doing all of it does. best, last: scores. All three are exact texts.
    pushes: the course that the last score pushes. positions: of the facts behind it.
    """

    module: str
    title: Title
    state: ModuleState
    completion: str
    pass_score: str | None
    attempts: int
    best: str | None
    last: str | None
    passed_on: dt.date | None
    waits_for: tuple[str, ...]
    pushes: str | None
    positions: tuple[int, ...]


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that somebody graded. score: as it was given."""

    position: int
    skill: str
    day: dt.date
    score: str
    grader: str
    graded_as: str


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's training by the curriculum of one plan on a day.

    completion: mean over the modules that everybody takes, an exact share; None where there are none.
    passed, of: how many of those are passed. grades: of skills, in their order.
    """

    employee: str
    plan: str
    day: dt.date
    completion: str | None
    passed: int
    of: int
    modules: tuple[ModuleProgress, ...]
    grades: tuple[Grade, ...]


def project(cursor: Cursor, span: Span) -> None:
    """Adds what was learned in the span, and marks what was voided in it."""
    zone = opening(cursor, span.after).fact.zone
    types = sorted(FACTS - {"fact_voided"})
    cursor.execute(RECORD_SPAN, {**span.bounds, "zone": zone, "types": types})
    mark_voided(cursor, span, *TABLES)


def training(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[Training]:
    """The training of `employees`, or of everybody whose plan has a curriculum, on `day`; by employee."""
    known_at = head(cursor) if known_at is None else known_at
    found = [
        each
        for group in members(cursor, Period.containing(day), known_at, employees)
        if group.plan.curriculum
        for each in training_of(cursor, group, day, known_at)
    ]
    return sorted(found, key=attrgetter("employee", "plan"))


def training_of(cursor: Cursor, group: Members, day: dt.date, known_at: int | None) -> list[Training]:
    """The training of everybody in `group` on `day`."""
    people = {employee: here for employee, here in group.postings.items() if here.hired_on <= day}
    learned = by_employee(fetch(cursor, Learned, RECORDS, {"employees": list(people)}, known_at))
    return [_of_person(group.plan, here, learned.get(employee, []), day) for employee, here in people.items()]


def graded(cursor: Cursor, employees: Sequence[str], known_at: int | None = None) -> list[Learned]:
    """The grades that each of `employees` was given in skills, in their order."""
    found = fetch(cursor, Learned, RECORDS, {"employees": list(employees)}, known_at)
    return [each for each in found if each.kind == "graded"]


def _of_person(plan: Plan, here: Posting, learned: Sequence[Learned], day: dt.date) -> Training:
    modules = {module.id: module for module in plan.curriculum if belongs(module.population, here, day)}
    stands = standing(
        [_syllabus(module, modules) for module in modules.values()],
        [_record(each) for each in learned if each.kind != "graded"],
        day,
    )
    return Training(
        employee=here.employee,
        plan=plan.plan,
        day=day,
        completion=exact_text(stands.completion),
        passed=stands.passed,
        of=stands.of,
        modules=tuple(_progress(modules, stands)),
        grades=tuple(_grade(each) for each in learned if each.kind == "graded" and each.day <= day),
    )


def _syllabus(module: Module, taken: Mapping[str, Module]) -> Syllabus:
    """`module` as it holds for somebody who takes the modules `taken`, and waits for no others."""
    falls_below = module.pass_score if module.remedial_score is None else module.remedial_score
    return Syllabus(
        module=module.id,
        requires=tuple(name for name in module.requires if name in taken),
        pass_score=module.pass_score,
        remedial_score=falls_below or Fraction(0),
        remedial=module.remedial,
        pushed_only=module.pushed_only,
    )


def _record(learned: Learned) -> TrainingRecord:
    value = Fraction(learned.value)
    if learned.kind == "studied":
        return TrainingRecord(learned.position, "studied", learned.about, learned.day, value / 100)
    return TrainingRecord(learned.position, "tested", learned.about, learned.day, value)


def _progress(modules: Mapping[str, Module], stands: TrainingStanding) -> Iterable[ModuleProgress]:
    for each in stands.modules:
        yield ModuleProgress(
            module=each.module,
            title=modules[each.module].title,
            state=each.state,
            completion=str(each.completion),
            pass_score=exact_text(modules[each.module].pass_score),
            attempts=each.attempts,
            best=exact_text(each.best),
            last=exact_text(each.last),
            passed_on=each.passed_on,
            waits_for=each.waits_for,
            pushes=each.pushes,
            positions=each.positions,
        )


def _grade(learned: Learned) -> Grade:
    return Grade(
        position=learned.position,
        skill=learned.about,
        day=learned.day,
        score=format(learned.value, "f"),
        grader=learned.grader or "",
        graded_as=learned.graded_as or "",
    )
