"""Two persons where one may not act alone: who counts as the same one."""

from domain.refusals import SecondPersonNeeded

ACCOUNT = "account:"
"""Stands before the name of whoever signed in to an account that is kept here, as the actor of a fact."""


def same_person(one: str, other: str) -> bool:
    """Whether two actors are one person: a name is the same one with an account and at the command line."""
    return one.removeprefix(ACCOUNT) == other.removeprefix(ACCOUNT)


def require_second_person(
    actor: str, approver: str, field: str = "data.approver", does: str = "both asks and approves"
) -> None:
    """Checks that who approves is not who asks. does: what one person may not do.

    Raises: SecondPersonNeeded.
    """
    if same_person(actor, approver):
        raise SecondPersonNeeded(
            field=field,
            detail=f"{approver} {does}.",
            remedy="Ask a second person to approve.",
        )
