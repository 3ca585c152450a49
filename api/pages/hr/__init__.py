"""Pages of HR: people, their growth, credentials, rosters, warnings, posts and pay."""
