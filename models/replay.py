"""A decision of then, computed again now: from its stored features, by the version that made it.

Nothing but the score's own row and the registered version is needed: tables may have changed, the
contract may be another, the champion too. So an answer of years ago can still be shown to be what
the model said, and where it is not, why.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.compute as pc

from foundation.errors import NotFound
from foundation.plugins import installed_packages, told_packages
from foundation.spelling import well_formed
from foundation.texts import Language, text
from models.champion import code_version
from models.registry import Lost, Registry
from models.score import Score, Scorer
from tenancy.erasures import Erasure, erasure_of_score

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Verdict = Literal["same", "different", "erased", "model_gone", "model_changed"]
LOST: dict[Lost, Verdict] = {"gone": "model_gone", "changed": "model_changed"}
EQUAL = 1e-12
EQUAL_SHARES = 1e-9
"""Shares of features come from sums of single precision."""


@dataclass(frozen=True)
class Replayed:
    """What a replay found.

    Attributes
    ----------
    verdict
        ``same``; ``different``, with ``differences``; ``erased``, with the receipt; ``model_gone``
        or ``model_changed``: the version that decided is not there, or not as it was registered.
    then, now
        The decision as stored and as computed again: ``probability``, ``predicted_value``,
        ``risk_class``, ``class_probabilities``, ``reasons``.
    versions
        Of model, contract and code that decided.
    """

    score_id: str
    verdict: Verdict
    then: Mapping[str, Any]
    now: Mapping[str, Any]
    differences: tuple[str, ...] = ()
    versions: Mapping[str, str] | None = None
    erasure: Erasure | None = None

    def say(self, language: Language = "es") -> str:
        """Return the answer in words."""
        lines = [text(f"law.replay_{self.verdict}", language, score=self.score_id)]
        if self.erasure is not None:
            return "\n".join([*lines, self.erasure.say(language)])
        lines.append(text("law.replay_versions", language, **(self.versions or {})))
        for title, said in (("then", self.then), ("now", self.now)):
            if said:
                lines.append(f"{text(f'law.replay_{title}', language)}: {_told(said, language)}")
        if self.differences:
            names = ", ".join(self.differences)
            lines.append(text("law.replay_differences", language, names=names))
        if self.versions and self.versions["code"] != code_version():
            lines.append(text("law.replay_code", language, now=code_version()))
        then, now = (self.versions or {}).get("packages"), told_packages(installed_packages())
        if then not in (None, now):
            lines.append(text("law.replay_packages", language, then=then, now=now))
        return "\n".join(lines)


def replay(lake: "Lake", tenant: "Tenant", score_id: str) -> Replayed:
    """Compute a stored score again and compare.

    Raises
    ------
    NotFound
        The tenant has, and had, no stored score of this id.
    """
    score_id = well_formed(score_id)
    row = _stored(lake, tenant, score_id)
    if row is None:
        mark = lake.keys.of(tenant).mark("score", score_id)
        erasure = erasure_of_score(lake.store, tenant, mark)
        if erasure is None:
            raise NotFound("law.no_score", score=score_id)
        return Replayed(score_id, "erased", {}, {}, erasure=erasure)
    return replay_row(lake, tenant, score_id, row)


def replay_row(lake: "Lake", tenant: "Tenant", score_id: str, row: Mapping[str, Any]) -> Replayed:
    """Compute a score again from its row.

    Parameters
    ----------
    row
        As in ``gold.score``: what was said, the features seen, model and versions.
    """
    then, versions = _then(row), _versions(row)
    champion = Registry(lake.settings).exact(tenant.id, row["model"], row["model_version"])
    if isinstance(champion, str):
        return Replayed(score_id, LOST[champion], then, {}, versions=versions)
    versions["packages"] = told_packages(champion.provenance.packages)
    now = _now(Scorer(champion).score([json.loads(row["features_json"])])[0])
    different = tuple(name for name in then if not _equal(then[name], now[name]))
    return Replayed(score_id, "different" if different else "same", then, now, different, versions)


def _stored(lake: "Lake", tenant: "Tenant", score_id: str) -> dict[str, Any] | None:
    ref = lake.ref(tenant, "gold", "score")
    if not lake.exists(ref):
        return None
    rows = lake.arrow(ref, where=pc.field("score_id") == score_id).to_pylist()
    return rows[0] if rows else None


def _then(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "probability": row["probability"],
        "predicted_value": row["predicted_value"],
        "risk_class": row["risk_class"],
        "class_probabilities": dict(row["class_probabilities"] or ()),
        "reasons": [dict(reason) for reason in row["reasons"] or ()],
    }


def _now(score: Score) -> dict[str, Any]:
    return {
        "probability": score.probability,
        "predicted_value": score.predicted_value,
        "risk_class": score.risk_class,
        "class_probabilities": dict(score.class_probabilities),
        "reasons": [vars(reason) for reason in score.reasons],
    }


def _versions(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "model": row["model_name"],
        "version": row["model_version"],
        "contract": row["contract_version"],
        "code": row["code_version"],
    }


def _equal(one: object, other: object) -> bool:
    """Compare values as deep as they go; numbers within what arithmetic may differ by."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=EQUAL, abs_tol=EQUAL)
    if isinstance(one, dict) and isinstance(other, dict):
        shares = one.keys() == other.keys() and _near(one, other)
        rest = (name for name in one if name != "contribution")
        return shares and all(_equal(one[name], other[name]) for name in rest)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return one == other


def _near(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if "contribution" not in one:
        return True
    first, second = one["contribution"], other["contribution"]
    return math.isclose(first, second, rel_tol=EQUAL_SHARES, abs_tol=EQUAL_SHARES)


def _told(said: Mapping[str, Any], language: Language) -> str:
    reasons = "; ".join(reason[f"text_{language}"] for reason in said["reasons"])
    names = ("probability", "predicted_value", "risk_class")
    values = [f"{said[name]}" for name in names if said[name] is not None]
    return f"{' · '.join(values)} ({reasons})" if reasons else " · ".join(values)
