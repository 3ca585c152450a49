"""Facts about learning: modules studied and tested, and skills that somebody graded."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import EmployeeId, Fact, Label, Name, Note, Score

Completion = Annotated[
    str,
    Meta(
        pattern=r"^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?) ?%\Z",
        description='A percentage from 0 to 100 as text: "85 %".',
    ),
]


class ModuleStudied(Fact, frozen=True, kw_only=True):
    """So much of a training module has a person done by now. module: id in the curriculum of their plan."""

    TYPE: ClassVar[str] = "module_studied"
    employee: EmployeeId
    module: Name
    completion: Completion


class ModuleTested(Fact, frozen=True, kw_only=True):
    """A person took the test of a module; each test is an attempt. score: on the scale of the pass score."""

    TYPE: ClassVar[str] = "module_tested"
    employee: EmployeeId
    module: Name
    score: Score
    test: Label | None = None


class SkillGraded(Fact, frozen=True, kw_only=True):
    """Somebody watched how a person does something, live or on video, and graded it.

    kind: of what, such as a demonstration. grader: who watched, in the part `graded_as`; never the person.
    """

    TYPE: ClassVar[str] = "skill_graded"
    employee: EmployeeId
    kind: Label
    score: Score
    grader: EmployeeId
    graded_as: Literal["mentor", "training_manager"]
    note: Note | None = None
