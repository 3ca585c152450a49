"""Writes the parts of the documentation that the code knows best: `make docs`.

Each page is a function from the code to text; a test fails when a page on disk differs.
"""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, get_args

import api
import domain
from api.asyncapi import asyncapi
from api.fact_schemas import schema_of
from api.pages import interface
from api.problems import kinds, status_of
from api.roles import MAY, MAY_RECORD, ROLES, Action
from docs.generate_client import client_modules
from docs.generate_commands import commands_page
from docs.generate_http import described_whole, http_page
from docs.generate_payroll import payroll_page
from docs.generate_plans import plans_page
from docs.generate_schema import plan_schema
from docs.generate_settings import environment_file, settings_page
from domain.facts.base import Fact
from domain.facts.registry import CREDITED, FACT_TYPES, SUBJECTS
from domain.refusals import Refusal

DOCS = Path(__file__).resolve().parent
NOTICE = "<!-- Made from the code by `make docs`; change the code, not this page. -->\n"

Json = dict[str, Any]


def facts_page() -> str:
    """Every type of fact: what it says, its fields, their limits."""
    parts = [
        NOTICE,
        "# Facts\n",
        "Every type that a ledger can hold, by subject; [`docs/facts/`](../facts/) has their JSON Schemas.",
        "A field in **bold** is required. Types marked ◆ are credited to the person they name, and plans",
        "can measure them.\n",
    ]
    for module in SUBJECTS:
        parts.append(f"## {module.__name__.rpartition('.')[2].capitalize()}\n")
        parts.append(f"{_claim(module)}\n")
        parts += [line for fact in _facts_in(module) for line in _fact_part(fact)]
    return "\n".join(parts)


def _facts_in(module: object) -> list[type[Fact]]:
    return [fact for fact in FACT_TYPES.values() if fact.__module__ == getattr(module, "__name__", "")]


def _fact_part(fact: type[Fact]) -> Iterator[str]:
    schema = schema_of(fact)
    yield f"### {fact.TYPE}{' ◆' if fact.TYPE in CREDITED else ''}\n"
    yield schema["description"].replace("\n\n", "\n").replace("\n", "<br>\n") + "\n"
    yield "| Field | Form | Meaning |"
    yield "|---|---|---|"
    for name, member in schema["properties"].items():
        required = name in schema["required"]
        form, meaning = _form(member, schema.get("$defs", {}))
        default = member.get("default")
        if not required and default is not None:
            form += f"; `{default}` when absent"
        yield f"| {f'**`{name}`**' if required else f'`{name}`'} | {form} | {meaning} |"
    yield ""


def _form(schema: Json, definitions: Json) -> tuple[str, str]:
    """How a value is written, and what it means."""
    if "anyOf" in schema:
        wanted = [option for option in schema["anyOf"] if option != {"type": "null"}]
        forms = [_form(option, definitions) for option in wanted]
        return " or ".join(form for form, _ in forms), next((meaning for _, meaning in forms if meaning), "")
    meaning = schema.get("description", "") + (" Personal." if schema.get("x-personal") else "")
    match schema:
        case {"enum": options}:
            return ", ".join(f"`{option}`" for option in options), meaning
        case {"$ref": str(reference)}:
            return f"object, see {reference.rpartition('/')[2]} in the schema", meaning
        case {"format": "date"}:
            return "day, `2025-03-31`", meaning
        case {"type": "integer"}:
            return _limits(schema), meaning
        case {"type": "array", "items": items}:
            return f"list of: {_form(items, definitions)[0]}", meaning
        case {"type": "object"}:
            return "object", meaning
        case _:
            return "text", meaning


def _limits(schema: Json) -> str:
    least = schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else schema.get("minimum")
    most = schema.get("maximum")
    if least is None and most is None:
        return "integer"
    return f"integer, {'…' if least is None else f'{least:,}'} to {'…' if most is None else f'{most:,}'}"


def _pass_client(package: str) -> None:
    """Raises what kept a package from being imported, unless it is the client."""
    if package != "api.client":
        raise


