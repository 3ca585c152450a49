"""The fact types: what a ledger can say, a module per subject."""
