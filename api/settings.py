"""What the environment says, read once by the composition root."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import msgspec
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

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


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each field is the variable MERITBOOK_ and its name in capitals.

    home: the data directory; tokens and, unless `database_url` is set, the database live there.
    database_url: a PostgreSQL server of your own. owner_url: the same as its owner, for `migrate` only.
    master_key, master_key_file: wraps the keys of personal data, or the file with it; else in the home.
    drop: a folder with one for each connector, whose files are brought in.
    quarantine_days: for so long are refused records kept.
    ledger: the schema. fact_bytes, batch_bytes, batch_facts: the most that one request may carry.
    head_bytes, head_seconds: the most that its address and headers may have, and how long they may take.
    wait_seconds: how long a reader who asks for a position waits for the read models to reach it.
    seal: whether the service signs checkpoints. seal_key: its private key, which is in the home if absent;
    seal_key_next: the one that is to follow. witness_url, witness_key: who cosigns checkpoints.
    oidc_issuer, oidc_audience: whose JWTs let people in, and for whom they must be meant. oidc_claims: which
    claims say what, as `role=groups`. oidc_roles: which role what they say stands for, as `pay-team=payroll`.
    webhook_hosts: hosts and networks of the firm's own to which webhooks may go, without TLS too.
    oidc_client_id, oidc_client_secret: as whom the pages sign people in at the issuer; no secret for a public
    client. oidc_title: what the pages call the issuer.
    public_url: where browsers find the service, if not at its own address: behind a proxy that brings TLS.
    session_idle_minutes, session_hours: how long a session lasts unused, and at all. second_factor_roles: who
    needs a second factor to sign in with an account. closing_persons: how many it takes to close a month.
    token_requests_per_second, session_requests_per_second: of one caller. refused_requests_per_second,
    sign_ins_per_minute: of one address. proxies: addresses whose X-Forwarded-For is believed.
    """

    home: Path
    database_url: str | None = None
    owner_url: str | None = None
    ledger: str = "main"
    master_key: str | None = None
    master_key_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    log: Literal["json", "console"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    fact_bytes: int = MIB // 4
    batch_bytes: int = 16 * MIB
    batch_facts: int = 50_000
    head_bytes: int = 32 * 1024
    head_seconds: int = 10
    wait_seconds: int = 5
    drop: Path | None = None
    quarantine_days: int = 90
    seal: Literal["on", "off"] = "on"
    seal_key: str | None = None
    seal_key_next: str | None = None
    witness_url: str | None = None
    witness_key: str | None = None
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_claims: str = ""
    oidc_roles: str = ""
    oidc_leeway_seconds: int = 30
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_title: str = ""
    webhook_hosts: str = ""
    public_url: str | None = None
    session_idle_minutes: int = 30
    session_hours: int = 12
    closing_persons: int = 2
    token_requests_per_second: int = 20_000
    session_requests_per_second: int = 100
    refused_requests_per_second: int = 50
    sign_ins_per_minute: int = 30
    proxies: str = "127.0.0.1 ::1"
    second_factor_roles: str = "payroll administrator hr_head hr auditor"

    def __repr__(self) -> str:
        """Without the addresses, which may hold a password."""
        return f"Settings(home={str(self.home)!r}, ledger={self.ledger!r})"


_BOUNDS = {
    "port": (0, 65_535),
    "fact_bytes": (1024, 16 * MIB),
    "batch_bytes": (1024, 256 * MIB),
    "batch_facts": (1, 1_000_000),
    "head_bytes": (4096, MIB),
    "head_seconds": (1, 300),
    "wait_seconds": (0, 60),
    "quarantine_days": (1, 3_660),
    "oidc_leeway_seconds": (0, 300),
    "session_idle_minutes": (1, 1_440),
    "session_hours": (1, 168),
    "closing_persons": (1, 2),
    "token_requests_per_second": (1, 1_000_000),
    "session_requests_per_second": (1, 1_000_000),
    "refused_requests_per_second": (1, 1_000_000),
    "sign_ins_per_minute": (1, 60_000),
}
_WITH_TLS_OR_HERE = r"(https://[^/?#\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)"
_SECRET = {"database_url", "owner_url"}


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
        raise SettingRefused(
            _variable(field), f"{message}.{shown}", "Set another value or unset it."
        ) from None
    _check(settings)
    return settings


def _field(variable: str) -> str:
    field = variable.removeprefix(PREFIX).lower()
    if field in Settings.__struct_fields__:
        return field
    close = get_close_matches(field, Settings.__struct_fields__, n=1)
    known = ", ".join(_variable(name) for name in Settings.__struct_fields__)
    remedy = f"Did you mean {_variable(close[0])}?" if close else f"Settings are {known}."
    raise SettingRefused(variable, "There is no such setting.", remedy)


def _variable(field: str) -> str:
    return PREFIX + field.upper()


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
    for field, (lowest, highest) in _BOUNDS.items():
        value = getattr(settings, field)
        if not lowest <= value <= highest:
            raise SettingRefused(
                _variable(field), f"{value} is out of bounds.", f"Set it to {lowest} … {highest}."
            )
    from api.roles import ROLES

    schema = settings.ledger
    if not (schema.isascii() and schema.isidentifier() and schema == schema.lower() and len(schema) <= 48):
        raise SettingRefused(
            _variable("ledger"),
            f"{schema!r} cannot name a ledger.",
            "Use up to 48 small letters, digits and underscores, a letter first.",
        )
    for field in _SECRET:
        url = getattr(settings, field)
        if url is not None and not _is_address(url):
            raise SettingRefused(
                _variable(field),
                "It is not the address of a PostgreSQL server.",
                "Write it as postgresql://user:password@host:5432/database.",
            )
    _check_seal(settings)
    _check_issuer(settings)
    _check_webhook_hosts(settings.webhook_hosts)
    if settings.public_url and not re.match(rf"{_WITH_TLS_OR_HERE}/?\Z", settings.public_url):
        raise SettingRefused(
            _variable("public_url"),
            "It is not where browsers find a service.",
            "Write it as https://meritbook.firm.example; without TLS only on this machine.",
        )
    if unknown := set(settings.second_factor_roles.split()) - set(ROLES):
        raise SettingRefused(
            _variable("second_factor_roles"),
            f"{min(unknown)!r} is not a role.",
            f"Name any of {', '.join(ROLES)}, with spaces between.",
        )
    if settings.owner_url and not settings.database_url:
        raise SettingRefused(
            _variable("owner_url"),
            "It is set, but MERITBOOK_DATABASE_URL is not.",
            "Set both, or neither for the embedded database.",
        )
    if settings.master_key and settings.master_key_file:
        raise SettingRefused(
            _variable("master_key"), "MERITBOOK_MASTER_KEY_FILE is set as well.", "Set one of them."
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
            raise SettingRefused(_variable(field), "It is not a key.", f"Set it to {form}.") from None
    if (settings.witness_url is None) != (settings.witness_key is None):
        raise SettingRefused(
            _variable("witness_url"),
            "A witness has an address and a key.",
            "Set MERITBOOK_WITNESS_KEY too, or neither.",
        )
    if settings.witness_url and not re.match(r"https?://[^/?#]+(/[^?#]*)?\Z", settings.witness_url):
        raise SettingRefused(
            _variable("witness_url"),
            "It is not an address.",
            "Write it as https://witness.example/meritbook.",
        )


def _check_issuer(settings: Settings) -> None:
    if (settings.oidc_issuer is None) != (settings.oidc_audience is None):
        raise SettingRefused(
            _variable("oidc_issuer"),
            "An issuer has an address, and its tokens an audience.",
            "Set MERITBOOK_OIDC_AUDIENCE too, or neither.",
        )
    if settings.oidc_client_id and settings.oidc_issuer is None:
        raise SettingRefused(
            _variable("oidc_client_id"), "It is a client of no issuer.", "Set MERITBOOK_OIDC_ISSUER too."
        )
    address = settings.oidc_issuer or "https://none"
    if not re.match(rf"{_WITH_TLS_OR_HERE}(/[^?#\s]*)?\Z", address):
        raise SettingRefused(
            _variable("oidc_issuer"),
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
            _variable("webhook_hosts"),
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
            _variable(field),
            f"{wrong!r} cannot be read.",
            f"Write NAME=VALUE with spaces between; each names the {form}.",
        )


def pairs(text: str) -> dict[str, str]:
    """The names and values of a setting such as `leads=manager pay-team=payroll`."""
    return dict(each.split("=", 1) for each in text.split() if "=" in each)
