"""Why a ledger cannot be opened yet."""


class NotReady(Exception):
    """The ledger is not there yet, or not in this program's form. remedy: the command to run."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}")
        self.detail = detail
        self.remedy = remedy


class NotOpened(NotReady):
    """The ledger is there, and has no first fact yet."""
