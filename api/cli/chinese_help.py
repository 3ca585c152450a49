"""`--help` in Chinese: what each command says of itself, and the words around it.

`web/help.yaml` has the Chinese of every help text by its English; only a help page reads it.
"""

import inspect
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import typer
import yaml

AROUND: Mapping[str, str] = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}
"""What typer writes around the words of commands, by its name there."""

USAGE, EXAMPLE, HELP = "用法：", "示例：", "显示本说明并退出。"
_PLACES = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}


@cache
def words() -> Mapping[str, str]:
    """The Chinese of each help text, by its English."""
    return yaml.load(files("api").joinpath("web", "help.yaml").read_text("utf-8"), yaml.CSafeLoader)


class _Formatter(typer.Context.formatter_class):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or USAGE)


class _Context(typer.Context):
    formatter_class = _Formatter

    def get_help(self) -> str:
        from typer import rich_utils

        for name, said in AROUND.items():
            setattr(rich_utils, name, said)
        _translate(self.command, self)
        return super().get_help()


def in_chinese(command: Any) -> Any:
    """The same command, whose help and that of all commands below it is in Chinese."""
    command.context_class = _Context
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)
    return command


def _translate(command: Any, context: typer.Context) -> None:
    """Puts the words of a command, and those of the commands that it lists, into Chinese."""
    for each in (command, *getattr(command, "commands", {}).values()):
        each.help = _said(each.help)
        each.short_help = _said(each.short_help)
    for parameter in command.params:
        parameter.help = _said(getattr(parameter, "help", None))
    for place in ("options_metavar", "subcommand_metavar"):
        written = getattr(command, place, None)
        if written in _PLACES:
            setattr(command, place, _PLACES[written])
    if command.epilog:
        command.epilog = command.epilog.replace("Example: ", EXAMPLE)
    option = command.get_help_option(context)
    if option is not None:
        option.help = HELP


def _said(english: str | None) -> str | None:
    return None if english is None else words().get(inspect.cleandoc(english), english)
