"""The way in for every fact, whoever brings it: decode, decide, append."""

from api.intake.intake import Intake
from api.intake.submission import Outcome, Refused, Rehearsal, Stored, Submission

__all__ = ["Intake", "Outcome", "Refused", "Rehearsal", "Stored", "Submission"]
