"""What the environment says, read once by the composition root."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, get_type_hints

import msgspec
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from api.lists import FACTS
from domain.journal.note import NoteRefused, parse_key
from domain.journal.signing import parse_secret

PREFIX = "MERITBOOK_"
_FOREIGN = (PREFIX + "TEST_", PREFIX + "BENCH_")
"""Variables that tests and measurements read for themselves."""

MIB = 1024 * 1024


class SettingRefused(Exception):
    """A variable of the environment cannot be used; the message names it and says how to mend it."""

    def __init__(self, variable: str, detail: str, remedy: str) -> None:
        super().__init__(f"{variable}: {detail} {remedy}")
        self.variable = variable
        self.remedy = remedy


def _whole(lowest: int, highest: int, meaning: str) -> msgspec.Meta:
    return msgspec.Meta(ge=lowest, le=highest, description=meaning)


def _text(meaning: str) -> msgspec.Meta:
    return msgspec.Meta(description=meaning)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each field is the variable MERITBOOK_ and its name in capitals; its bounds are its type's."""

    home: Annotated[Path, _text("The data directory: keys, logs, and the database where none is named.")]
    database_url: Annotated[str | None, _text("A PostgreSQL server of your own, as the service's role.")] = (
        None
    )
    owner_url: Annotated[str | None, _text("The same as the owner of the tables, for `migrate` only.")] = None
    pooler_url: Annotated[
        str | None, _text("The same database behind PgBouncer, for answers and appends.")
    ] = None
    ledger: Annotated[str, _text("The schema that holds the ledger.")] = "main"
    master_key: Annotated[str | None, _text("Wraps the keys of personal data; else it is in the home.")] = (
        None
    )
    master_key_file: Annotated[Path | None, _text("The file with that key, if not in the home.")] = None
    host: Annotated[str, _text("The address that the service listens on.")] = "127.0.0.1"
    port: Annotated[int, _whole(0, 65_535, "The port; 0 takes a free one and says which.")] = 8000
    public_url: Annotated[str | None, _text("Where browsers find the service behind a proxy with TLS.")] = (
        None
    )
    proxies: Annotated[str, _text("Addresses whose X-Forwarded-For is believed.")] = "127.0.0.1 ::1"
    log: Annotated[Literal["json", "console"], _text("How events are written to standard error.")] = "console"
    lang: Annotated[
        Literal["en", "zh"], _text("The language of what commands print; zh where LANG says so.")
    ] = "en"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _text("The least that is logged.")] = (
        "info"
    )
    fact_bytes: Annotated[int, _whole(1024, 16 * MIB, "The most that one fact may carry.")] = MIB // 4
    batch_bytes: Annotated[int, _whole(1024, 256 * MIB, "The most that one request may carry.")] = 16 * MIB
    batch_facts: Annotated[int, _whole(1, 1_000_000, "The most facts of one request.")] = FACTS
    head_bytes: Annotated[int, _whole(4096, MIB, "The most that address and headers may have.")] = 32 * 1024
    head_seconds: Annotated[int, _whole(1, 300, "How long address and headers may take.")] = 10
    body_seconds: Annotated[int, _whole(1, 3_600, "How long the body may take after them.")] = 60
    question_seconds: Annotated[int, _whole(1, 3_600, "How long the database may take over a question.")] = (
        120
    )
    requests_at_once: Annotated[
        int, _whole(8, 100_000, "The most connections and requests of everybody, streams among them.")
    ] = 12_288
    wait_seconds: Annotated[int, _whole(0, 60, "How long a reader waits for a position to be counted.")] = 5
    token_requests_per_second: Annotated[int, _whole(1, 1_000_000, "The most that one token may ask.")] = (
        20_000
    )
    session_requests_per_second: Annotated[
        int, _whole(1, 1_000_000, "The most that one session may ask.")
    ] = 100
    token_requests_at_once: Annotated[
        int, _whole(1, 100_000, "The most requests of one token's name under way.")
    ] = 256
    session_requests_at_once: Annotated[
        int, _whole(1, 100_000, "The most requests of one person's sessions under way.")
    ] = 32
    token_streams_at_once: Annotated[
        int, _whole(1, 100_000, "The most streams that one token's name follows.")
    ] = 8_192
    session_streams_at_once: Annotated[
        int, _whole(1, 100_000, "The most streams that one person's sessions follow.")
    ] = 16
    refused_requests_per_second: Annotated[
        int, _whole(1, 1_000_000, "The most that one address may ask without being let in.")
    ] = 50
    sign_ins_per_minute: Annotated[int, _whole(1, 60_000, "The most attempts of one address.")] = 30
    seal: Annotated[Literal["on", "off"], _text("Whether the service signs checkpoints.")] = "on"
    seal_key: Annotated[str | None, _text("The private key that signs; else it is in the home.")] = None
    seal_key_next: Annotated[str | None, _text("The one that is to follow it.")] = None
    witness_url: Annotated[str | None, _text("Who cosigns checkpoints.")] = None
    witness_key: Annotated[str | None, _text("The verifier key of that witness.")] = None
    scheduler_plain: Annotated[
        Literal["on", "off"], _text("Whether --scheduler may name another machine without TLS.")
    ] = "off"
    closing_persons: Annotated[int, _whole(1, 2, "How many persons it takes to close a month.")] = 2
    second_factor_roles: Annotated[
        str, _text("Roles that need a second factor to sign in with an account.")
    ] = "payroll administrator hr_head hr auditor"
    session_idle_minutes: Annotated[int, _whole(1, 1_440, "How long a session lasts unused.")] = 30
    session_hours: Annotated[int, _whole(1, 168, "How long a session lasts at all.")] = 12
    oidc_issuer: Annotated[str | None, _text("The issuer whose JWTs let people in.")] = None
    oidc_audience: Annotated[str | None, _text("For whom its tokens must be meant.")] = None
    oidc_claims: Annotated[str, _text("Which claims say what, as `role=groups`.")] = ""
    oidc_roles: Annotated[str, _text("Which role what they say stands for, as `pay-team=payroll`.")] = ""
    oidc_leeway_seconds: Annotated[int, _whole(0, 300, "How far its clock may be from ours.")] = 30
    oidc_client_id: Annotated[str | None, _text("As whom the pages sign people in at the issuer.")] = None
    oidc_client_secret: Annotated[str | None, _text("Its secret; none for a public client.")] = None
    oidc_title: Annotated[str, _text("What the pages call the issuer.")] = ""
    otel_url: Annotated[
        str | None, _text("Where spans are sent by OTLP over HTTP, such as http://127.0.0.1:4318.")
    ] = None
    otel_percent: Annotated[int, _whole(0, 100, "Of traces that begin here, how many are recorded.")] = 100
    webhook_hosts: Annotated[
        str, _text("Hosts and networks of the firm's own for webhooks, without TLS too.")
    ] = ""
    drop: Annotated[
        Path | None, _text("A folder with one for each connector, whose files are brought in.")
    ] = None
    quarantine_days: Annotated[int, _whole(1, 3_660, "For so long are refused records kept.")] = 90

    @property
    def has_tls(self) -> bool:
        """Whether browsers find the service over TLS."""
        return (self.public_url or "").startswith("https://")

    def __repr__(self) -> str:
        """Without the addresses, which may hold a password."""
        return f"Settings(home={str(self.home)!r}, ledger={self.ledger!r})"


