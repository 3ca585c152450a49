"""A question bank for tests: forty questions on four topics, of which `a` is right."""

from typing import Any

from book import Book

from domain.facts.question_banks import QuestionBankPublished, TestAnswered, TestDrawn
from domain.learning.bank import Bank, read_bank
from domain.learning.drawing import Lot, drawn
from domain.plan.parse import document_hash

TOPICS = ("materials", "sizes", "handling", "rules")


def bank_document(**changes: Any) -> dict[str, Any]:
    """The bank as decoded YAML: 20 of its 40 questions a test, 40 minutes, topics weak below 70."""
    written: dict[str, Any] = {
        "bank": "implants",
        "title": "Implants",
        "module": "basics",
        "draws": 20,
        "minutes": 40,
        "remedial_score": 70,
        "topics": [
            {"id": name, "title": name, "course": {"id": f"{name}_again", "title": f"{name} again"}}
            for name in TOPICS
        ],
        "questions": [
            {
                "id": f"{name}{number}",
                "topic": name,
                "text": f"{name} {number}?",
                "choices": {"a": "Yes", "b": "No", "c": "Never"},
                "right": ["a"],
            }
            for name in TOPICS
            for number in range(10)
        ],
    }
    return written | changes


def bank(**changes: Any) -> Bank:
    """The bank itself."""
    return read_bank(bank_document(**changes))


def published(**changes: Any) -> QuestionBankPublished:
    """The fact that it is in use."""
    written = bank_document(**changes)
    return QuestionBankPublished(
        bank=written["bank"],
        module=written["module"],
        document=written,
        document_hash=document_hash(written),
    )


TAKEN: dict[str, str] = {"employee": "E1", "test": "T1", "module": "basics"}


def begin_test(book: Book) -> None:
    """A question bank, and a test of two of its questions."""
    bank = published(draws=2)
    at, digest = book.tell(bank), bank.document_hash
    asked = drawn(read_bank(bank.document), Lot(digest, "E1", 1, "1" * 32))
    book.tell(
        TestDrawn(
            bank=bank.bank,
            published_at=at,
            document_hash=digest,
            attempt=1,
            seed="1" * 32,
            questions=asked,
            **TAKEN,
        )
    )


def hand_in_test(book: Book) -> None:
    """Its answers, none of them right."""
    bank_at = next(each.position for each in book.journal.read() if each.type == "question_bank_published")
    book.tell(TestAnswered(published_at=bank_at, answers={}, right=0, score="0", **TAKEN))
