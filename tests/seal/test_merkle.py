"""The Merkle tree is that of RFC 6962: against the published verdicts, and against the RFC read literally."""

import hashlib
import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.journal.merkle import (
    EMPTY_ROOT,
    CompactRange,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    reading,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "rfc6962-merkle-testdata"
PUBLISHED = 196

sizes = st.integers(1, 70) | st.integers(1, 700)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1, word for word; the leaves are contents, not hashes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if whole else [naive_root(leaves)]
    k = naive_split(n)
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def lines(size: int) -> list[bytes]:
    """So many different leaves."""
    return [b"line %d" % number for number in range(size)]


def hashed(leaves: list[bytes]) -> list[bytes]:
    """The hashes of the leaves."""
    return [leaf_hash(leaf) for leaf in leaves]


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the published vectors are not beside this checkout")
def test_every_published_vector_gets_its_verdict() -> None:
    """196 files of transparency-dev/merkle, unmodified; 184 of them must be refused."""
    wrong, seen = [], 0
    for path in sorted(VECTORS.rglob("*.json")):
        case = json.loads(path.read_text())
        proof = [b64decode(line) for line in case["proof"] or ()]
        if "leafIdx" in case:
            holds = verify_inclusion(
                case["leafIdx"], case["treeSize"], b64decode(case["leafHash"]), proof, b64decode(case["root"])
            )
        else:
            roots = b64decode(case["root1"]), b64decode(case["root2"])
            holds = verify_consistency(case["size1"], case["size2"], *roots, proof)
        seen += 1
        if holds is case["wantErr"]:
            wrong.append(path.relative_to(VECTORS))
    assert not wrong
    assert seen == PUBLISHED


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_known_from_certificate_transparency(size: int, expected: str) -> None:
    entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    assert root(hashed([bytes.fromhex(entry) for entry in entries[:size]])).hex() == expected


@given(st.integers(0, 300))
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    assert root(hashed(lines(size))) == naive_root(lines(size))


@given(st.lists(st.integers(0, 40), max_size=8))
def test_a_tree_grown_in_steps_is_the_tree_grown_at_once(steps: list[int]) -> None:
    leaves, tree, size = hashed(lines(sum(steps))), CompactRange(), 0
    for step in steps:
        tree.extend(leaves[size : size + step])
        size += step
        assert (tree.size, tree.root()) == (size, root(leaves[:size]))


@given(st.data())
def test_an_inclusion_proof_is_that_of_the_rfc_and_verifies(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    leaves = hashed(lines(size))
    proof = inclusion_proof(index, size, reading(leaves))
    assert proof == naive_path(index, lines(size))
    assert verify_inclusion(index, size, leaves[index], proof, root(leaves))


def test_every_leaf_of_every_small_tree_is_proven_and_no_other() -> None:
    for size in range(1, 34):
        leaves = hashed(lines(size))
        whole = root(leaves)
        for index in range(size):
            proof = inclusion_proof(index, size, reading(leaves))
            proven = [
                other
                for other in range(size + 2)
                if verify_inclusion(other, size, leaves[index], proof, whole)
            ]
            assert proven == [index]


@given(st.data())
def test_a_mutated_inclusion_proof_does_not_verify(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    leaves = hashed(lines(size))
    leaf, whole = leaves[index], root(leaves)
    proof = inclusion_proof(index, size, reading(leaves))
    mutated = data.draw(mutations(proof))
    if mutated != proof:
        assert not verify_inclusion(index, size, leaf, mutated, whole)
    assert not verify_inclusion(index, size, data.draw(flipped(leaf)), proof, whole)
    assert not verify_inclusion(index, size, leaf, proof, data.draw(flipped(whole)))


@given(st.data())
def test_a_consistency_proof_is_that_of_the_rfc_and_verifies(data: st.DataObject) -> None:
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    leaves = hashed(lines(new))
    proof = consistency_proof(old, new, reading(leaves))
    assert proof == naive_subproof(old, lines(new))
    assert verify_consistency(old, new, root(leaves[:old]), root(leaves), proof)


@given(st.data())
def test_a_mutated_consistency_proof_does_not_verify(data: st.DataObject) -> None:
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    leaves = hashed(lines(new))
    first, second = root(leaves[:old]), root(leaves)
    proof = consistency_proof(old, new, reading(leaves))
    mutated = data.draw(mutations(proof))
    if mutated != proof:
        assert not verify_consistency(old, new, first, second, mutated)
    assert not verify_consistency(old, new, data.draw(flipped(first)), second, proof)
    assert not verify_consistency(old, new, first, data.draw(flipped(second)), proof)


@given(st.data())
def test_a_rewritten_tree_has_no_consistency_proof(data: st.DataObject) -> None:
    """The proof that the rewriter's own tree yields does not connect to the root he signed before."""
    new = data.draw(st.integers(1, 200))
    old = data.draw(st.integers(1, new))
    leaves = hashed(lines(new))
    rewritten = list(leaves)
    rewritten[data.draw(st.integers(0, old - 1))] = leaf_hash(b"another line")
    proof = consistency_proof(old, new, reading(rewritten))
    assert not verify_consistency(old, new, root(leaves[:old]), root(rewritten), proof)


def test_the_empty_tree_proves_nothing() -> None:
    assert not verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_inclusion(0, 0, EMPTY_ROOT, [], EMPTY_ROOT)


def flipped(content: bytes) -> st.SearchStrategy[bytes]:
    """`content` with one bit flipped."""
    return st.integers(0, len(content) * 8 - 1).map(
        lambda bit: (int.from_bytes(content) ^ (1 << bit)).to_bytes(len(content))
    )


def mutations(proof: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """`proof` with one hash more, one less, one changed, or two in each other's place."""
    anything = st.binary(min_size=32, max_size=32)
    more = st.tuples(st.integers(0, len(proof)), anything).map(
        lambda given: [*proof[: given[0]], given[1], *proof[given[0] :]]
    )
    if not proof:
        return more
    place = st.integers(0, len(proof) - 1)
    less = place.map(lambda gone: proof[:gone] + proof[gone + 1 :])
    other = st.tuples(place, st.data()).map(
        lambda given: [*proof[: given[0]], given[1].draw(flipped(proof[given[0]])), *proof[given[0] + 1 :]]
    )
    turned = place.map(lambda first: [*proof[first:], *proof[:first]])
    return st.one_of(more, less, other, turned)
