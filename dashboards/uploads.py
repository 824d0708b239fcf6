"""What the pages ask of the uploads' records."""

from typing import TYPE_CHECKING

from dashboards.admission import still_admitted
from dashboards.viewer import Viewer
from dashboards.words import Words
from tenancy.audit import record
from tenancy.upload import APPLIED, OUTCOMES, Upload
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from collections.abc import Mapping

LISTED = 50


def label_kind(see: Viewer) -> str | None:
    """Return how the tenant's outcome came last: ``event`` (dated), ``column`` or not at all."""
    newest = list_uploads(see.lake.store, see.tenant, APPLIED, table="customers", limit=1)
    return newest[0].mapping.get("label") if newest else None


def any_taken(see: Viewer) -> bool:
    """Say whether a file of the tenant came in, whatever the dashboards show yet."""
    return bool(list_uploads(see.lake.store, see.tenant, APPLIED, limit=1))


def earlier(see: Viewer) -> list[Upload]:
    """Return the tenant's newest uploads."""
    return list_uploads(see.lake.store, see.tenant, limit=LISTED)


def account_sentence(counts: "Mapping[str, int]", words: Words) -> str:
    """Return the account as a sum that a person can check: «12 = 7 nuevas + 5 rechazadas».

    Of a file that is still being read, or was not taken, the rows alone.
    """
    parts = [words.count(f"account_{name}", counts[name]) for name in OUTCOMES if counts.get(name)]
    if not parts:
        return words.count("account_rows", counts.get("rows", 0))
    return words.count("account", counts.get("rows", 0), parts=" + ".join(parts))


def rejected_file(see: Viewer, upload: Upload) -> bytes:
    """Return the rejected rows as a file, for who may still have them; written down first."""
    from ingestion.quarantine import download_csv

    actor = still_admitted(see, "uploader")
    record(see.lake.store, actor, "quarantine.downloaded", see.tenant.id, upload.id)
    return download_csv(see.lake, see.tenant, upload.id, see.language)


def note_opened(see: Viewer, upload: Upload, action: str) -> None:
    """Write down that somebody opened rejected rows, which hold values as they came."""
    record(see.lake.store, see.actor, action, see.tenant.id, upload.id)
