"""Which mapping a file is read by: the one given, the one kept for its headers, or a proposal."""

from dataclasses import replace

from ingestion.door import Door
from ingestion.mapping import Mapping, labels_of, validate_mapping
from ingestion.reading import RawTable
from ingestion.redrive import own_headers
from tenancy.mappings import find_mapping, save_mapping
from tenancy.upload import Upload
from tenancy.uploads import last_applied


def chosen_mapping(door: Door, upload: Upload, raw: RawTable) -> tuple[Mapping, str]:
    """Return the mapping and where it is from; what a person chose is kept at once."""
    store, tenant, table = door.lake.store, door.tenant, door.table
    labels = labels_of(door.contract, table)
    if door.given is None and upload.state == "read":
        return Mapping.from_dict(upload.mapping), "stored"
    if door.given is not None:
        validate_mapping(door.given, table, raw.headers, labels)
        if not door.given.plain:  # a person's file may have the contract's own headers
            keep_mapping(door, raw.headers, door.given)
        return door.given, "given"
    stored = find_mapping(store, tenant, table.name, own_headers(raw.headers))
    if stored is not None:
        mapping, source = Mapping.from_dict(stored), "stored"
    else:
        mapping, source = _proposed(door, raw), "proposed"
    mapping = replace(mapping, upload=door.kind or mapping.upload)
    validate_mapping(mapping, table, raw.headers, labels)
    return mapping, source


def keep_mapping(door: Door, headers: tuple[str, ...], mapping: Mapping) -> None:
    """Store the mapping under the headers by which the next file looks for it."""
    own, payload = own_headers(headers), mapping.to_dict()
    store, table = door.lake.store, door.table.name
    save_mapping(store, door.actor, door.tenant, table, own, payload=payload)


def _proposed(door: Door, raw: RawTable) -> Mapping:
    """Return the platform's own mapping, where it may be applied before a person has seen it."""
    from ingestion.proposal import propose_mapping
    from ingestion.recognise import require_header, require_recognised

    require_header(raw, door.file_name)
    proposal = propose_mapping(door.table, raw, door.contract)
    last = last_applied(door.lake.store, door.tenant, door.table.name)
    require_recognised(
        proposal,
        door.table,
        raw,
        contract=door.contract,
        file_name=door.file_name,
        earlier=None if last is None else last.mapping,
    )
    return proposal.mapping
