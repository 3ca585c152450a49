"""Laws of the seal: what was signed is the root of the records as they stand, checkpoint by checkpoint."""

import hashlib
from collections.abc import Sequence
from random import Random

from laws.simulation.world import LEDGER, World

from api.sealing import seal_home
from domain.journal import sealed
from domain.journal.merkle import verify_consistency, verify_inclusion
from domain.journal.record import record_line
from domain.journal.sealer import Sealer


def seal(world: World, _: Random) -> str:
    """The sealer seals what is there."""
    home = seal_home(world.settings)
    size = Sealer(world.dsn, LEDGER, home, clock=lambda: world.clock).catch_up()
    assert size == world.memory.head, f"sealed {size} of {world.memory.head}"
    return f"to {size}"


def hand_over(world: World, random: Random) -> str:
    """Another key signs from now on."""
    seal(world, random)
    key = Sealer(world.dsn, LEDGER, seal_home(world.settings), clock=lambda: world.clock).rotate()
    return str(key)


def signed(world: World, random: Random) -> None:
    """Every checkpoint is over the lines of today; each follows from the one before; records have proofs."""
    lines = [record_line(record) for record in world.ledger.journal.read()]
    leaves = [hashlib.sha256(b"\0" + line).digest() for line in lines]
    with world.ledger.journal.cursor() as cursor:
        notes = sealed.checkpoints(cursor)
        _in_turn(notes, sealed.keys(cursor))
        kept = [signed.checkpoint for signed in notes]
        for checkpoint in kept:
            assert checkpoint.size <= len(leaves), f"{checkpoint.size} of {len(leaves)} records are signed"
            assert checkpoint.root == root(leaves[: checkpoint.size]), f"root of {checkpoint.size}"
        if len(kept) > 1:
            old, new = kept[random.randrange(len(kept) - 1)], kept[-1]
            proof = sealed.consistency(cursor, old.size, new.size)
            assert verify_consistency(old.size, new.size, old.root, new.root, proof), (old, new)
        if kept and kept[-1].size:
            position = random.randint(1, kept[-1].size)
            found = sealed.proof(cursor, position)
            assert found is not None, f"position {position} is sealed and has no proof"
            covering = sealed.covering(cursor, position)
            assert covering is not None
            tree = covering.checkpoint
            assert verify_inclusion(position - 1, tree.size, leaves[position - 1], found.hashes, tree.root)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, as RFC 6962 says it in section 2.1, without a thought for speed."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def _in_turn(notes: Sequence[sealed.Signed], keys: Sequence[sealed.SealKey]) -> None:
    """Each checkpoint is signed by the key whose turn it is, and where it hands over by both."""
    turn, known = 0, [each.key for each in keys]
    for signed in notes:
        following = signed.checkpoint.successor
        due = {known[turn]} if following is None else {known[turn], following}
        assert set(signed.note.signers(known)) == due, f"checkpoint {signed.number}: not signed by {due}"
        if following is not None:
            turn += 1
            assert known[turn] == following and keys[turn].linked, f"{following} is not the next key"
    assert turn == max(len(known) - 1, 0), "a key signs that nobody handed over to"
