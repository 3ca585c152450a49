"""Facts about clinical work. None of them says anything about a patient.

What a hospital sends here says who worked, not on whom: there is no field for a patient's name, number or
bed, and ids of operations are those of the schedule.
"""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import Attributes, Count, EmployeeId, Fact, Label, Minutes, Score, stated
from domain.facts.credits import Credits

ProcedureId = Annotated[
    str,
    Meta(
        pattern=r"^[\w.\-/@]{1,64}\Z",
        description="Id of an operation or treatment in the schedule, never one of a patient.",
    ),
]


class ProcedurePerformed(Fact, frozen=True, kw_only=True):
    """An operation, examination or other procedure in which `employee` took part.

    kind: which procedure. quantity: how many alike, 1 where nothing is said. role: surgeon, assistant,
    anaesthetist …; in the hospital's own words. attributes: further facets, such as its level of difficulty.
    credits: of all who took part, shares that total 100 %; absent, `employee` is told alone.
    Source: the operating schedule or hospital information system.
    """

    TYPE: ClassVar[str] = "procedure_performed"
    employee: EmployeeId
    kind: Label
    quantity: Count = stated(1)
    procedure: ProcedureId | None = None
    role: Label | None = None
    department: Label | None = None
    minutes: Minutes | None = None
    attributes: Attributes | None = None
    credits: Credits | None = None


class NursingRecorded(Fact, frozen=True, kw_only=True):
    """Nursing was given by `employee`: so many infusions or dressings, or so long.

    kind: which nursing. quantity: how many. minutes: how long.
    """

    TYPE: ClassVar[str] = "nursing_recorded"
    employee: EmployeeId
    kind: Label
    quantity: Count | None = None
    minutes: Minutes | None = None
    department: Label | None = None
    attributes: Attributes | None = None


class PatientRated(Fact, frozen=True, kw_only=True):
    """A patient, who is not named, said how content they are with `employee`.

    score: on the hospital's own scale. kind: about what.
    """

    TYPE: ClassVar[str] = "patient_rated"
    employee: EmployeeId
    score: Score
    kind: Label | None = None
    department: Label | None = None


class PaperPublished(Fact, frozen=True, kw_only=True):
    """A paper of `employee` came out.

    kind: the grade of the journal. score: points or impact factor. role: first author, corresponding author …
    """

    TYPE: ClassVar[str] = "paper_published"
    employee: EmployeeId
    kind: Label
    score: Score | None = None
    role: Label | None = None
    attributes: Attributes | None = None


class QualificationGraded(Fact, frozen=True, kw_only=True):
    """From the day on which it happened `employee` holds a professional grade.

    kind: the grade, such as associate chief physician; it stands until another one is recorded.
    """

    TYPE: ClassVar[str] = "qualification_graded"
    employee: EmployeeId
    kind: Label
