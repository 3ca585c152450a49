"""What handlers ask for by name, and is always the same."""

from litestar.di import Provide


def given(**things: object) -> dict[str, Provide]:
    """Each of `things` as the framework provides it to handlers that name it."""

    def always(thing: object) -> Provide:
        return Provide(lambda: thing, sync_to_thread=False)

    return {name: always(thing) for name, thing in things.items()}
