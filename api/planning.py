"""Plans out of files and through their life: checked, put up, commented on, adopted, acknowledged."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from psycopg import Cursor
from psycopg.rows import TupleRow

from api.changing import propose
from api.intake import Stored, Submission
from api.ops import SOURCE, Ledger, now, submit_one
from api.plan_text import with_lines
from api.plan_yaml import read_text
from api.problems import NotFound
from domain.decide.persons import require_second_person
from domain.decide.proposed import UNNAMED
from domain.facts.governance import OverrideSet
from domain.facts.registry import from_builtins
from domain.journal.lookup import at_positions, stored_keys
from domain.plan.document import Plan
from domain.plan.parse import document_hash, parse_plan, plan_document
from domain.plan.problems import FaultyDocument, PlanInvalid
from domain.refusals import Malformed
from projections import plan_life, policy
from projections.plan_life import Draft
from projections.policy import PlanVersion


def read_document(file: Path, invalid: type[FaultyDocument] = PlanInvalid) -> Any:
    """The decoded YAML of a document.

    Raises: Malformed for what cannot be read as text; `invalid` naming the line that is no YAML.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Malformed(
            field=str(file), detail=f"It cannot be read: {error.strerror}.", remedy="Check the name."
        ) from None
    except UnicodeDecodeError as error:
        detail = f"It is not text in UTF-8: {error.reason} at byte {error.start}."
        raise Malformed(field=str(file), detail=detail, remedy="Save it as UTF-8.") from None
    return read_text(text, str(file), invalid)


def check_plan(file: Path) -> Plan:
    """The plan in `file`.

    Raises: Malformed; PlanInvalid with every fault and its line.
    """
    document = read_document(file)
    try:
        return parse_plan(document, file=str(file))
    except PlanInvalid as invalid:
        raise PlanInvalid(str(file), with_lines(invalid.problems, file.read_bytes())) from None


def adopt_plan(
    ledger: Ledger, file: Path, *, adopted_by: str, approver: str, draft: str | None = None
) -> tuple[Plan, Stored]:
    """Lets the plan in `file` take effect; the same document adopted again changes nothing.

    draft: the one that is accepted by it, whose document it must be. The fact is dated on the plan's first
    day; on that of its adoption, where the plan begins later.
    Raises: Malformed, PlanInvalid and the Refusals of adoption.
    """
    plan = check_plan(file)
    require_second_person(adopted_by, approver)
    document: Mapping[str, object] = plan_document(read_document(file))
    digest = document_hash(document)
    key = f"plan-adopted/{plan.plan}/{plan.effective_from}/{digest}" + (f"/{draft}" if draft else "")
    submission = Submission(
        type="plan_adopted",
        source=SOURCE,
        key=key,
        occurred_at=_adopted_at(ledger, key, plan.effective_from),
        data={
            "plan": plan.plan,
            "effective_from": str(plan.effective_from),
            "document": document,
            "document_hash": digest,
            "approver": approver,
            **({"draft": draft} if draft else {}),
        },
    )
    return plan, submit_one(ledger, submission, adopted_by)


def _adopted_at(ledger: Ledger, key: str, first_day: dt.date) -> dt.datetime:
    """When an adoption happens that stands, or is to stand, under `key`: not later than now."""
    begins, at = dt.datetime.combine(first_day, dt.time(), tzinfo=dt.UTC), now()
    if begins <= at:
        return begins
    with ledger.journal.cursor() as cursor:
        before = stored_keys(cursor, [(SOURCE, key)]).get((SOURCE, key))
        found = at_positions(cursor, [before.position]) if before is not None else []
    return found[0].occurred_at if found else at


