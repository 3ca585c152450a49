"""A firm whose assistants serve sellers: the plan by which they are judged, and how its facts are told."""

import datetime as dt
from collections.abc import Iterable
from uuid import uuid4

from book import NOW, SHANGHAI, Book

from domain.facts.activity import ActivityRecorded
from domain.facts.assisting import ContractReturned, ContractUploaded
from domain.facts.base import Fact
from domain.facts.people import AssistantAssigned
from domain.facts.selling import ComplaintReceived, DealClosed, SatisfactionScored
from domain.journal.record import draft

MEASURES = """
population: {post: [assistant]}
measures:
  classified: {sum: activity_recorded, of: quantity, where: {kind: classification}}
  classified_well:
    {sum: activity_recorded, of: quantity, where: {kind: classification, attributes.right: "yes"}}
  accuracy: {ratio: classified_well / classified}
  minutes: {sum: activity_recorded, of: minutes}
  effective_minutes: {sum: activity_recorded, of: minutes, where: {attributes.effective: "yes"}}
  effective: {ratio: effective_minutes / minutes, title: {en: Effective work, zh: 有效工作占比}}
  uploaded: {distinct: contract_uploaded, of: contract, credited: assisted}
  returned: {distinct: contract_returned, of: contract, where: {kind: legal}, credited: assisted}
  contract_errors: {ratio: returned / uploaded, title: {en: Contract errors, zh: 合同差错率}}
  follow_ups: {sum: activity_recorded, of: quantity, where: {kind: follow-up}, credited: assisted}
  in_time:
    sum: activity_recorded
    of: quantity
    where: {kind: follow-up, attributes.timely: "yes"}
    credited: assisted
  timely: {ratio: in_time / follow_ups, title: {en: Timely follow-up, zh: 及时跟进率}}
  satisfaction: {average: satisfaction_scored, of: score, credited: assisted,
                 title: {en: Satisfaction, zh: 满意度}}
  sold: {count: deal_closed, credited: assisted}
  complained: {count: complaint_received, credited: assisted}
  complaints: {ratio: complained / sold, title: {en: Complaints, zh: 投诉率}}
"""
PLAN = (
    MEASURES
    + """
curriculum: [{id: contracts_course, title: Contracts}]
competence:
  months: 1
  modules:
    - id: classification
      title: {en: Classification, zh: 分类}
      indicators:
        - {id: accuracy, measure: accuracy, at_least: 90 %}
        - {id: effective, measure: effective, at_least: 75 %}
        - {id: volume, measure: classified, at_least: 10}
    - id: contracts
      title: {en: Contracts, zh: 合同}
      course: contracts_course
      indicators:
        - {id: first_review, measure: contract_errors, at_most: 1 %}
        - {id: number, measure: uploaded, at_least: 1}
        - {id: minutes, measure: minutes, at_least: 1}
    - id: service
      title: {en: Service, zh: 服务}
      indicators:
        - {id: timely, measure: timely, at_least: 95 %}
        - {id: satisfaction, measure: satisfaction, at_least: 9}
        - {id: complaints, measure: complaints, at_most: 30 %}
alerts:
  - id: below
    title: {en: Below the bar, zh: 能力未达标}
    when: [{signal: competence, less_than: 80 %}]
    every: month
    suggests: [{en: A course, zh: 培训课程}, {en: Other work, zh: 调整岗位}]
pairing:
  months: 1
  sellers: [key seller]
  indicators:
    - {id: timely, measure: timely, at_least: 95 %}
    - {id: satisfaction, measure: satisfaction, at_least: 9}
    - {id: errors, measure: contract_errors, at_most: 2 %}
    - {id: complaints, measure: complaints, at_most: 10 %}
  high_synergy: [{measure: timely, at_least: 95 %}, {measure: satisfaction, at_least: 9}]
  to_change: [{measure: contract_errors, at_least: 5 %}, {measure: complaints, at_least: 30 %}]
leads:
  within_hours: 24
  advice:
    - {id: all, title: {en: Every lead, zh: 所有线索}, does: [{en: Call back, zh: 回电}]}
    - id: large
      title: {en: Large hospitals, zh: 大型医院}
      amount_from: 500000
      industries: [hospital]
      decided_by: [president]
      deciders_from: 3
      within_hours: 4
      does: [{en: Visit with the seller, zh: 与销售一同拜访}, {en: Prepare the file, zh: 准备设备资料}]
    - {id: small, title: {en: Small orders, zh: 小额订单}, amount_until: 500000,
       does: [{en: Send the price list, zh: 发送报价单}]}
"""
)


def firm(book: Book, sellers: Iterable[str] = ("S1",), assistants: Iterable[str] = ("A1",)) -> None:
    """Assistants and sellers of one branch, and the plan."""
    book.adopt(PLAN, plan="assisting")
    for seller in sellers:
        book.hire(seller, post="key seller")
    for assistant in assistants:
        book.hire(assistant, post="assistant")


def pair(book: Book, assistant: str | None, seller: str, since: dt.date) -> int:
    """An assistant serves a seller from a day on."""
    return book.tell(AssistantAssigned(employee=seller, assistant=assistant, effective_on=since), since)


def work(book: Book, employee: str, on: dt.date, times: int, kind: str, **attributes: str) -> None:
    """Something is done so many times, a minute each."""
    if times:
        facets = {"quantity": times, "minutes": times, "attributes": attributes}
        book.tell(ActivityRecorded(employee=employee, kind=kind, **facets), on)


def followed(book: Book, seller: str, on: dt.date, timely: int, of: int) -> None:
    """So many follow-ups for a seller, some of them in time."""
    work(book, seller, on, timely, "follow-up", timely="yes")
    work(book, seller, on, of - timely, "follow-up", timely="no")


def contracts(book: Book, seller: str, on: dt.date, errors: int, of: int) -> None:
    """So many contracts of a seller, some of which come back from the first review."""
    names = [f"{seller}-{on}-{number}" for number in range(of)]
    told: list[Fact] = [ContractUploaded(employee=seller, contract=name) for name in names]
    told += [
        ContractReturned(employee=seller, contract=name, kind="legal", reason="wrong name")
        for name in names[:errors]
    ]
    together(book, told, on)


def together(book: Book, told: Iterable[Fact], on: dt.date) -> None:
    """Facts of one day, in one go."""
    at = dt.datetime.combine(on, dt.time(9), SHANGHAI)
    drafts = [draft(fact, source="office", key=uuid4().hex, occurred_at=at, actor="test") for fact in told]
    book.journal.append(drafts, now=NOW)


def sold(book: Book, seller: str, on: dt.date, deals: int, complaints: int, satisfaction: str) -> None:
    """Deals, complaints about some of them, and how content clients are."""
    deal = {"employee": seller, "customer": "C1", "amount_minor": 100, "currency": "CNY"}
    told: list[Fact] = [DealClosed(deal=f"{seller}-{on}-{number}", **deal) for number in range(deals)]
    told += [ComplaintReceived(employee=seller, customer="C1") for _ in range(complaints)]
    told.append(SatisfactionScored(employee=seller, customer="C1", score=satisfaction))
    together(book, told, on)
