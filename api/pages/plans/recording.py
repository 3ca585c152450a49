"""Facts about plans that a form says, written in the name of whoever is signed in."""

import msgspec
from litestar.datastructures import FormMultiDict

from api.facts import within_rights
from api.intake import Stored, Submission
from api.ops import SOURCE, now
from api.own_facts import new_key, record
from api.pages.page import Page
from api.pages.submitted import text_of
from domain.facts.base import Fact


async def recorded(page: Page, form: FormMultiDict, fact: Fact) -> Stored:
    """Records `fact` once for each form that was shown, and waits until it is counted.

    Raises: NotAllowed; the Refusal of a rule.
    """
    caller = page.caller
    submission = Submission(
        type=fact.TYPE,
        source=f"employee/{caller.employee}" if caller.employee else SOURCE,
        key=f"{fact.TYPE.replace('_', '-')}/{text_of(form, 'key') or new_key()}",
        occurred_at=now(),
        data={name: value for name, value in msgspec.to_builtins(fact).items() if value is not None},
    )
    return await record(page.request, page.writing, page.reading, within_rights(submission, caller))
