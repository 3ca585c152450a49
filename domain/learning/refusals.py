"""Why a question bank or a test is refused: one class per rule."""

from domain.refusals import NotNow, Refusal


class BankRefused(Refusal):
    """The question bank has faults, or is not what the fact says it is."""


class UnknownBank(Refusal):
    """No question bank with this id is in use."""


class BankRenewed(NotNow):
    """A later version of the question bank is in use."""


class UnknownTest(Refusal):
    """This person has no test with this id."""


class OpenTestExists(NotNow):
    """The person has an open test of the module; one is taken at a time."""


class AlreadyHandedIn(NotNow):
    """The test was handed in already."""


class TimeIsUp(NotNow):
    """The time to answer the test is over."""


class NotDrawn(Refusal):
    """The questions, attempt or time of a test are not those that its bank and seed give."""


class ModuleNotOpen(NotNow):
    """The module is not in the person's curriculum, or waits for others to be passed."""
