"""The example firms: whose ledger each is, what it pays by, and what arrives in which month."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from api.demo_data import exports
from api.demo_data.hospital import exports as hospital
from api.demo_data.hospital.people import DIRECTOR, HR_HEAD
from api.demo_data.sheets import Delivery
from domain.period import Period

FirmId = Literal["huikang", "hospital"]


class Firm(NamedTuple):
    """An example firm. folder: of its mappings and, in the home, of its files.

    ledger: where it stands; None for the one that the settings name. plans: adopted before all else, by
    `adopts`, with the approval of `approves`. connectors: of the examples, by name. banks: of the examples'
    question banks, published by `adopts`. last_closed: its last closed month. last: source and key of a fact
    of the last delivery: where it stands, all is loaded.
    """

    name: str
    folder: FirmId
    ledger: str | None
    plans: tuple[str, ...]
    adopts: str
    approves: str
    deliveries: Callable[[], Iterator[Delivery]]
    months: int
    last_closed: Period
    last: tuple[str, str]
    connectors: tuple[tuple[str, str], ...] = ()
    banks: tuple[str, ...] = ()


HUIKANG = Firm(
    name="惠康骨科",
    folder="huikang",
    ledger=None,
    plans=("huikang-seller.yaml", "huikang-newcomer.yaml"),
    adopts="HK005",
    approves="HK001",
    deliveries=exports.deliveries,
    months=12,
    last_closed=Period.parse("2025-11"),
    last=("huikang/oa-confirmations", "QR2512-049-X#teamwork"),
    connectors=(("crm", "yunke-crm.yaml"),),
    banks=("implant-basics.yaml",),
)
HOSPITAL = Firm(
    name="澜江市中心医院",
    folder="hospital",
    ledger="hospital",
    plans=(
        "hospital-nurse.yaml",
        "hospital-nurse-established.yaml",
        "hospital-nurse-agency.yaml",
        "hospital-surgeon.yaml",
        "hospital-assistant.yaml",
    ),
    adopts=HR_HEAD,
    approves=DIRECTOR,
    deliveries=hospital.deliveries,
    months=3,
    last_closed=Period.parse("2025-10"),
    last=("lanjiang/qc-confirmations", hospital.LAST_CONFIRMED),
)
FIRMS: dict[str, Firm] = {firm.folder: firm for firm in (HUIKANG, HOSPITAL)}
