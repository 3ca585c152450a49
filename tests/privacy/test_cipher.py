"""A token gives its text back to its own key at its own place, and to nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts.base import TOKEN
from domain.facts.personal import personal_fields, personal_texts, require_plain, subject_of
from domain.facts.registry import FACT_TYPES, decode
from domain.journal.cipher import Cipher, Place, Undecipherable, base64url, bytes_of, new_key
from domain.refusals import BadField

PLACE = Place("employee_hired", "hr", "E1", "name")
KEY = new_key()
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200)


@given(TEXTS)
def test_a_token_gives_its_text_back(text: str) -> None:
    assert Cipher(KEY).decrypt(Cipher(KEY).encrypt(text, PLACE), PLACE) == text


@given(TEXTS)
def test_the_same_text_in_the_same_place_is_the_same_token(text: str) -> None:
    assert Cipher(KEY).encrypt(text, PLACE) == Cipher(KEY).encrypt(text, PLACE)


@given(TEXTS, TEXTS)
def test_other_texts_and_places_are_other_tokens_under_other_nonces(text: str, other: str) -> None:
    cipher = Cipher(KEY)
    tokens = [cipher.encrypt(text, place) for place in _places()]
    if other != text:
        tokens.append(cipher.encrypt(other, PLACE))
    nonces = {(bytes_of(token.removeprefix(TOKEN)) or b"")[:12] for token in tokens}
    assert len(nonces) == len(tokens)


def test_another_place_is_refused() -> None:
    token = Cipher(KEY).encrypt("王芳", PLACE)
    for place in _places()[1:]:
        with pytest.raises(Undecipherable):
            Cipher(KEY).decrypt(token, place)


def test_another_key_is_refused() -> None:
    with pytest.raises(Undecipherable):
        Cipher(new_key()).decrypt(Cipher(KEY).encrypt("王芳", PLACE), PLACE)


def test_any_flipped_bit_is_refused() -> None:
    token = Cipher(KEY).encrypt("王芳", PLACE)
    sealed = bytes_of(token.removeprefix(TOKEN))
    assert sealed is not None
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Undecipherable):
            Cipher(KEY).decrypt(TOKEN + base64url(bytes(flipped)), PLACE)


def test_any_other_spelling_of_a_token_is_refused() -> None:
    """Also one that differs only in the bits of the last character that carry nothing."""
    token = Cipher(KEY).encrypt("ab", PLACE)
    for index, character in enumerate(token):
        for other in "Az09-_=+/ \n":
            if other != character:
                with pytest.raises(Undecipherable):
                    Cipher(KEY).decrypt(token[:index] + other + token[index + 1 :], PLACE)


@pytest.mark.parametrize("text", ["", "enc1.", "enc1.AAAA", "plain", "enc2." + "A" * 60])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Undecipherable):
        Cipher(KEY).decrypt(text, PLACE)


def test_the_shortest_and_the_longest_text_are_read_as_facts() -> None:
    for text in ("a", "医" * 2000, "\U00020000" * 2000):
        token = Cipher(KEY).encrypt(text, PLACE)
        data = f'{{"employee":"E1","customer":"C1","note":"{token}"}}'
        assert personal_texts(decode("visit_recorded", data)) == {"note": token}


@pytest.mark.parametrize("tag", sorted(tag for tag, kind in FACT_TYPES.items() if personal_fields(kind)))
def test_every_personal_field_has_a_subject_and_takes_a_token(tag: str) -> None:
    kind = FACT_TYPES[tag]
    assert {"employee", "customer"} & set(kind.__struct_fields__)
    token = Cipher(KEY).encrypt("王芳", PLACE)
    for name in personal_fields(kind):
        with pytest.raises(BadField) as refused:  # for what is missing, and not for the token
            decode(tag, f'{{"{name}":"{token}"}}')
        assert "missing" in refused.value.detail


def test_a_note_about_a_client_belongs_to_the_client() -> None:
    visit = decode("visit_recorded", '{"employee":"E1","customer":"C1","note":"rude"}')
    hired = decode(
        "employee_hired", '{"employee":"E1","hired_on":"2025-01-01","branch":"B","post":"p","name":"n"}'
    )
    assert (subject_of(visit), subject_of(hired)) == ("customer:C1", "employee:E1")


def test_text_that_looks_encrypted_is_not_taken_from_a_sender() -> None:
    token = Cipher(KEY).encrypt("王芳", PLACE)
    with pytest.raises(BadField) as refused:
        require_plain({"note": token})
    assert refused.value.field == "data.note"
    for looks_like in ("enc1.", "enc1.short", "enc1.王"):
        with pytest.raises(BadField):
            decode("visit_recorded", f'{{"employee":"E1","customer":"C1","note":"{looks_like}"}}')


def _places() -> list[Place]:
    return [
        PLACE,
        PLACE._replace(type="customer_registered"),
        PLACE._replace(source="hr2"),
        PLACE._replace(key="E2"),
        PLACE._replace(field="note"),
        Place("employee_hired", "h", "rE1", "name"),
    ]
