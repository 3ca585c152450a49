"""Laws of personal data: no plain text of it anywhere in the database, and none at all once it was erased."""

import datetime as dt
import json
from random import Random

from laws.simulation.world import World

from api import keys
from api.erasing import erase as erase_subject
from domain.facts.base import Fact
from domain.facts.people import EmployeeLeft
from domain.facts.personal import is_token, personal_texts, subject_of, with_texts
from domain.facts.registry import decode
from domain.journal.vault import Stored
from domain.refusals import Refusal

TABLES = """
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'ledger' and t.table_type = 'BASE TABLE'
order by 1, 2"""


def erase(world: World, random: Random) -> str:
    """A client, or somebody who has left, is erased by two others; months stay as they are."""
    memory, today = world.memory, world.memory.day(world.clock)
    spoken_of = {subject_of(told.fact) or "" for told in memory.told if personal_texts(told.fact)}
    kind, _, name = random.choice([*sorted(spoken_of), f"employee:{memory.people[0]}"]).partition(":")
    employee, customer = (name, None) if kind == "employee" else (None, name)
    here, day = memory.employed(employee or "")
    if employee and here and day and random.random() < 0.7:
        world.tell(EmployeeLeft(employee=employee, left_on=max(day, today - dt.timedelta(1)), cause="pay"))
        here, day = memory.employed(employee)
    is_here = employee is not None and (here or (day is not None and day >= today))
    before = f"{'customer' if customer else 'employee'}:{customer or employee}" in memory.erased()
    try:
        with world.by_this_clock():
            _, stored = erase_subject(
                world.ledger,
                employee=employee,
                customer=customer,
                reason="asked",
                actor="hr",
                approver="boss",
            )
    except Refusal as refused:
        assert is_here and type(refused).__name__ == "StillHere", refused
        return f"{employee} is still here"
    assert before or not is_here, f"{employee} works here"
    assert stored.hit == before
    if not stored.hit:
        world.learn(stored.position, "hr")
    return f"{customer or employee}: {tell_again(world, random)}"


def tell_again(world: World, random: Random) -> str:
    """What was said of people who were erased comes once more, as it was, altered, and under a new key."""
    erased, memory = world.memory.erased(), world.memory
    gone = [told for told in memory.told if personal_texts(told.fact) and subject_of(told.fact) in erased]
    head, chosen = memory.head, random.sample(gone, min(len(gone), 4))
    for told in chosen:
        altered = told._replace(fact=_saying(told.fact, "another text"))
        world.bring([told, altered, world.say(altered.fact)])
        world.bring([random.choice((told, altered))._replace(occurred_at=memory.told[0].occurred_at)])
    assert memory.head == head, "something personal was taken of somebody erased"
    return f"{len(chosen)} facts again"


def rewrap(world: World, random: Random) -> str:
    """Another master key takes over; the one before it is kept or destroyed."""
    _, wrapped = keys.rotate(world.ledger, None, destroy_old=random.random() < 0.5)
    return f"{wrapped} keys"


OF_A_FORM = {"location": "geo:39.904211,116.407395", "cost_minor": "4242"}
"""Another content of fields that take no other text."""


def _saying(fact: Fact, text: str) -> Fact:
    return with_texts(fact, {name: OF_A_FORM.get(name, text) for name in personal_texts(fact)})


def hidden(world: World, _: Random) -> None:
    """Personal text is a token in the journal and says the truth to who may ask; erased, nothing."""
    erased = world.memory.erased()
    plain: set[str] = set()
    with world.ledger.journal.cursor() as cursor:
        for record in world.ledger.journal.read():
            told = world.memory.at(record.position)
            said = personal_texts(told.fact)
            texts = personal_texts(decode(record.type, record.data)) if said else {}
            assert texts.keys() == said.keys() and all(map(is_token, texts.values())), record
            subject = subject_of(told.fact) or ""
            asked = [Stored(record.position, subject, name, text) for name, text in texts.items()]
            answers = world.ledger.vault.reveal(cursor, asked)
            truth = [None if subject in erased else said[each.field] for each in asked]
            assert list(answers.values()) == truth, f"position {record.position}: {answers}"
            plain |= set(said.values())
    with world.behind() as owner:
        for table, column in owner.execute(TABLES).fetchall():
            held = owner.execute(f'select "{column}"::text from ledger."{table}"'.encode()).fetchall()
            text = "\n".join(found for (found,) in held if found)
            for secret in plain:
                shown = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
                assert not any(each in text for each in shown), f"{secret!r} stands in {table}.{column}"
