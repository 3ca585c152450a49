"""YAML in which no name stands twice: the library would silently keep the last."""

from typing import Any

import yaml


class UniqueNames:
    """Goes before a loader of the library, and refuses a mapping that says the same name again."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of `node`.

        Raises: yaml.constructor.ConstructorError with the place of the second.
        """
        told: set[str] = set()
        for name, _ in node.value:
            if not isinstance(name, yaml.ScalarNode):
                continue  # the library says what is wrong with a list or mapping as a name
            if name.value in told:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{name.value!r} stands twice", name.start_mark
                )
            told.add(name.value)
        return super().construct_mapping(node, deep)  # type: ignore[misc]


class TextLoader(UniqueNames, yaml.BaseLoader):
    """Every scalar is text, so that NO is not false."""


class PlanLoader(UniqueNames, yaml.CSafeLoader):
    """Numbers, days and truth values are what YAML says; what looks like a day and is none stays a text."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """The day or instant of `node`, or its text."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


PlanLoader.add_constructor("tag:yaml.org,2002:timestamp", PlanLoader.construct_yaml_timestamp)
