"""Facts about how people feel at work."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import EmployeeId, Fact, Note

Degree = Annotated[
    str,
    Meta(
        pattern=r"^(10(\.0{1,2})?|\d(\.\d{1,2})?)\Z",
        description='From 0 to 10, a decimal as text, exactly as given: "8.5".',
    ),
]


class SurveyAnswered(Fact, frozen=True, kw_only=True):
    """A person answered the survey of the week that it happened in. stress: 10 is the most."""

    TYPE: ClassVar[str] = "survey_answered"
    employee: EmployeeId
    stress: Degree
    training_satisfaction: Degree
    belonging: Degree
    note: Note | None = None
