"""The reference of settings, and the file of them that a server begins with."""

import textwrap
from pathlib import Path
from typing import get_args

import msgspec

from api.settings import Settings, bounds_of, meta_of, variable_of


def settings_page(notice: str) -> str:
    """Every variable of the environment: what it means, its bounds and its default."""
    return "\n".join(
        [
            notice,
            "# Settings\n",
            "Read from the environment when a command starts; a misspelt one is refused, and so is a value",
            "out of bounds. [`deploy/meritbook.env`](../../deploy/meritbook.env) has them all, for a server.",
            "中文见 [README](../../README.zh-CN.md)。\n",
            "| Variable | Default | Form | Meaning |",
            "|---|---|---|---|",
            *(
                f"| `{variable_of(field.name)}` | {_default(field)} | {_form(field)} | {meaning(field)} |"
                for field in msgspec.structs.fields(Settings)
            ),
            "",
        ]
    )


def environment_file() -> str:
    """The same as a file of the environment, in which nothing is set."""
    parts = ["# Settings of Meritbook: take the # away from what is to differ. Made by `make docs`."]
    for field in msgspec.structs.fields(Settings):
        known = field.default is not msgspec.NODEFAULT and field.default not in (None, "")
        parts.append(
            "\n".join(["", *textwrap.wrap(meaning(field), 100, initial_indent="# ", subsequent_indent="# ")])
        )
        parts.append(f"#{variable_of(field.name)}={field.default if known else ''}")
    return "\n".join(parts) + "\n"


def meaning(field: msgspec.structs.FieldInfo) -> str:
    """What is said about a setting."""
    return meta_of(field.name).description or ""


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT:
        return "the platform's user data directory"
    return "none" if field.default in (None, "") else f"`{field.default}`"


def _form(field: msgspec.structs.FieldInfo) -> str:
    if bounds := bounds_of(field.name):
        return f"{bounds[0]:,} … {bounds[1]:,}"
    kind = get_args(field.type)[0] if hasattr(field.type, "__metadata__") else field.type
    options = get_args(kind)
    if options and all(isinstance(option, str) for option in options):
        return ", ".join(f"`{option}`" for option in options)
    return "path" if Path in (kind, *options) else "text"
