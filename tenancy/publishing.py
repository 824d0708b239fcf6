"""Which version of a vertical's contract holds here: recorded at first use, compared ever after.

A file whose number does not fit its changes is refused, and so is a breaking one that has not been
published: older uploads must first be brought under it (``abcall contract publish``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from data_contracts.changelog import contract_of_document
from data_contracts.evolution import Change, compare, gravest
from data_contracts.versions import allows, following, parse_version, step_between
from foundation.errors import InvalidContract, OperatorError
from foundation.texts import LANGUAGES, Language
from tenancy.actor import system_actor
from tenancy.contract_versions import (
    Published,
    content_hash,
    newest_hash,
    published_versions,
    record_version,
)
from tenancy.store import Store

CONTRACTS = system_actor("contracts")


def settle(store: Store, document: Mapping[str, Any], sha256: str) -> None:
    """Let a resolved contract hold: the first one, or one that breaks nothing of what held.

    Parameters
    ----------
    sha256
        The document's ``content_hash``.

    Raises
    ------
    OperatorError
        It is older than what was published, its number does not fit its changes, or it breaks
        something and was not published.
    """
    vertical, version = str(document["name"]), str(document["version"])
    newest = newest_hash(store, vertical)
    if newest == (version, sha256):
        return
    if newest is None:
        record_version(store, CONTRACTS, document)
        return
    if parse_version(newest[0]) > parse_version(version):
        details = {"vertical": vertical, "version": version, "published": newest[0]}
        raise OperatorError("contract_plans.older", **details)
    held = published_versions(store, vertical)[0]
    changes = changes_since(held, document)
    require_number(held.version, version, changes, vertical)
    if gravest(changes) == "major":
        details = {"vertical": vertical, "version": version, "published": held.version}
        raise OperatorError("contract_plans.unpublished", **details)
    record_version(store, CONTRACTS, document)


def require_next(store: Store, document: Mapping[str, Any]) -> None:
    """Raise ``InvalidContract`` where a resolved contract could not follow the one that holds."""
    held = next(iter(published_versions(store, str(document["name"]))), None)
    version = str(document["version"])
    if held is None or (held.version, held.sha256) == (version, content_hash(document)):
        return
    require_number(held.version, version, changes_since(held, document), held.vertical)


def changes_since(held: Published, document: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what changed from a published version to a resolved contract."""
    return compare(contract_of_document(held.document), contract_of_document(document))


def require_number(held: str, version: str, changes: Sequence[Change], vertical: str) -> None:
    """Raise ``InvalidContract`` where a number does not say what changed; it names one that does.

    Words alone are a patch, so the same number with other content never passes.
    """
    old, new = parse_version(held), parse_version(version)
    needed = gravest(changes)
    if allows(step_between(old, new), needed):
        return
    raise InvalidContract(
        "contract_plans.number",
        vertical=vertical,
        version=version,
        held=held,
        needed=str(following(old, needed)),
        changes={one: listed_changes(changes, one) for one in LANGUAGES},
    )


def listed_changes(changes: Sequence[Change], language: Language, most: int = 12) -> str:
    """Return the gravest changes as lines."""
    lines = [f"- {change.say(language)}" for change in changes[:most]]
    more = [f"- … +{len(changes) - most}"] if len(changes) > most else []
    return "\n".join([*lines, *more])
