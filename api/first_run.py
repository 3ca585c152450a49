"""The opening of a new ledger in a browser: nothing else is served until it is open.

Whoever has the one-time code, which the service prints where it is started, says whose ledger it is and makes
the first accounts. The code is kept nowhere but in the memory of that process, counts for this ledger as long
as it is not open, and is another one at each start; so nobody on the network takes a fresh service over.
"""

import datetime as dt
import hmac
import threading
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.accounts.account import hashed, require_name
from api.accounts.changing import Changing, new_code
from api.accounts.passwords import require_good
from api.ops import Ledger, open_book
from domain.money import CURRENCIES
from domain.refusals import BadField, NotAllowed, NotNow

ACTOR = "set-up"
"""Who has opened the ledger and made its first accounts, as the trail says."""


class Founding(NamedTuple):
    """What is said of a new firm. owner: name of the first account, an administrator's. head: of that of the
    head of HR, if one is to be made.
    """

    name: str
    zone: str
    currency: str
    owner: str
    password: str
    head: str = ""


class WrongSetUpCode(NotAllowed):
    """This is not the code that the service printed when it was started."""


class OpenAlready(NotNow):
    """The ledger was opened meanwhile."""


class FirstRun:
    """The one way into a ledger that is not open. code: what lets somebody open it."""

    def __init__(self, ledger: Ledger) -> None:
        self.code = new_code()
        self.ledger = ledger
        self._hash = hashed(self.code)
        self._one_at_a_time = threading.Lock()

    def require(self, code: str) -> None:
        """Checks the code that somebody gives, spaces and small letters forgiven.

        Raises: WrongSetUpCode.
        """
        given = hashed("".join(code.split()).upper())
        if not hmac.compare_digest(given, self._hash):
            raise WrongSetUpCode(
                field="code",
                detail="This is not the code of this service.",
                remedy="Take the one that it printed when it was started last.",
            )

    def open(self, founding: Founding, code: str, now: dt.datetime) -> str:
        """Opens the ledger and makes the first accounts; the one-time code of the head of HR, if one is made.

        Everything is checked before anything is written. Raises: WrongSetUpCode, BadField, PasswordTooWeak,
        OpenAlready.
        """
        self.require(code)
        _require_sound(founding)
        with self._one_at_a_time:
            if self.ledger.intake.opened() is not None:
                raise OpenAlready(field="", detail="The ledger is open already.", remedy="Sign in.")
            name, zone, currency = founding.name, founding.zone, founding.currency
            open_book(self.ledger, name=name, zone=zone, currency=currency, actor=ACTOR)
            with self.ledger.pool.connection() as connection, connection.cursor() as cursor:
                changing = Changing(cursor, self.ledger.intake, ACTOR, now)
                changing.make(founding.owner, "administrator", None, None, (), founding.password)
                if not founding.head:
                    return ""
                return changing.make(founding.head, "hr_head", None, None, (), None) or ""


def _require_sound(founding: Founding) -> None:
    """Checks what a form says.

    Raises: BadField, PasswordTooWeak.
    """
    if not 0 < len(founding.name) <= 200 or not founding.name.isprintable():
        raise BadField(
            field="name", detail="The firm has no usable name.", remedy="Give one of up to 200 letters."
        )
    try:
        ZoneInfo(founding.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadField(
            field="zone",
            detail=f"{founding.zone[:40]!r} is not a time zone.",
            remedy="Use an IANA name such as Asia/Shanghai.",
        ) from None
    if founding.currency not in CURRENCIES:
        raise BadField(
            field="currency",
            detail=f"{founding.currency[:10]!r} is no currency.",
            remedy="Use an ISO 4217 code such as CNY.",
        )
    require_name(founding.owner)
    require_good(founding.password, founding.owner)
    if founding.head:
        require_name(founding.head)
    if founding.head == founding.owner:
        raise BadField(
            field="head",
            detail="One account cannot be both.",
            remedy="Give another name: some things take two persons.",
        )
