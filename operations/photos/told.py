"""What is known of the photos of a case since they were read, for whoever asks for the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foundation.errors import OperatorError
from ingestion.extractors.found import extract_ref, newest
from operations.photos import FAMILY

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from operations.photos.before import Before
    from tenancy.incident_files import SealedFile
    from tenancy.tenant import Tenant

IMAGE, LABEL = "image", ("label", "label_probability")


@dataclass(frozen=True)
class PhotoTold:
    """What is known of a photo: its label by the tenant's classifier, and when it came before."""

    label: str | None
    label_probability: float | None
    before: "tuple[Before, ...]"


def photos_told(
    lake: "Lake", tenant: "Tenant", files: Sequence["SealedFile"]
) -> dict[str, PhotoTold]:
    """Return what is known of the photos among a case's files, by the SHA-256 with which they came.

    Nothing while the lake does not answer: the case itself is in the store, and can be told.
    """
    photos = [one for one in files if one.media_type.startswith(FAMILY)]
    try:
        return _told(lake, tenant, photos) if photos else {}
    except OperatorError:
        return {}


def _told(lake: "Lake", tenant: "Tenant", photos: Sequence["SealedFile"]) -> dict[str, PhotoTold]:
    from operations.photos.before import seen_before  # brings libraries that few answers need

    stored = {one.stored_as for one in photos}
    before = seen_before(lake, tenant, photos[0].incident_id, stored)
    names = {one.sha256: lake.objects.name(tenant, one.stored_as) for one in photos}
    rows = newest(lake, extract_ref(lake, tenant, IMAGE), set(names.values()), LABEL)
    told = {}
    for one in photos:
        row = rows.get(names[one.sha256], {})
        label, probability = (row.get(name) for name in LABEL)
        told[one.sha256] = PhotoTold(label, probability, before.get(one.stored_as, ()))
    return told
