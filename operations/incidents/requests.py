"""Requests to register incidents: read, known again when they come twice, checked."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from secrets import choice
from typing import TYPE_CHECKING, Any

from foundation.clock import utc_now
from foundation.errors import Conflict, InvalidRequest, UserError
from operations.incidents.attachments import Attachment, attachments_in
from operations.incidents.intake import Desk, Intake
from operations.incidents.registered import Registered, Registrar, registered_of
from tenancy.columns import is_storable
from tenancy.incidents import StoredIncident, incidents_known

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys

ATTACHMENTS = "attachments"
LONGEST_KEY = 200
LONGEST_NUMBER = 255
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of numbers that we give: none that is taken for another."""
GIVEN_LETTERS = 12


@dataclass(frozen=True)
class Draft:
    """A request to register, of which nobody knows yet whether it came before."""

    place: str
    given: Mapping[str, Any]
    key_mark: str
    body_mark: str
    has_key: bool
    intake: Intake | UserError

    @property
    def number(self) -> str | None:
        """The incident's own number, if it has one."""
        return self.intake.reference if isinstance(self.intake, Intake) else None


@dataclass(frozen=True)
class Request:
    """A checked request to register."""

    incident_id: str
    key_mark: str
    body_mark: str
    has_key: bool
    given: Mapping[str, Any]
    intake: Intake
    files: list[Attachment]


def drafted(registrar: Registrar, given: object, place: str, key: str | None) -> Draft | UserError:
    """Return a request as far as it can be read without the store."""
    try:
        if not isinstance(given, dict):
            raise InvalidRequest("serving.not_incident", field=place)
        keys, named = registrar.keys, _key_of(registrar, given, key, place)
        key_mark = keys.mark("incident key", named)
        body_mark = keys.mark("incident body", json.dumps(given, sort_keys=True))
    except UserError as refused:
        return refused
    intake = _taken_in(registrar, given, place)
    return Draft(place, given, key_mark, body_mark, key is not None, intake)


def known_before(registrar: Registrar, drafts: Sequence[Draft]) -> list[StoredIncident]:
    """Return what was registered under the requests' keys or numbers."""
    marks = [one.key_mark for one in drafts]
    numbers = [one.number for one in drafts if one.number is not None]
    return incidents_known(registrar.lake.store, registrar.tenant, marks, numbers) if marks else []


def checked_request(
    registrar: Registrar, draft: Draft | UserError, known: Sequence[StoredIncident]
) -> Request | Registered | UserError:
    """Return a new request; or what became of it when it came before, or why it is none."""
    if isinstance(draft, UserError):
        return draft
    before = next((one for one in known if one.key_mark == draft.key_mark), None)
    try:
        if before is not None:
            return told_again(before, draft, registrar.keys)
        return _request(draft, {one.incident_id for one in known})
    except UserError as refused:
        return refused


def told_again(before: StoredIncident, asked: Draft | Request, keys: "TenantKeys") -> Registered:
    """Return what a request was told that comes again.

    Raises
    ------
    InvalidRequest
        Another body came under its key.
    Conflict
        It has no key, and its incident's number is taken.
    """
    if before.body_mark == asked.body_mark:
        return registered_of(before, keys, again=True)
    if asked.has_key:
        raise InvalidRequest("incidents.key_reused", incident=before.incident_id)
    raise Conflict("incidents.exists", incident=before.incident_id)


def _taken_in(registrar: Registrar, given: Mapping[str, object], place: str) -> Intake | UserError:
    """Return what an incident says, or what is wrong with it."""
    fields = {name: value for name, value in given.items() if name != ATTACHMENTS}
    table, key = registrar.contract.table("incidents"), registrar.keys.token_key
    try:
        return Desk(registrar.tenant, table, key, utc_now()).take(fields, place)
    except UserError as refused:
        return refused


def _request(draft: Draft, taken: Collection[str]) -> Request:
    """Return a new request, checked.

    Parameters
    ----------
    taken
        Numbers of incidents that there are.
    """
    if isinstance(draft.intake, UserError):
        raise draft.intake
    fields = {name: value for name, value in draft.given.items() if name != ATTACHMENTS}
    place, number = draft.place, draft.number
    files = attachments_in(draft.given.get(ATTACHMENTS), f"{place}.{ATTACHMENTS}")
    if number is not None and len(number) > LONGEST_NUMBER:
        raise InvalidRequest("serving.too_long", field=place, limit=LONGEST_NUMBER)
    if number in taken:
        raise Conflict("incidents.exists", incident=number)
    marks = (draft.key_mark, draft.body_mark, draft.has_key)
    return Request(number or _new_number(), *marks, fields, draft.intake, files)


def _key_of(registrar: Registrar, given: Mapping[str, Any], key: str | None, place: str) -> str:
    """Return what names the request; a key and a number are never taken for each other."""
    if key is not None:
        if not key.strip() or len(key) > LONGEST_KEY or not is_storable(key):
            raise InvalidRequest("incidents.bad_key", limit=LONGEST_KEY)
        return f"key:{key}"
    own = [given.get(column.name) for column in registrar.contract.table("incidents").keys]
    if not all(isinstance(one, str | int) and str(one).strip() for one in own):
        raise InvalidRequest("incidents.no_key", field=place)
    return f"number:{json.dumps([str(one).strip() for one in own])}"


def _new_number() -> str:
    return "PQR-" + "".join(choice(LETTERS) for _ in range(GIVEN_LETTERS))
