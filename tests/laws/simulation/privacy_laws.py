"""Laws of personal data: no plain text of it anywhere in the database, and none at all once it was erased."""

import json
from random import Random

from laws.simulation.world import World

from api.erasing import erase as erase_subject
from domain.facts.personal import is_token, personal_texts, subject_of
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
    employee = customer = None
    if random.random() < 0.5:
        spoken_of = sorted({c for told in memory.told if (c := getattr(told.fact, "customer", None))})
        customer = random.choice(spoken_of) if spoken_of else None
    if customer is None:
        employee = random.choice(memory.people)
    here, day = memory.employed(employee or "")
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
    return f"{customer or employee}"


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
