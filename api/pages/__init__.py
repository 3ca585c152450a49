"""Pages for people: rendered here, from the very answers that the API gives the same caller."""
