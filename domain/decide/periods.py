"""Rules on opening the ledger and closing its months."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.governance import CloseProposed, LedgerOpened, PeriodClosed
from domain.money import CURRENCIES
from domain.period import Period
from domain.refusals import BadField, CloseNotProposed, PeriodAlreadyClosed, PeriodNotOver, PeriodOutOfOrder


def open_ledger(fact: LedgerOpened, known: Known) -> None:
    """A ledger is opened once, in a zone and a currency that exist.

    Raises: BadField.
    """
    if known.opened is not None:
        raise BadField(
            field="type",
            detail=f"The ledger of {known.opened.name} is open already.",
            remedy="Use another ledger.",
        )
    try:
        ZoneInfo(fact.zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise BadField(
            field="data.zone",
            detail=f"{fact.zone!r} is not a zone.",
            remedy="Use an IANA name: Asia/Shanghai.",
        ) from None
    if fact.currency not in CURRENCIES:
        raise BadField(
            field="data.currency",
            detail=f"{fact.currency} is not a currency of this ledger.",
            remedy=f"Use one of {', '.join(sorted(CURRENCIES))}.",
        )


def propose_close(fact: CloseProposed, known: Known, today: dt.date) -> None:
    """A close is proposed of the month that is to be closed next.

    Raises: PeriodAlreadyClosed, PeriodOutOfOrder, PeriodNotOver.
    """
    require_closable(Period.parse(fact.period), known.last_closed, today)


def close_period(fact: PeriodClosed, known: Known, actor: str, today: dt.date) -> None:
    """Months close once, in order, after their last day; as somebody else proposed, if a proposal is named.

    Raises: PeriodAlreadyClosed, PeriodOutOfOrder, PeriodNotOver, CloseNotProposed, SecondPersonNeeded.
    """
    require_closable(Period.parse(fact.period), known.last_closed, today)
    if fact.proposed_at is None:
        return
    proposal = next(
        (told for position, told in known.told("proposal", fact.period) if position == fact.proposed_at), None
    )
    again = f"Propose it again: meritbook close {fact.period} --propose."
    if proposal is None:
        raise CloseNotProposed(
            field="data.proposed_at",
            detail=f"Position {fact.proposed_at} holds no proposal to close {fact.period}.",
            remedy=again,
        )
    if proposal.statements_digest != fact.statements_digest:
        raise CloseNotProposed(
            field="data.statements_digest",
            detail=f"The statements of {fact.period} changed since they were proposed at position "
            f"{fact.proposed_at}.",
            remedy=again,
        )
    proposer = known.actors.get(fact.proposed_at, "")
    require_second_person(actor, proposer, "data.proposed_at", f"proposed to close {fact.period}")


def require_closable(period: Period, last_closed: Period | None, today: dt.date) -> None:
    """Checks that `period` may be closed on `today`, the month `last_closed` being the last one closed.

    Raises: PeriodAlreadyClosed, PeriodOutOfOrder, PeriodNotOver.
    """
    if last_closed is not None and period.first_day <= last_closed.first_day:
        raise PeriodAlreadyClosed(
            field="data.period",
            detail=f"{period} is closed; the last closed month is {last_closed}.",
            remedy=f"Late facts are settled in {last_closed.next()}.",
        )
    if last_closed is not None and period != last_closed.next():
        raise PeriodOutOfOrder(
            field="data.period",
            detail=f"{last_closed.next()} is still open.",
            remedy=f"Close {last_closed.next()} first.",
        )
    require_past(period, today)


def require_past(period: Period, today: dt.date) -> None:
    """Checks that the last day of `period` has passed.

    Raises: PeriodNotOver.
    """
    if today <= period.last_day:
        raise PeriodNotOver(
            field="data.period",
            detail=f"{period} lasts until {period.last_day}, and today is {today}.",
            remedy="Wait until it is over.",
        )
