"""A tenant's classifier of photos: from its labelled photos to a registered version."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from features.consent import left_out
from foundation.clock import utc_now
from foundation.errors import InvalidUpload, NotEnoughData, UserError
from models.champion import Provenance, code_version
from models.photo_model import FEATURE, MODEL, PhotoModel, record_of
from models.registry import Registry
from models.train import promoting

if TYPE_CHECKING:
    from ingestion.extractors.images.judging import Card
    from ingestion.extractors.images.training import Seen, Trained
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

NOT_A_METRIC = ("counts", "recalls", "chosen")
EXAMPLE_SIDE = 64


@dataclass(frozen=True)
class Example:
    """A labelled photo.

    Attributes
    ----------
    name
        By which whoever gave the label knows it.
    read
        Returns its content, when it is needed: all of them together fill a memory.
    person
        Token of whose it is, where somebody knows.
    """

    name: str
    label: str
    read: Callable[[], bytes]
    person: str | None = None


@dataclass(frozen=True)
class PhotosTrained:
    """What a training made; ``left_out``: photos of persons who refuse to be learned from."""

    card: "Card"
    threshold: float
    version: str = ""
    left_out: int = 0


def train_photos(lake: "Lake", tenant: "Tenant", examples: Sequence[Example]) -> PhotosTrained:
    """Learn, log and register; what earns its place speaks from now on.

    Raises
    ------
    NotEnoughData
        Fewer than two labels, a label with too few different photos, or photos that do not tell
        their labels: on photos it had not seen it was not surely better than the commonest label.
    InvalidUpload
        A photo cannot be opened; the sentence names it.
    """
    from ingestion.extractors.images.training import train

    known = _willing(lake, tenant, examples)
    seen, labels = [_seen(one) for one in known], [one.label for one in known]
    trained = train(seen, labels, [one.person for one in known])
    card, threshold = trained.card, trained.threshold
    if threshold is None or not trained.worth_it:
        raise NotEnoughData(
            "picture.tells_nothing",
            accuracy=round(100 * card.accuracy), low=round(100 * card.low),
            high=round(100 * card.high), majority=round(100 * card.majority),
        )  # fmt: skip
    made = PhotosTrained(card, threshold, left_out=len(examples) - len(known))
    with promoting(lake, tenant, MODEL):
        return replace(made, version=_register(lake, tenant, trained, threshold, known))


def _willing(lake: "Lake", tenant: "Tenant", examples: Sequence[Example]) -> list[Example]:
    """Return the examples but those of persons who refuse that models learn from them."""
    persons = {one.person for one in examples if one.person is not None}
    refusing = left_out(lake, tenant, lake.contract_of(tenant), persons, "training")
    return [one for one in examples if one.person not in refusing]


def _seen(one: Example) -> "Seen":
    from ingestion.extractors.images.training import look_at

    try:
        return look_at(one.read())
    except UserError as why:
        raise InvalidUpload("picture.label_unreadable", file=one.name) from why


def _register(
    lake: "Lake", tenant: "Tenant", trained: "Trained", threshold: float, known: Sequence[Example]
) -> str:
    from models.artifact import Entry

    card, registry = trained.card, Registry(lake.settings)
    figures = {n: v for n, v in asdict(card).items() if n not in NOT_A_METRIC and v is not None}
    contract = lake.contract_of(tenant).version
    registered = registry.log(
        Entry(
            tenant_id=tenant.id,
            model=MODEL,
            pipeline=PhotoModel(trained.model, threshold),
            features=(FEATURE,),
            provenance=Provenance(contract, {}, code_version(), utc_now().isoformat()),
            parameters={
                "estimator": f"photo_{card.chosen}",
                "task": "multiclass",
                "rows": str(card.images),
                "classes": str(len(card.counts)),
                "split": "group",
            },
            metrics={**figures, "threshold": threshold},
            example=[record_of(_drawn())],
            out_of_fold=_table(trained, known),
        )
    )
    registry.set_alias(registered, "champion")
    return registered.version


def _table(trained: "Trained", known: Sequence[Example]) -> pa.Table:
    """Return the judged photos: hashed name and person, label, whether it was right."""
    from models.judged import hashed

    return pa.table(
        {
            "row": [hashed(one.name) for one in known],
            "person": [hashed(one.person or "") for one in known],
            "code": [one.label for one in known],
            "right": trained.judged.right.astype(np.float64),
        }
    )


def _drawn() -> bytes:
    """Return a photo that nobody took."""
    from PIL import Image

    written = BytesIO()
    Image.linear_gradient("L").resize((EXAMPLE_SIDE, EXAMPLE_SIDE)).save(written, "PNG")
    return written.getvalue()
