"""Read models: what readers ask, folded from the journal and always rebuildable from it."""
