"""Ways in for other systems: records of a CRM, statements of an LMS, files in a folder; and quarantine."""
