"""What is known of the photos of a case since they were read, for whoever asks for the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foundation.errors import OperatorError
from ingestion.extractors.found import extract_ref, newest
from tenancy.incident_files import SealedFile, files_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from operations.photos.before import Before
    from tenancy.tenant import Tenant

IMAGE, LABEL = "image", ("label", "label_probability")


@dataclass(frozen=True)
class PhotoTold:
    """What is known of a photo: its label by the tenant's classifier, and when it came before."""

    label: str | None
    label_probability: float | None
    before: "tuple[Before, ...]"


def photos_told(lake: "Lake", tenant: "Tenant", incident_id: str) -> dict[str, PhotoTold]:
    """Return what is known of a case's photos, by the SHA-256 with which they came.

    Nothing while the lake does not answer: the case itself is in the store, and can be told.
    """
    photos = [
        one
        for one in files_of(lake.store, tenant, incident_id)
        if one.media_type.startswith("image/")
    ]
    if not photos:
        return {}
    try:
        return _found(lake, tenant, incident_id, photos)
    except OperatorError:
        return {}


def _found(
    lake: "Lake", tenant: "Tenant", incident_id: str, photos: Sequence[SealedFile]
) -> dict[str, PhotoTold]:
    from operations.photos.before import seen_before  # brings libraries that few answers need

    before = seen_before(lake, tenant, incident_id, {one.stored_as for one in photos})
    names = {one.sha256: lake.objects.name(tenant, one.stored_as) for one in photos}
    ref = extract_ref(lake, tenant, IMAGE)
    there = set(lake.schema(ref).names)
    columns = [name for name in LABEL if name in there]
    rows = newest(lake, ref, set(names.values()), columns) if there else {}
    told = {}
    for one in photos:
        row = rows.get(names[one.sha256], {})
        label, probability = (row.get(name) for name in LABEL)
        told[one.sha256] = PhotoTold(label, probability, before.get(one.stored_as, ()))
    return told