def known_refusals() -> list[type[Refusal]]:
    """Every kind of refusal of ours, by its name."""
    for package in (domain, api):  # a class is known once its module has been imported
        for module in walk_packages(package.__path__, f"{package.__name__}.", onerror=_pass_client):
            # The client is made here, and may still lack what its own modules ask of each other.
            if not module.name.endswith("__main__") and not module.name.startswith("api.client"):
                import_module(module.name)
    ours = [kind for kind in kinds() if kind.__module__.partition(".")[0] in ("domain", "api")]
    return sorted({kind for kind in ours if kind is not Refusal}, key=lambda kind: kind.kind)


def refusals_page() -> str:
    """Every reason for which the ledger says no."""
    return "\n".join(
        [
            NOTICE,
            "# Refusals\n",
            "A refusal is an answer: it stores nothing, names the field and says what to do. Over HTTP it",
            "is an `application/problem+json` whose `type` ends in the name below.\n",
            "| Name | HTTP | Meaning |",
            "|---|---|---|",
            *(f"| `{kind.kind}` | {status_of(kind)} | {_claim(kind)} |" for kind in known_refusals()),
            "",
        ]
    )


def roles_page() -> str:
    """Which role may do what, and write which facts."""
    actions = get_args(Action)
    may = [
        f"| `{role}` | {' | '.join('✓' if action in MAY[role] else '' for action in actions)} |"
        for role in ROLES
    ]
    writers = [role for role in ROLES if role in MAY_RECORD]
    records = [
        f"| `{tag}` | {' | '.join('✓' if tag in MAY_RECORD[role] else '' for role in writers)} |"
        for tag in FACT_TYPES
    ]
    return "\n".join(
        [
            NOTICE,
            "# Roles\n",
            "A token stands for one role, and reaches the people of its scope: `self`, its owner; `team`,",
            "whoever reports to its owner on the business day that is asked about, through others too;",
            "`branch`; `all`. If none is named it is `self` for an employee, `team` for a manager, `all` for",
            "the others. What is about everybody at once, such as a payroll run, takes `all`.\n",
            f"| Role | {' | '.join(action.replace('_', ' ') for action in actions)} |",
            "|---" * (len(actions) + 1) + "|",
            *may,
            "",
            "## Facts that a role may write\n",
            f"| Fact | {' | '.join(f'`{role}`' for role in writers)} |",
            "|---" * (len(writers) + 1) + "|",
            *records,
            "",
        ]
    )


def _claim(documented: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def pages() -> Mapping[Path, str]:
    """Every generated file, the modules of the Python client too, and its text."""
    schemas = {
        DOCS / "facts" / f"{tag}.json": json.dumps(schema_of(fact), ensure_ascii=False, indent=2) + "\n"
        for tag, fact in FACT_TYPES.items()
    }
    schemas[DOCS / "asyncapi.json"] = json.dumps(asyncapi(), ensure_ascii=False, indent=1) + "\n"
    schemas[DOCS / "plan.schema.json"] = json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"
    interface_file = interface.written_out(described_whole().openapi_schema.to_schema())
    return (
        schemas
        | client_modules()
        | {
            DOCS / "reference" / "commands.md": commands_page(NOTICE),
            DOCS / "reference" / "facts.md": facts_page(),
            DOCS / "reference" / "http.md": http_page(NOTICE),
            DOCS / "reference" / "payroll.md": payroll_page(NOTICE),
            DOCS / "reference" / "plans.md": plans_page(NOTICE),
            DOCS / "reference" / "refusals.md": refusals_page(),
            DOCS / "reference" / "roles.md": roles_page(),
            DOCS / "reference" / "settings.md": settings_page(NOTICE),
            DOCS.parent / "deploy" / "meritbook.env": environment_file(),
            interface.WRITTEN: interface_file.decode(),
        }
    )


def main() -> int:
    """Writes every page that differs."""
    for path, text in pages().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"written: {path.relative_to(DOCS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
