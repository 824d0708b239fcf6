"""A document as YAML that a person reads and edits: short things on one line, long ones below."""

import yaml

from data_contracts.place import Node

WIDTH = 92
LINE = 100


class _Dumper(yaml.SafeDumper):
    """Writes every value out: the same words in two places are no alias."""

    def ignore_aliases(self, _: object) -> bool:
        """Say that nothing is an alias."""
        return True


def _mapping(dumper: yaml.SafeDumper, value: dict[object, object]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), _fits(value))


def _sequence(dumper: yaml.SafeDumper, value: list[object]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, _fits(value))


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)


def _fits(value: object) -> bool:
    """Say whether a list or mapping fits a line; a column has lines of its own."""
    return len(str(value)) <= WIDTH and not (isinstance(value, dict) and "logicalType" in value)


def written(document: Node, comment: str) -> str:
    """Return a document as YAML under a comment of one line."""
    body = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=LINE)
    return f"# {comment}\n{body}"
