"""Webhooks out: what happens in the ledger, sent to the systems and group chats that a firm names."""