_WITH_TLS_OR_HERE = r"(https://[^/?#\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)"
_SECRET = {"database_url", "owner_url", "pooler_url"}


def read_settings(environment: Mapping[str, str], default_home: Path) -> Settings:
    """The settings in `environment`.

    Raises: SettingRefused naming the variable and the remedy.
    """
    given: dict[str, str] = {}
    for variable, text in environment.items():
        if variable.startswith(PREFIX) and not variable.startswith(_FOREIGN) and text != "":
            given[_field(variable)] = text
    given.setdefault("home", str(default_home))
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        field = place.rstrip("`")
        shown = "" if field in _SECRET or "secret" in field else f" It is {given.get(field)!r}."
        bounds = bounds_of(field)
        remedy = f"Set it to {bounds[0]} … {bounds[1]}." if bounds else "Set another value or unset it."
        raise SettingRefused(variable_of(field), f"{message}.{shown}", remedy) from None
    _check(settings)
    return settings


def _field(variable: str) -> str:
    field = variable.removeprefix(PREFIX).lower()
    if field in Settings.__struct_fields__:
        return field
    close = get_close_matches(field, Settings.__struct_fields__, n=1)
    known = ", ".join(variable_of(name) for name in Settings.__struct_fields__)
    remedy = f"Did you mean {variable_of(close[0])}?" if close else f"Settings are {known}."
    raise SettingRefused(variable, "There is no such setting.", remedy)


def variable_of(field: str) -> str:
    """What sets it."""
    return PREFIX + field.upper()


def meta_of(field: str) -> msgspec.Meta:
    """What is said about it."""
    return get_type_hints(Settings, include_extras=True)[field].__metadata__[0]


def bounds_of(field: str) -> tuple[int, int] | None:
    """The lowest and the highest that it may be; None for what is no number."""
    meta = meta_of(field)
    return None if meta.ge is None or meta.le is None else (int(meta.ge), int(meta.le))


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser().absolute()
    raise TypeError(f"no setting is a {kind.__name__}")


def _is_address(text: str) -> bool:
    try:
        return bool(conninfo_to_dict(text))
    except ProgrammingError:
        return False


