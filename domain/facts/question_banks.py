"""Facts about tests: a question bank is published, a test is drawn from it, and answered."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import (
    BankId,
    Digest,
    EmployeeId,
    Fact,
    InstantText,
    Name,
    Position,
    Score,
    TestId,
)

Answers = Annotated[dict[Name, Annotated[list[Name], Meta(max_length=20)]], Meta(max_length=200)]
"""The choices that were made, by question; a question that is left out was not answered."""


class QuestionBankPublished(Fact, frozen=True, kw_only=True):
    """Tests of `module` are drawn from this version of a bank from now on; what was drawn before stays.

    document: the whole bank as JSON, right answers and all. document_hash: SHA-256 of its canonical JSON.
    """

    TYPE: ClassVar[str] = "question_bank_published"
    bank: BankId
    module: Name
    document: dict[str, object]
    document_hash: Digest


class TestDrawn(Fact, frozen=True, kw_only=True):
    """A person begins a test: these questions, in this order, out of the version at `published_at`.

    attempt: 1 for the first test of the module. seed: from which, with the rest, the questions follow.
    due_at: answers that come later do not count; absent where the bank sets no time.
    """

    __test__: ClassVar[bool] = False
    TYPE: ClassVar[str] = "test_drawn"
    employee: EmployeeId
    test: TestId
    bank: BankId
    module: Name
    published_at: Position
    document_hash: Digest
    attempt: Annotated[int, Meta(ge=1, le=1000)]
    seed: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="128 bits in hexadecimal.")]
    questions: Annotated[list[Name], Meta(min_length=1, max_length=200)]
    due_at: InstantText | None = None


class TestAnswered(Fact, frozen=True, kw_only=True):
    """A person hands in a test, and with it the module is tested.

    published_at: the version that it was drawn from. right: how many questions. score: out of 100, cut after
    six decimals.
    """

    __test__: ClassVar[bool] = False
    TYPE: ClassVar[str] = "test_answered"
    employee: EmployeeId
    test: TestId
    module: Name
    published_at: Position
    answers: Answers
    right: Annotated[int, Meta(ge=0, le=200)]
    score: Score
