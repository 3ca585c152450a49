"""Who asks, what they may do, and whom they reach: every question of right is answered here."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from api.roles import MAY, MAY_ANSWER, MAY_RECORD, ROLES, Action, Role, ScopeName
from domain.facts.changes import ChangeKind
from domain.facts.registry import FACT_TYPES
from domain.refusals import NotAllowed


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a token. name: of the token. employee: who they are, where it belongs to a person.

    scope: whom they reach: themselves; whoever reports to them; their branch or `branches`; or everybody.
    reached: those of a team or branch on the day that is asked about, which the gate looks up.
    """

    name: str
    role: Role
    employee: str | None = None
    scope: ScopeName = "self"
    branches: tuple[str, ...] = ()
    reached: frozenset[str] = frozenset()

    @property
    def actor(self) -> str:
        """Who has written what they write."""
        return self.employee or self.name

    @property
    def within(self) -> frozenset[str] | None:
        """Everybody whom the caller reads and writes about; None for everybody there is."""
        if self.scope == "all":
            return None
        return self.reached if self.employee is None else self.reached | {self.employee}

    def reaches(self, employee: str) -> bool:
        """Whether the caller reads and writes about this person."""
        return self.within is None or employee in self.within

    def require(self, action: Action) -> None:
        """Lets the caller do `action`.

        Raises: NotAllowed.
        """
        if action not in MAY[self.role]:
            raise NotAllowed(
                field="",
                detail=f"The role {self.role} does not include {action}.",
                remedy=f"Ask somebody who may: {', '.join(role for role in ROLES if action in MAY[role])}.",
            )

    def require_record(self, fact_type: str) -> None:
        """Lets the caller write facts of this type; one that does not exist is refused later, by name.

        Raises: NotAllowed.
        """
        if fact_type in FACT_TYPES and fact_type not in MAY_RECORD.get(self.role, frozenset()):
            raise NotAllowed(
                field="type",
                detail=f"The role {self.role} does not write {fact_type}.",
                remedy="Send it with the token of a role that does, or use the command made for it.",
            )

    def require_answer(self, changes: ChangeKind) -> None:
        """Lets the caller approve or refuse a change of this type that somebody else has proposed.

        Raises: NotAllowed.
        """
        if self.role not in MAY_ANSWER[changes]:
            raise NotAllowed(
                field="changes",
                detail=f"The role {self.role} does not approve {changes}.",
                remedy=f"Ask somebody who may: {', '.join(sorted(MAY_ANSWER[changes]))}.",
            )

    def require_everybody(self) -> None:
        """Lets the caller read what is about everybody at once.

        Raises: NotAllowed.
        """
        if self.scope != "all":
            raise NotAllowed(
                field="",
                detail=f"This is about everybody, and the scope of the token is {self.scope}.",
                remedy="Ask somebody whose token has the scope all.",
            )

    def require_about(self, employee: str, field: str = "employee") -> None:
        """Lets the caller read about this person.

        Raises: NotAllowed.
        """
        if not self.reaches(employee):
            whom = "its owner only" if self.scope == "self" else f"the people of its {self.scope} only"
            raise NotAllowed(field=field, detail=f"This token reads about {whom}.", remedy="Ask HR.")

    def people(self, asked: list[str] | None) -> list[str] | None:
        """Whom the caller reads about who has `asked` about some, or about everybody; None: everybody.

        Raises: NotAllowed.
        """
        for person in asked or ():
            self.require_about(person)
        return asked if asked or self.within is None else sorted(self.within)

    def require_own(self, source: str, people: Iterable[tuple[str, str]]) -> None:
        """Lets an employee write about themselves, under a source of their own: no key of others is taken.

        people: everybody whom the fact is about, each with its field.
        Raises: NotAllowed.
        """
        for field, person in people:
            if person != self.employee:
                raise NotAllowed(
                    field=f"data.{field}",
                    detail="This token writes about its owner only.",
                    remedy="Ask HR to record it for somebody else.",
                )
        if source != f"employee/{self.employee}":
            raise NotAllowed(
                field="source",
                detail="This token writes under a source of its owner only.",
                remedy=f"Send it with the source employee/{self.employee}.",
            )

    def require_write_about(self, people: Sequence[tuple[str, str]], branches: Collection[str]) -> None:
        """Lets the caller write a fact about all these people; about branches of their own if about nobody.

        people: each with its field. Raises: NotAllowed.
        """
        beyond = next((field for field, person in people if not self.reaches(person)), None)
        if self.scope == "all" or (people and beyond is None):
            return
        if not people and branches and set(branches) <= set(self.branches):
            return
        raise NotAllowed(
            field=f"data.{beyond or 'employee'}",
            detail=f"This token writes about the people of its {self.scope} only.",
            remedy="Ask somebody whose token has the scope all.",
        )
