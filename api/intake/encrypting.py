"""The step of the intake after which no plain personal text is left."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

from api.intake.item import Item
from api.intake.submission import Refused, Rehearsal
from domain.decide.boundary import Look
from domain.facts.base import Fact
from domain.facts.personal import personal_fields, personal_texts, subject_of, with_texts
from domain.facts.registry import decode
from domain.journal.lookup import at_positions, stored_keys
from domain.journal.vault import Keys, KeysUnavailable, Vault, encrypted, require_not_erased
from domain.refusals import Refusal

ERASURES = Look(("subject_erased",), "")
"""What must not happen between the look for keys and the append."""


def is_personal(fact: Fact) -> bool:
    """Whether `fact` says anything personal."""
    for name in personal_fields(type(fact)):  # noqa: SIM110 - asked of every fact, and twice as fast
        if getattr(fact, name) is not None:
            return True
    return False


class Told(NamedTuple):
    """A fact and the key under which it is told."""

    fact: Fact
    source: str
    key: str


def encrypt(
    cursor: Cursor[Any], items: Sequence[Item], vault: Vault | None, rehearsal: Rehearsal | None
) -> Keys:
    """Encrypts what is personal in the facts of `items`, or refuses them; the keys that it took.

    Raises: KeysUnavailable.
    """
    personal = [item for item in items if item.pending and item.fact is not None and is_personal(item.fact)]
    told = [Told(item.fact, *item.key) for item in personal if item.fact is not None]
    keys = look(cursor, told, vault)
    if rehearsal is not None:  # what is not kept has to be the same in the next batch all the same
        met = {
            subject: rehearsal.ciphers.setdefault(subject, keys.ciphers[subject]) for subject in keys.fresh
        }
        keys = keys._replace(ciphers={**keys.ciphers, **met})
    for item, form in zip(personal, stored_forms(cursor, told, keys), strict=True):
        if isinstance(form, Refusal):
            item.outcome = Refused(form)
        else:
            item.fact = form
    return keys


def look(cursor: Cursor[Any], told: Sequence[Told], vault: Vault | None) -> Keys:
    """The keys that it takes to store the facts `told`.

    Raises: KeysUnavailable.
    """
    subjects = {subject_of(each.fact) or "" for each in told}
    if not subjects:
        return Keys({}, {}, {})
    if vault is None:
        raise KeysUnavailable(
            field="",
            detail="This way into the ledger has no keys for personal data.",
            remedy="Open it with a vault, or leave names and notes out.",
        )
    return vault.look(cursor, subjects)


def stored_forms(cursor: Cursor[Any], told: Sequence[Told], keys: Keys) -> list[Fact | Refusal]:
    """The facts `told`, all of them personal, as they are stored; or why they cannot be."""
    before = _stored(cursor, [each for each in told if subject_of(each.fact) in keys.erased])
    return [_stored_form(each, keys, before.get((each.source, each.key))) for each in told]


def _stored_form(told: Told, keys: Keys, before: Fact | None) -> Fact | Refusal:
    subject = subject_of(told.fact) or ""
    try:
        if subject in keys.erased:
            return _as_before(told.fact, before, keys)
        return encrypted(told.fact, told.source, told.key, keys.ciphers[subject])
    except Refusal as refusal:
        return refusal


def encrypted_at_once(fact: Fact, source: str, key: str, vault: Vault | None) -> Fact | None:
    """`fact` encrypted with a key seen a moment ago; None where somebody has to look."""
    cipher = vault.remembered(subject_of(fact) or "") if vault is not None else None
    return encrypted(fact, source, key, cipher) if cipher is not None else None


def subjects_of(items: Sequence[Item]) -> set[str]:
    """About whom `items` say something personal."""
    return {subject_of(item.fact) or "" for item in items if item.fact and is_personal(item.fact)}


def _stored(cursor: Cursor[Any], told: Sequence[Told]) -> dict[tuple[str, str], Fact]:
    """The facts that stand under the keys of `told`."""
    known = stored_keys(cursor, [(each.source, each.key) for each in told])
    records = at_positions(cursor, {found.position for found in known.values()})
    return {(record.source, record.key): decode(record.type, record.data) for record in records}


def _as_before(fact: Fact, before: Fact | None, keys: Keys) -> Fact:
    """`fact` with the tokens of `before`, so that a redelivery about somebody erased is still recognised.

    Nobody can tell any more whether the text is the same; nothing is stored either way.
    Raises: AlreadyErased when it is new.
    """
    texts = personal_texts(before) if type(before) is type(fact) and before is not None else {}
    if texts.keys() != personal_texts(fact).keys():
        require_not_erased(fact, keys)
    return with_texts(fact, texts)
