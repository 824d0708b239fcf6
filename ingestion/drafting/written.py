"""A document as YAML that a person reads and edits: short things on one line, long ones below."""

from typing import Any

import yaml

from data_contracts.place import Node

WIDTH = 92


class _Dumper(yaml.SafeDumper):
    """Writes a list or mapping on one line where it fits."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        """Return a mapping's node, in flow style where the line is short."""
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _fits(mapping)
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        """Return a list's node, in flow style where the line is short."""
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _fits(sequence)
        return node

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return data is not None or super().ignore_aliases(data)


def _fits(value: object) -> bool:
    return len(str(value)) <= WIDTH and not (isinstance(value, dict) and "logicalType" in value)


def written(document: Node, comment: str) -> str:
    """Return a document as YAML under a comment of one line."""
    body = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return f"# {comment}\n{body}"
