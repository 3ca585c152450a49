"""Pure rules about people: who works where, who is away, who comes first."""
