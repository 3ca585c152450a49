"""A practice and who decides, for tests that want something of everything."""

from book import Book

from domain.facts.practices import DecisionMakerRecorded, PracticeShared
from domain.facts.selling import StageReached


def share_practices(book: Book, title: str) -> None:
    """E1 shares how to bring C1 to the next stage, and knows who decides there."""
    book.tell(PracticeShared(practice="p", employee="E1", title=title, text="How.", stage="needs"))
    decides = {"role": "head", "name": title}
    book.tell(DecisionMakerRecorded(employee="E1", customer="C1", step="equipment_review", **decides))
    book.tell(StageReached(employee="E1", customer="C1", kind="contact"))
