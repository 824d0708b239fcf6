"""A tenant's models of texts, intent and urgency: from its incidents to a registered version.

What is told of a version was measured on persons that its twin had not seen (``text_judge``); the
version itself learns from all of them.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract
from features.catalogue import features
from features.text_set import SAID, TEXT_MODELS, TextSet, labelled_texts, taken
from features.text_signals import signals
from foundation.clock import utc_now
from foundation.errors import NotEnoughData
from models.champion import Provenance, code_version
from models.evaluate import Interval, with_ends
from models.registry import Alias, Registry
from models.text_judge import judge, not_worse
from models.text_model import TextModel
from models.train import promoting

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

ORDERED = "urgency"
"""The model whose classes are levels, in the order in which the contract lists them."""
FEWEST_TEXTS = 50
FEWEST_PERSONS = 10
"""A class that fewer persons wrote about is not learned: its n-grams would tell who they are."""
MOST_TEXTS = 3000
"""The newest that are learned from: more took longer and, from there on, taught little."""


@dataclass(frozen=True)
class TextsTrained:
    """What a training made.

    Attributes
    ----------
    metrics
        On persons it had not seen: ``accuracy``; ``above_guessing``, the same less that of always
        saying the commonest class; ``answered``, the share that is not "I don't know"; and
        ``accuracy_answered``, the accuracy among those.
    classes
        How many texts each class was learned from.
    too_few
        Classes of too few persons, and of how many.
    signals
        Features of the text that it takes beside the words; none where they add nothing.
    """

    model: str
    version: str
    alias: Alias
    run_id: str
    rows: int
    classes: dict[str, int]
    too_few: dict[str, int]
    metrics: dict[str, Interval]
    trained_at: datetime
    left_out: int = 0
    signals: tuple[str, ...] = ()


def train_texts(
    lake: "Lake", tenant: "Tenant", name: str, contract: Contract | None = None
) -> TextsTrained:
    """Train, log and register; promote what is not worse than the champion.

    Parameters
    ----------
    name
        One of ``TEXT_MODELS``.

    Raises
    ------
    NotEnoughData
        Too few incidents with words and the column (the sentence says how many it takes), or what
        they say does not tell it: the twin was not surely better than guessing.
    Busy
        Another training of this model did not end its comparison in time.
    """
    contract = contract or lake.contract_of(tenant)
    column = contract.table("incidents").column(TEXT_MODELS[name])
    found = labelled_texts(lake, tenant, contract, column.name, MOST_TEXTS)
    too_few = _too_few(found)
    texts = taken(found, np.flatnonzero(~np.isin(found.labels, sorted(too_few))))
    levels = column.allowed if name == ORDERED else None
    new = partial(TextModel, levels, signals=signals(contract))
    judged = judge(new(), texts) if _is_enough(texts) else None
    if judged is None:
        raise NotEnoughData(
            f"models.too_few_{name}", needed=FEWEST_TEXTS, persons=FEWEST_PERSONS,
            found=len(texts.texts),
        )  # fmt: skip
    made = TextsTrained(
        model=name, version="", alias="challenger", run_id="", rows=len(texts.texts),
        classes=dict(Counter(texts.labels.tolist())), too_few=too_few, metrics=judged.metrics(),
        trained_at=utc_now(), left_out=texts.left_out,
    )  # fmt: skip
    if made.metrics["above_guessing"].low <= 0:
        _write_quality(lake, tenant, replace(made, run_id=_vain(contract, name, found.version)))
        raise NotEnoughData(f"models.tells_nothing_{name}")
    model = new().fit(texts.records, texts.labels, texts.persons).as_sure_as(judged.model)
    made = replace(made, signals=model.taken)
    with promoting(lake, tenant, name):
        made = _register(lake, tenant, contract, (model, texts, judged.table()), made)
    _write_quality(lake, tenant, made)
    return made


def train_missing_texts(
    lake: "Lake", tenant: "Tenant", name: str, contract: Contract
) -> TextsTrained:
    """Train as ``train_texts``, but not again what these incidents were seen not to tell."""
    version = lake.version(lake.ref(tenant, "gold", "incident"))
    vain = f"quality-{_vain(contract, name, version)}"
    if lake.writer.find_commit(lake.ref(tenant, "gold", "model_quality"), vain):
        raise NotEnoughData(f"models.tells_nothing_{name}")
    return train_texts(lake, tenant, name, contract)


def _vain(contract: Contract, name: str, version: int) -> str:
    """Return the name of a training that found nothing in a version of the incidents."""
    return f"{name}-of-{version}-{contract.version}"


def _is_enough(texts: TextSet) -> bool:
    return len(texts.texts) >= FEWEST_TEXTS and len(np.unique(texts.labels)) > 1


def _too_few(texts: TextSet) -> dict[str, int]:
    """Return the classes that too few persons wrote about, and how many did."""
    pairs = set(zip(texts.labels.tolist(), texts.persons.tolist(), strict=True))
    persons = Counter(label for label, _ in pairs)
    return {label: count for label, count in persons.items() if count < FEWEST_PERSONS}


def _register(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    learned: tuple[TextModel, TextSet, pa.Table],
    made: TextsTrained,
) -> TextsTrained:
    from models.artifact import Entry
    from models.compatible import is_compatible
    from models.example import synthetic_records

    model, texts, table = learned
    registry = Registry(lake.settings)
    champion = registry.find(tenant.id, made.model)
    specs = tuple(features()[name].spec(contract) for name in (SAID, *made.signals))
    versions = {"incident": texts.version}
    registered = registry.log(
        Entry(
            tenant_id=tenant.id,
            model=made.model,
            pipeline=model,
            features=specs,
            provenance=Provenance(
                contract.version, versions, code_version(), made.trained_at.isoformat()
            ),
            parameters=_card(made),
            metrics=with_ends(made.metrics),
            example=synthetic_records(texts.records, {one.name: one.type for one in specs}),
            out_of_fold=table,
        )
    )
    alias: Alias = "champion"
    if champion is not None and is_compatible(champion, contract, made.model):
        judged = registry.out_of_fold(tenant.id, champion.run_id)
        alias = "champion" if not_worse(table, judged) else "challenger"
    registry.set_alias(registered, alias)
    return replace(made, version=registered.version, alias=alias, run_id=registered.run_id)


def _card(made: TextsTrained) -> dict[str, str]:
    """Return what the version's card says beside its figures."""
    return {
        "estimator": "text_networks",
        "task": "multiclass",
        "rows": str(made.rows),
        "classes": str(len(made.classes)),
        "classes_left_out": str(len(made.too_few)),
        "signals": ", ".join(made.signals) or "-",
        "split": "group",
        "persons_left_out": str(made.left_out),
    }


def _write_quality(lake: "Lake", tenant: "Tenant", made: TextsTrained) -> None:
    from models.score_table import write_quality

    same: dict[str, object] = {
        "run_id": made.run_id,
        "model": made.model,
        "trained_at": made.trained_at,
        "rows": made.rows,
        "positives": 0,
        "model_version": made.version,
        "estimator": "text_networks",
        "note": made.alias,
    }
    write_quality(lake, tenant, made.metrics, same)
