-- Whoever works as the service may ask whether the ledger is in its form.
grant select on migration to meritbook_service;
