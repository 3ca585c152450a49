"""Pages on which people sign in, and look after what lets them in."""
