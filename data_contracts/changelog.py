"""The change log of a vertical's contract, made from its versions: newest first."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from data_contracts.contract import Contract
from data_contracts.evolution import Change, compare
from data_contracts.loader import contract_in
from data_contracts.migration import Migration, Step, path_between
from data_contracts.place import Node, Place
from data_contracts.versions import LEVELS, parse_version
from foundation.texts import Language, text


def contract_of_document(document: Mapping[str, Any]) -> Contract:
    """Return the contract that a stored document declares."""
    return contract_in(cast(Node, dict(document)), Place(Path(str(document["name"]))))


def changelog(
    documents: Sequence[Mapping[str, Any]], command: str, language: Language = "es"
) -> str:
    """Return the change log as Markdown.

    Parameters
    ----------
    documents
        The versions' resolved documents, in any order; at least one.
    command
        What makes it, told at its top.
    """
    contracts = sorted(map(contract_of_document, documents), key=_number)
    title = text("contract_plans.changelog_title", language, vertical=contracts[-1].vertical)
    intro = text("contract_plans.changelog_intro", language, command=command)
    parts = [f"# {title}", intro]
    for old, new in reversed(list(pairwise(contracts))):
        parts += [f"## {new.version}", *_section(old, new, language)]
    first = contracts[0]
    words = first.description if language == "en" else ""
    parts += [f"## {first.version}", text("contract_plans.changelog_first", language), words]
    return "\n\n".join(part for part in parts if part) + "\n"


def _number(contract: Contract) -> tuple[int, int, int]:
    version = parse_version(contract.version)
    return version.major, version.minor, version.patch


def _section(old: Contract, new: Contract, language: Language) -> list[str]:
    changes = compare(old, new)
    path = path_between(new.migrations, parse_version(old.version), parse_version(new.version))
    if not changes:
        return [text("contract_plans.plan_same", language)]
    sections = []
    for level in reversed(LEVELS):
        lines = [_line(change, path, language) for change in changes if change.level == level]
        if lines:
            sections += [
                f"### {text(f'contract_changes.level_{level}', language)}",
                "\n".join(lines),
            ]
    return sections


def _line(change: Change, path: Sequence[Migration], language: Language) -> str:
    step = answer_of(change, path)
    told = f" ({say_step(step, language)})" if step else ""
    return f"- {change.say(language)}{told}"


def answer_of(change: Change, path: Sequence[Migration]) -> Step | None:
    """Return the step of a path that answers a breaking change, where there is one."""
    steps = (step for migration in path for step in migration.steps)
    return next((step for step in steps if change.level == "major" and step.answers(change)), None)


def say_step(step: Step, language: Language) -> str:
    """Return a step in words."""
    return text(
        f"contract_plans.step_{step.kind}",
        language,
        to=step.to,
        count=len(step.values),
        reason=step.reason.get(language, ""),
    )
