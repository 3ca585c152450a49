"""Local accounts: people who sign in with a password and a second factor that are kept here."""
