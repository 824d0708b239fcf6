"""A transcript that comes after its recording: added to the incident, and read by the next run.

Only transcripts may come later. Recordings and photos are what was known when the incident was
answered, and models learn from them as such. Nor does any other text: a file is taken only where it
is going to be read as the transcript of a recording of the incident.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from foundation.errors import InvalidRequest, TooLarge
from ingestion.media.filenames import shown
from operations.incidents.attachments import MOST_FILES, Attachment, attachments_in
from operations.incidents.keeping import sealed_files
from operations.incidents.registered import Registered, Registrar
from operations.incidents.sealed import Content, answer_of, content_of
from operations.transcripts.beside import AUDIO, TEXTS, Named, transcript_among
from tenancy.incident_files import places_gone
from tenancy.incidents import add_files, changing, stored_of


def add_transcript(
    registrar: Registrar, incident_id: str, given: Mapping[str, Any], place: str = "transcript"
) -> Registered:
    """Store a transcript with an incident that is there; the same again changes nothing.

    Parameters
    ----------
    given
        ``name``, ``media_type`` and ``content``, as a file of a new incident has them.

    Raises
    ------
    NotFound
        The tenant registered no incident of this number.
    InvalidRequest, InvalidUpload
        It is no text, comes without content, cannot be taken as it is, or would be read with no
        recording of the incident whose period still runs.
    TooLarge
        The file is too large, or the incident has as many files as it may have.
    """
    (file,) = attachments_in([given], place)
    if file.media_type not in TEXTS or file.content is None:
        allowed = ", ".join(TEXTS)
        raise InvalidRequest("serving.not_allowed", field=f"{place}.media_type", allowed=allowed)
    keys, tenant = registrar.keys, registrar.tenant
    with changing(registrar.lake.store, tenant, incident_id) as (session, row):
        stored = stored_of(row)
        content, answer = content_of(stored, keys), answer_of(stored, keys)
        new = not _is_there(content, file)
        if new:
            gone = places_gone(session, tenant, incident_id)
            _require_recording(content, gone, file)
            first = len(content.attachments)
            if first >= MOST_FILES:
                raise TooLarge("incidents.too_many_files", field=place, limit=MOST_FILES)
            content = replace(content, attachments=[*content.attachments, file.told()])
            row.revision += 1
            row.sealed = content.seal(keys, incident_id)
            add_files(session, tenant, sealed_files(incident_id, [file], keys, first))
        return Registered(stored_of(row), content, answer, again=not new)


def _require_recording(content: Content, gone: Collection[int], file: Attachment) -> None:
    """Refuse what no recording would be read with: nobody would learn that it is not used.

    What was said does not come in once the period of the sound is over.
    """
    told = _named(content)
    files = [*told, (file.name, file.media_type)]
    if not any(transcript_among(files, n) == len(told) for n in _sounds(told).difference(gone)):
        raise InvalidRequest("transcripts.of_no_recording", file=shown(file.name))


def _is_there(content: Content, file: Attachment) -> bool:
    """Tell whether a recording is read with this very file already."""
    told = content.attachments
    files = _named(content)
    read = {transcript_among(files, n) for n in _sounds(files)}
    same = (file.name, file.sha256)
    return any((told[n]["name"], told[n]["sha256"]) == same for n in read if n is not None)


def _named(content: Content) -> list[Named]:
    return [(one["name"], one["media_type"]) for one in content.attachments]


def _sounds(files: Sequence[Named]) -> set[int]:
    return {n for n, (_, media_type) in enumerate(files) if media_type.startswith(AUDIO)}