def _check(settings: Settings) -> None:
    from api.roles import ROLES

    schema = settings.ledger
    if not (schema.isascii() and schema.isidentifier() and schema == schema.lower() and len(schema) <= 48):
        raise SettingRefused(
            variable_of("ledger"),
            f"{schema!r} cannot name a ledger.",
            "Use up to 48 small letters, digits and underscores, a letter first.",
        )
    for field in _SECRET:
        url = getattr(settings, field)
        if url is not None and not _is_address(url):
            raise SettingRefused(
                variable_of(field),
                "It is not the address of a PostgreSQL server.",
                "Write it as postgresql://user:password@host:5432/database.",
            )
    _check_seal(settings)
    _check_issuer(settings)
    _check_webhook_hosts(settings.webhook_hosts)
    if settings.public_url and not re.match(rf"{_WITH_TLS_OR_HERE}/?\Z", settings.public_url):
        raise SettingRefused(
            variable_of("public_url"),
            "It is not where browsers find a service.",
            "Write it as https://meritbook.firm.example; without TLS only on this machine.",
        )
    if unknown := set(settings.second_factor_roles.split()) - set(ROLES):
        raise SettingRefused(
            variable_of("second_factor_roles"),
            f"{min(unknown)!r} is not a role.",
            f"Name any of {', '.join(ROLES)}, with spaces between.",
        )
    for field in ("owner_url", "pooler_url"):
        if getattr(settings, field) and not settings.database_url:
            raise SettingRefused(
                variable_of(field),
                "It is set, but MERITBOOK_DATABASE_URL is not.",
                "Set both, or neither for the embedded database.",
            )
    if settings.master_key and settings.master_key_file:
        raise SettingRefused(
            variable_of("master_key"), "MERITBOOK_MASTER_KEY_FILE is set as well.", "Set one of them."
        )


def _check_seal(settings: Settings) -> None:
    for field, parse, form in (
        ("seal_key", parse_secret, "the private key that meritbook seal new-key printed"),
        ("seal_key_next", parse_secret, "the private key that meritbook seal new-key printed"),
        ("witness_key", parse_key, "the verifier key of the witness"),
    ):
        try:
            if text := getattr(settings, field):
                parse(text)
        except NoteRefused:
            raise SettingRefused(variable_of(field), "It is not a key.", f"Set it to {form}.") from None
    if (settings.witness_url is None) != (settings.witness_key is None):
        raise SettingRefused(
            variable_of("witness_url"),
            "A witness has an address and a key.",
            "Set MERITBOOK_WITNESS_KEY too, or neither.",
        )
    if settings.witness_url and not re.match(r"https?://[^/?#]+(/[^?#]*)?\Z", settings.witness_url):
        raise SettingRefused(
            variable_of("witness_url"),
            "It is not an address.",
            "Write it as https://witness.example/meritbook.",
        )


def _check_issuer(settings: Settings) -> None:
    if (settings.oidc_issuer is None) != (settings.oidc_audience is None):
        raise SettingRefused(
            variable_of("oidc_issuer"),
            "An issuer has an address, and its tokens an audience.",
            "Set MERITBOOK_OIDC_AUDIENCE too, or neither.",
        )
    if settings.oidc_client_id and settings.oidc_issuer is None:
        raise SettingRefused(
            variable_of("oidc_client_id"), "It is a client of no issuer.", "Set MERITBOOK_OIDC_ISSUER too."
        )
    address = settings.oidc_issuer or "https://none"
    if not re.match(rf"{_WITH_TLS_OR_HERE}(/[^?#\s]*)?\Z", address):
        raise SettingRefused(
            variable_of("oidc_issuer"),
            "It is not the address of an issuer.",
            "Write it exactly as the issuer calls itself, such as https://login.example/realms/firm.",
        )
    for field, known in (("oidc_claims", ("role", "employee", "scope", "branches")), ("oidc_roles", None)):
        _check_pairs(field, getattr(settings, field), known)


def _check_webhook_hosts(text: str) -> None:
    from api.webhooks.guard import guard_of

    try:
        guard_of(text)
    except ValueError as wrong:
        raise SettingRefused(
            variable_of("webhook_hosts"),
            f"{str(wrong)!r} is neither a host nor a network.",
            "Write names and networks with spaces between: hooks.firm.lan 10.2.0.0/16.",
        ) from None


def _check_pairs(field: str, text: str, known: tuple[str, ...] | None) -> None:
    """Checks that `text` is a list of pairs; of `known` names, or else with roles for values."""
    from api.roles import ROLES

    wrong = "" if all("=" in each for each in text.split()) else text
    for name, value in pairs(text).items() if not wrong else ():
        if not value or (name not in known if known is not None else value not in ROLES):
            wrong = f"{name}={value}"
    if wrong:
        form = "claim for one of " + ", ".join(known) if known else "role"
        raise SettingRefused(
            variable_of(field),
            f"{wrong!r} cannot be read.",
            f"Write NAME=VALUE with spaces between; each names the {form}.",
        )


def pairs(text: str) -> dict[str, str]:
    """The names and values of a setting such as `leads=manager pay-team=payroll`."""
    return dict(each.split("=", 1) for each in text.split() if "=" in each)
