"""What is true and what is due: facts, rules and pay, free of clock, network and database."""
