"""A model with all that a score must name: its words, its versions."""

import json
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.spec import FeatureSpec
from foundation.plugins import GROUPS, installed_packages, plugins
from models.risk import RiskBand, to_json
from models.risk import from_json as bands_from_json

if TYPE_CHECKING:
    from models.pipeline import RecordPipeline

ROOMS = ("features", "models")


@dataclass(frozen=True)
class Provenance:
    """What a model was made of.

    Attributes
    ----------
    table_versions
        Gold table → version that was learned from.
    code_version
        See ``code_version``.
    trained_at
        UTC, ISO 8601.
    packages
        Installed package that adds to the catalogues → its version.
    """

    contract_version: str
    table_versions: dict[str, int]
    code_version: str
    trained_at: str
    packages: dict[str, str] = field(default_factory=installed_packages)


@dataclass(frozen=True)
class Champion:
    """A registered version of a model, loaded.

    Attributes
    ----------
    name
        ``abcall.<tenant>.<model>``.
    features
        What it takes, with their words, in order.
    bands
        Where its classes of risk begin; empty for tasks other than yes or no.
    file_bytes
        Size of the model's file: about what it takes in memory.
    """

    name: str
    version: str
    pipeline: "RecordPipeline"
    features: tuple[FeatureSpec, ...]
    provenance: Provenance
    bands: tuple[RiskBand, ...] = ()
    run_id: str = ""
    estimator: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    file_bytes: int = 0


def to_metadata(
    features: tuple[FeatureSpec, ...], provenance: Provenance, bands: tuple[RiskBand, ...]
) -> dict[str, str]:
    """Return what goes into MLflow's model metadata."""
    return {
        "features": json.dumps([feature.to_json() for feature in features]),
        "risk_bands": to_json(bands),
        "contract_version": provenance.contract_version,
        "table_versions": json.dumps(provenance.table_versions, sort_keys=True),
        "code_version": provenance.code_version,
        "trained_at": provenance.trained_at,
        "packages": json.dumps(provenance.packages, sort_keys=True),
    }


def from_metadata(
    metadata: dict[str, Any],
) -> tuple[tuple[FeatureSpec, ...], Provenance, tuple[RiskBand, ...]]:
    """Return features, provenance and classes of risk as ``to_metadata`` stored them."""
    features = tuple(FeatureSpec.from_json(one) for one in json.loads(metadata["features"]))
    provenance = Provenance(
        contract_version=metadata["contract_version"],
        table_versions=json.loads(metadata["table_versions"]),
        code_version=metadata["code_version"],
        trained_at=metadata["trained_at"],
        packages=json.loads(metadata.get("packages", "{}")),
    )
    return features, provenance, bands_from_json(metadata["risk_bands"])


@cache
def code_version() -> str:
    """Return the distribution's version and a digest of the code that features and models run.

    The digest tells apart two states of a work tree, which the version alone does not; installed
    packages that add to the catalogues count with their versions.
    """
    root = Path(__file__).resolve().parent.parent
    digest = sha256()
    for file in sorted(file for room in ROOMS for file in (root / room).glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for plugin in (one for group in GROUPS for one in plugins(group)):
        digest.update(f"{plugin.package} {plugin.version}".encode())
    return f"{version('abcall')}+{digest.hexdigest()[:12]}"
