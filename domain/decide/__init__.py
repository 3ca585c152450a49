"""The rules that may refuse a fact: pure functions of the fact and of what the journal knows already."""
