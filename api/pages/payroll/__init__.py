"""Pages of payroll: from the checklist of a month to what the bank paid of it."""
