"""Pages of plans: what they say, what changes, drafts on their way to adoption, and what they would cost."""
