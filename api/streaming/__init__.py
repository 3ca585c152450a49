"""Live standings and boards over server-sent events: one reader of the database, many listeners."""
