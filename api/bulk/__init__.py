"""Whole periods as files: facts and results, the same bytes for whoever asks again as known then."""