def draft_plan(
    ledger: Ledger,
    file: Path,
    draft: str,
    *,
    actor: str,
    reason: str | None = None,
    replaces: str | None = None,
) -> Stored:
    """Puts the plan in `file` up for comment.

    Raises: Malformed, PlanInvalid and the Refusals of a draft.
    """
    plan = check_plan(file)
    document = plan_document(read_document(file))
    data: dict[str, object] = {
        "plan": plan.plan,
        "draft": draft,
        "effective_from": str(plan.effective_from),
        "document": document,
        "document_hash": document_hash(document),
    }
    optional = {"reason": reason, "replaces": replaces}
    return _told(ledger, "plan_drafted", data | _given(optional), actor)


def comment_on(
    ledger: Ledger, draft: Draft, *, employee: str, note: str, path: str | None, actor: str
) -> Stored:
    """Records what `employee` says about `draft`.

    Raises: the Refusals of a comment.
    """
    data: dict[str, object] = {"plan": draft.plan, "draft": draft.draft, "employee": employee, "note": note}
    return _told(ledger, "plan_commented", data | _given({"path": path}), actor)


def acknowledge(
    ledger: Ledger, version: PlanVersion, *, employee: str, signature: str | None, actor: str
) -> Stored:
    """Records that `employee` has read `version`.

    Raises: the Refusals of an acknowledgement.
    """
    data: dict[str, object] = {
        "employee": employee,
        "plan": version.plan,
        "adopted_at": version.position,
        "document_hash": version.document_hash,
    }
    return _told(ledger, "plan_acknowledged", data | _given({"signature": signature}), actor)


def set_override(ledger: Ledger, fact: Mapping[str, object], *, actor: str, approver: str | None) -> Stored:
    """Records `fact`, an override of a parameter that a plan leaves open; without an approver, proposes it.

    Raises: the Refusals of an override.
    """
    if approver is not None:
        return _told(ledger, "override_set", {**fact, "approver": approver}, actor)
    change = from_builtins("override_set", {**fact, "approver": UNNAMED})
    assert isinstance(change, OverrideSet)
    return propose(ledger, change, actor=actor)


def end_plan(ledger: Ledger, plan: str, ended_on: dt.date, *, reason: str, actor: str) -> Stored:
    """Records that `plan` applies no longer after `ended_on`.

    Raises: the Refusals of an end.
    """
    fact = {"plan": plan, "ended_on": str(ended_on), "reason": reason}
    return _told(ledger, "plan_ended", fact, actor)


def draft_named(cursor: Cursor[TupleRow], name: str, known_at: int | None = None) -> Draft:
    """The draft of this id.

    Raises: NotFound.
    """
    found = next((each for each in plan_life.drafts(cursor, None, known_at) if each.draft == name), None)
    if found is None:
        raise NotFound(
            field="draft",
            detail=f"There is no draft {name!r}.",
            remedy="See /v1/plans/drafts for those there are.",
        )
    return found


def version_of(cursor: Cursor[TupleRow], plan: str, day: dt.date, position: int | None = None) -> PlanVersion:
    """The version of `plan` that holds on `day`, or that was adopted at `position`.

    Raises: NotFound.
    """
    known = policy.plan_versions(cursor) if position else policy.plans_in_force(cursor, day)
    having = (each for each in known if each.plan == plan and position in (None, each.position))
    found = next(having, None)
    if found is None:
        which = f"was adopted at position {position}" if position else f"holds on {day}"
        raise NotFound(
            field="version" if position else "plan",
            detail=f"No version of plan {plan!r} {which}.",
            remedy=f"See meritbook plan status {plan}.",
        )
    return found


def _told(ledger: Ledger, type: str, data: Mapping[str, object], actor: str) -> Stored:
    submission = Submission(
        type=type,
        source=SOURCE,
        key=f"{type.replace('_', '-')}/{uuid4().hex}",
        occurred_at=now(),
        data=data,
    )
    return submit_one(ledger, submission, actor)


def _given(optional: Mapping[str, str | None]) -> dict[str, object]:
    return {name: value for name, value in optional.items() if value is not None}
