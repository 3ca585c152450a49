"""Laws of the seal: what was signed is the root of the records as they stand, checkpoint by checkpoint."""

from random import Random

from laws.simulation.world import LEDGER, World

from api.sealing import seal_home
from domain.journal import sealed
from domain.journal.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from domain.journal.record import record_line
from domain.journal.sealer import Sealer


def seal(world: World, _: Random) -> str:
    """The sealer seals what is there."""
    home = seal_home(world.settings)
    size = Sealer(world.dsn, LEDGER, home, clock=lambda: world.clock).catch_up()
    assert size == world.memory.head, f"sealed {size} of {world.memory.head}"
    return f"to {size}"


def signed(world: World, random: Random) -> None:
    """Every checkpoint is over the lines of today; each follows from the one before; records have proofs."""
    leaves = [leaf_hash(record_line(record)) for record in world.ledger.journal.read()]
    with world.ledger.journal.cursor() as cursor:
        kept = [signed.checkpoint for signed in sealed.checkpoints(cursor)]
        for checkpoint in kept:
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
