"""Pages for auditors: the journal, a fact, a statement through time, and the seal."""
