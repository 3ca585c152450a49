"""Signed notes, checkpoints and proofs are written and read as C2SP says, and nothing else is."""

import datetime as dt
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.journal.checkpoint import Checkpoint, Proof, parse_checkpoint, parse_proof
from domain.journal.merkle import EMPTY_ROOT
from domain.journal.note import COSIGNATURE, Note, NoteRefused, parse_key, parse_note, parse_signatures
from domain.journal.signing import cosignature, new_signer, parse_secret, signed

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
"""The example of the specification of signed notes."""

SPEC_CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
"""The example of the specification of cosignatures."""

KEY_PAIR = (
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
)
"""The pair with which Go's package for notes is tested."""

NOW = dt.datetime(2023, 3, 20, 12, 25, 47, tzinfo=dt.UTC)
LINE = "— a.example " + b64encode(b"1234" + bytes(64)).decode() + "\n"


def test_the_example_of_the_specification_verifies() -> None:
    key, note = parse_key(SPEC_KEY), parse_note(SPEC_NOTE.encode())
    assert note.signers([key]) == [key]
    assert str(note) == SPEC_NOTE
    assert str(key) == SPEC_KEY


def test_a_changed_text_is_refused_by_the_key_that_signed_it() -> None:
    note = parse_note(SPEC_NOTE.replace("an example", "one example").encode())
    with pytest.raises(NoteRefused, match=r"example.com/foo is not on this text"):
        note.signers([parse_key(SPEC_KEY)])


def test_a_signature_of_an_unknown_key_is_passed_over() -> None:
    """Even under the name of a known one: it may be its successor."""
    key, other = new_signer("example.com/foo"), parse_key(SPEC_KEY)
    note = parse_note(SPEC_NOTE.encode())
    assert note.signers([key.key]) == []
    assert note.signers([key.key, other]) == [other]


def test_a_private_key_reads_as_elsewhere_and_is_not_repeated_when_it_is_wrong() -> None:
    secret, public = KEY_PAIR
    signer = parse_secret(secret)
    assert (str(signer.key), signer.secret()) == (public, secret)
    with pytest.raises(NoteRefused) as refused:
        parse_secret(secret.replace("c74f20a3", "c74f20a4"))
    assert "AYEKFALV" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        SPEC_KEY.replace("530d903a", "530d903b"),
        SPEC_KEY.replace("example.com/foo", "example.com/ foo"),
        SPEC_KEY.removesuffix("k"),
        SPEC_KEY.replace("AekyeRrm", "CekyeRrm"),
    ],
)
def test_a_damaged_key_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        parse_key(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno signature\n",
        f"text\n\n{LINE}".encode().removesuffix(b"\n"),
        f"te\rxt\n\n{LINE}".encode(),
        f"text\n\n{LINE}\n".encode(),
        f"text\n\n{LINE.replace('a.example', 'a+example')}".encode(),
        f"text\n\n{LINE.replace('—', '-')}".encode(),
        "text\n\n— a.example AAAA\n".encode(),
        b"\xff" + f"text\n\n{LINE}".encode(),
        f"{'x' * 70_000}\n\n{LINE}".encode(),
    ],
)
def test_what_is_no_note_is_refused(content: bytes) -> None:
    with pytest.raises(NoteRefused):
        parse_note(content)


def test_a_note_may_hold_empty_lines_and_sixteen_signatures() -> None:
    note = parse_note(f"one\n\ntwo\n\n{LINE * 16}".encode())
    assert note.text == "one\n\ntwo\n"
    assert len(note.signatures) == 16


def test_the_example_checkpoint_reads_and_is_written_again_the_same() -> None:
    note = parse_note(SPEC_CHECKPOINT.encode())
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == note.text
    assert str(note) == SPEC_CHECKPOINT
    assert int.from_bytes(note.signatures[1].content[:8]) == int(NOW.timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "o\n1\nAAAA\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        parse_checkpoint(text)


def test_a_cosignature_says_when_and_over_what() -> None:
    """The message of the specification: two lines of its own, then the text of the checkpoint."""
    witness = new_signer("w.example/1", COSIGNATURE)
    text = Checkpoint("meritbook/a", 0, EMPTY_ROOT).text
    line = cosignature(text, witness, NOW)
    assert str(line).startswith("— w.example/1 ")
    assert Note(text, (line,)).signers([witness.key]) == [witness.key]
    later = line._replace(content=(int(NOW.timestamp()) + 1).to_bytes(8) + line.content[8:])
    with pytest.raises(NoteRefused):
        Note(text, (later,)).signers([witness.key])


def test_a_handing_over_names_the_next_key_under_both_signatures() -> None:
    old, new = new_signer("meritbook/a"), new_signer("meritbook/a")
    note = signed(Checkpoint("meritbook/a", 7, EMPTY_ROOT).handing_over(new.key), old, new)
    read = parse_note(str(note).encode())
    assert parse_checkpoint(read.text).successor == new.key
    assert read.signers([old.key, new.key]) == [old.key, new.key]


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_a_proof_reads_as_it_was_written(index: int, hashes: list[bytes]) -> None:
    note = signed(Checkpoint("meritbook/a", index + 1, EMPTY_ROOT), new_signer("meritbook/a"))
    proof = Proof(index, tuple(hashes), note)
    assert parse_proof(str(proof).encode()) == proof
    with_extra = str(proof).replace("\nindex", "\nextra AAAA\nindex", 1)
    assert parse_proof(with_extra.encode()) == proof


@pytest.mark.parametrize(
    "change",
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 3", "index 03"),
        ("index 3\n", ""),
        ("\nAA", "\nA"),
    ],
)
def test_a_malformed_proof_is_refused(change: tuple[str, str]) -> None:
    note = signed(Checkpoint("meritbook/a", 4, EMPTY_ROOT), new_signer("meritbook/a"))
    with pytest.raises(NoteRefused):
        parse_proof(str(Proof(3, (bytes(32),), note)).replace(*change, 1).encode())


def test_signature_lines_stand_alone_in_the_answer_of_a_witness() -> None:
    assert [line.name for line in parse_signatures(LINE * 2)] == ["a.example"] * 2
    for answer in ("", "\n", LINE.strip()):
        with pytest.raises(NoteRefused):
            parse_signatures(answer)
