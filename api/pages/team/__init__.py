"""What whoever leads people opens: the team now, who needs help, and what waits for them."""
