"""The extractor of photos with the tenant's own classifier, where it has trained one."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from ingestion.extractors import images
from ingestion.extractors.images import columns
from ingestion.extractors.registry import EXTRACTORS, Extractor
from models.photo_model import MODEL, PhotoModel
from models.registry import Registry

if TYPE_CHECKING:
    from PIL import Image

    from foundation.settings import Settings
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

LABELLED_BY = pc.field("label_version")


@dataclass(frozen=True)
class Labeller:
    """A registered version of a tenant's classifier of photos."""

    version: str
    model: PhotoModel

    def label(self, picture: "Image.Image") -> tuple[str | None, float]:
        """Return a picture's label, None where it is not sure, and the likeliest's probability."""
        return self.model.label(picture)


def labeller_of(settings: "Settings", tenant: "Tenant") -> Labeller | None:
    """Return the classifier that speaks for a tenant; None where it has trained none."""
    if not settings.mlflow_file.exists():
        return None
    champion = Registry(settings).find(tenant.id, MODEL)
    if champion is None or not isinstance(champion.pipeline, PhotoModel):
        return None
    return Labeller(champion.version, champion.pipeline)


def image_extractor(lake: "Lake", tenant: "Tenant") -> Extractor:
    """Return what reads a tenant's photos; with another classifier they are read again."""
    reader = next(one for one in EXTRACTORS if one.name == images.NAME)
    labeller = labeller_of(lake.settings, tenant)
    if labeller is None:
        return replace(reader, again=LABELLED_BY.is_valid())
    other = LABELLED_BY.is_null() | (labeller.version != LABELLED_BY)
    return replace(reader, read=partial(columns.row_of, labeller=labeller), again=other)
