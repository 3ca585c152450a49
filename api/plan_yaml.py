"""Plan documents as YAML that people write on: fields in a known order, small things on one line."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from api.plan_text import syntax_problem, with_lines
from api.yaml_names import PlanLoader
from domain.plan.document import Plan
from domain.plan.parse import parse_plan
from domain.plan.problems import FaultyDocument, PlanInvalid
from domain.refusals import Malformed

WIDTH = 100
_FIRST = ("plan", "id", "kind", "clause", "title", "measure", "target", "value", "unit")
_NAMES = dict.fromkeys((*_FIRST, *Plan.__struct_fields__))
_ORDER = {name: place for place, name in enumerate(_NAMES)}


class _Dumper(yaml.SafeDumper):
    """Writes no aliases: each part of a plan stands where it counts."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _mapping(dumper: yaml.SafeDumper, value: Mapping[str, Any]) -> yaml.Node:
    ordered = sorted(value.items(), key=lambda held: _ORDER.get(held[0], len(_ORDER)))
    small = all(not isinstance(each, (Mapping, list)) for each in value.values())
    is_short = sum(len(str(name)) + len(str(each)) + 4 for name, each in value.items()) < WIDTH - 10
    return dumper.represent_mapping("tag:yaml.org,2002:map", ordered, flow_style=small and is_short)


def _list(dumper: yaml.SafeDumper, value: Sequence[Any]) -> yaml.Node:
    flow = all(not isinstance(each, (Mapping, list)) for each in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)


def written(document: Mapping[str, Any]) -> str:
    """`document` as text; read again, it is the same document."""
    return yaml.dump(dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)


def read_text(text: str, file: str = "plan", invalid: type[FaultyDocument] = PlanInvalid) -> Any:
    """The decoded YAML of `text`. file: where it comes from, as it is called.

    Raises: Malformed; `invalid` naming the line that is no YAML.
    """
    try:
        return yaml.load(text, Loader=PlanLoader)
    except RecursionError:
        raise Malformed(
            field=file, detail="It is not YAML: too many brackets within brackets.", remedy="Mend them."
        ) from None
    except yaml.YAMLError as error:
        raise invalid(file, [syntax_problem(error, text)]) from None


def checked(text: str, file: str = "plan") -> tuple[Plan, Any]:
    """The plan that `text` is, and its decoded YAML.

    Raises: Malformed; PlanInvalid with every fault and its line.
    """
    document = read_text(text, file)
    try:
        return parse_plan(document, file=file), document
    except PlanInvalid as invalid:
        raise PlanInvalid(file, with_lines(invalid.problems, text)) from None
