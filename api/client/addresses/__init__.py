"""Every address of the service, by subject.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from ..wire import Wire
from .administering import AdministeringAddresses
from .assistants import AssistantsAddresses
from .audit import AuditAddresses
from .boards import BoardsAddresses
from .changes import ChangesAddresses
from .connectors import ConnectorsAddresses
from .credentials import CredentialsAddresses
from .facts import FactsAddresses
from .insight import InsightAddresses
from .pay import PayAddresses
from .payroll import PayrollAddresses
from .people import PeopleAddresses
from .plans import PlansAddresses
from .practices import PracticesAddresses
from .problems import ProblemsAddresses
from .seal import SealAddresses
from .selling import SellingAddresses
from .session import SessionAddresses
from .shifts import ShiftsAddresses
from .stream import StreamAddresses
from .training import TrainingAddresses
from .webhooks import WebhooksAddresses


class Addresses:
    """Every address of the service, by subject."""

    def __init__(self, wire: Wire) -> None:
        self.administering = AdministeringAddresses(wire)
        self.assistants = AssistantsAddresses(wire)
        self.audit = AuditAddresses(wire)
        self.boards = BoardsAddresses(wire)
        self.changes = ChangesAddresses(wire)
        self.connectors = ConnectorsAddresses(wire)
        self.credentials = CredentialsAddresses(wire)
        self.facts = FactsAddresses(wire)
        self.insight = InsightAddresses(wire)
        self.pay = PayAddresses(wire)
        self.payroll = PayrollAddresses(wire)
        self.people = PeopleAddresses(wire)
        self.plans = PlansAddresses(wire)
        self.practices = PracticesAddresses(wire)
        self.problems = ProblemsAddresses(wire)
        self.seal = SealAddresses(wire)
        self.selling = SellingAddresses(wire)
        self.session = SessionAddresses(wire)
        self.shifts = ShiftsAddresses(wire)
        self.stream = StreamAddresses(wire)
        self.training = TrainingAddresses(wire)
        self.webhooks = WebhooksAddresses(wire)
