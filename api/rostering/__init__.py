"""Rosters by constraint programming; imported where a search begins, as the solver takes its time to load."""
