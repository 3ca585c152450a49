"""How many items a request may bring in one list: of its query, and of its body.

What is said here is what OpenAPI tells as `maxItems`, and a test goes through the document and tries each.
"""

IN_A_QUERY = 1_000
"""Repetitions of one parameter; an address may not be longer than the head of a request anyway."""

FACTS = 50_000
"""Of one batch, unless the settings say otherwise."""
EVENTS = 200
PEOPLE = 10_000
BRANCHES = 1_000
BRANCHES_OF_A_CALLER = 200
MESSAGES = 1_000
PLANS = 200
QUESTIONS = 1_000
CHOICES = 100
