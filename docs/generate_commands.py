"""The page about the command line, from the commands themselves."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from api.cli import app

INTRODUCTION = """# Command line

Results go to standard output, progress and messages to standard error. Exit status: 0 done, 1 refused or
failed, 2 wrongly called. `--json` prints the result for programs. Settings come from the
[environment](../../README.md#settings).
"""


def commands() -> Mapping[str, Any]:
    """Every command by what is typed: `meritbook plan check` …"""
    return dict(_below(typer.main.get_command(app), "meritbook"))


def _below(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for part, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _below(command, f"{name} {part}")
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield f"{name} {part}", command


def commands_page(notice: str) -> str:
    """Every command: what it does, its arguments and options, an example."""
    lines = [notice, INTRODUCTION]
    for name, command in sorted(commands().items()):
        arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        typed = " ".join(_argument(parameter) for parameter in arguments)
        lines += [f"## {name} {typed}".rstrip() + "\n", f"{inspect.cleandoc(command.help or '')}\n"]
        lines += [
            f"- `{_said(parameter)}`: {parameter.help}" for parameter in command.params if parameter.help
        ]
        if command.epilog:
            lines += ["", f"Example: `{command.epilog.removeprefix('Example: ')}`"]
        lines.append("")
    return "\n".join(lines)


def _argument(parameter: Any) -> str:
    name = f"{parameter.metavar or parameter.name.upper()}{'…' if parameter.nargs == -1 else ''}"
    return name if parameter.required else f"[{name}]"


def _said(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _argument(parameter)
    name = max(parameter.opts, key=len)
    return name if parameter.is_flag else f"{name} {parameter.name.upper()}"
