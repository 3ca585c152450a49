"""Rules on inquiries: opened under an id of their own, answered as often as need be, resolved once."""

from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.inquiries import InquiryAnswered, InquiryOpened, InquiryResolved
from domain.refusals import (
    BadField,
    InquiryExists,
    InquirySettled,
    SignatureNeeded,
    UnknownFact,
    UnknownInquiry,
)


def open_inquiry(fact: InquiryOpened, known: Known) -> None:
    """An inquiry is opened once, about a statement or a line of it, with one expectation at most.

    Raises: InquiryExists, BadField.
    """
    if known.told("inquiry", fact.inquiry):
        raise InquiryExists(
            field="data.inquiry",
            detail=f"Inquiry {fact.inquiry} has been opened already.",
            remedy="Give the new one an id of its own.",
        )
    if (fact.plan is None) != (fact.component is None):
        raise BadField(
            field="data.component",
            detail="A line is named by its plan and its component.",
            remedy="Give both, as the statement has them, or neither for all of it.",
        )
    if fact.expected_minor is not None and fact.expected_count is not None:
        raise BadField(
            field="data.expected_count",
            detail="An amount and a count are both expected.",
            remedy="Give one of them; open another inquiry for the other.",
        )


def answer(fact: InquiryAnswered, known: Known, actor: str) -> None:
    """Somebody else than the person concerned answers an inquiry that is not settled.

    Raises: UnknownInquiry, InquirySettled, SecondPersonNeeded.
    """
    _unsettled(fact, known)
    require_second_person(actor, fact.employee, "data.employee", "answers their own inquiry")


def resolve(fact: InquiryResolved, known: Known, actor: str) -> None:
    """An inquiry is withdrawn by the person concerned, or upheld or rejected by somebody else.

    Whoever withdraws it for them says where the signed paper is. Only what is upheld is mended, by facts
    that stand and count.
    Raises: UnknownInquiry, InquirySettled, SecondPersonNeeded, SignatureNeeded, BadField, UnknownFact.
    """
    _unsettled(fact, known)
    if fact.outcome != "withdrawn":
        require_second_person(actor, fact.employee, "data.outcome", "judges their own inquiry")
    elif actor != fact.employee and fact.signature is None:
        raise SignatureNeeded(
            field="data.signature",
            detail=f"{actor} withdraws the inquiry for {fact.employee}.",
            remedy="Say where the signed paper is filed, or let them do it themselves.",
        )
    if fact.corrections and fact.outcome != "upheld":
        raise BadField(
            field="data.corrections",
            detail=f"Nothing is mended by an inquiry that is {fact.outcome}.",
            remedy="Leave them out, or uphold it.",
        )
    for number, position in enumerate(fact.corrections or ()):
        standing = known.facts.get(position)
        if standing is None or standing.voided:
            raise UnknownFact(
                field=f"data.corrections[{number}]",
                detail=f"No fact that counts stands at position {position}.",
                remedy="Record the correction first, then name its position.",
            )


def _unsettled(fact: InquiryAnswered | InquiryResolved, known: Known) -> None:
    steps = known.told("inquiry", fact.inquiry)
    if not steps or steps[0][1].employee != fact.employee:
        raise UnknownInquiry(
            field="data.inquiry",
            detail=f"{fact.employee} has no inquiry {fact.inquiry!r}.",
            remedy="See /v1/inquiries, or open it first.",
        )
    position, last = steps[-1]
    if isinstance(last, InquiryResolved):
        raise InquirySettled(
            field="data.inquiry",
            detail=f"Inquiry {fact.inquiry} was {last.outcome} at position {position}.",
            remedy="Open another one, or have that resolution voided.",
        )
