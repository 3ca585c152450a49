"""The log of facts: records, their canonical bytes, and the one door through which they are written."""
