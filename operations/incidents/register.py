"""Registering incidents: answered, then stored with their change for the lake in one transaction.

A request that comes again – the same key, the same body – gets the very same answer; a second
incident never comes of it. The answer is made before the transaction, so that no lock is held while
models speak; of two that come at once one registers, and the other is told its answer.
"""

from collections.abc import Sequence

from foundation.errors import UserError
from operations.incidents.answer import answers
from operations.incidents.asking import Question
from operations.incidents.registered import Registered, Registrar
from operations.incidents.requests import Draft, Request, checked_request, drafted, known_before
from operations.incidents.storing import made_of, store_all


def register(
    registrar: Registrar, given: Sequence[object], places: Sequence[str], key: str | None
) -> list[Registered | UserError]:
    """Register incidents, each for itself; returns what became of each, in order.

    Parameters
    ----------
    given
        Incidents as the contract writes them, besides them ``attachments``.
    places
        Where each stands in the request, for sentences.
    key
        Names the request, so that it may come again; without it an incident's own number does.

    Returns
    -------
    list
        Of one that was not registered why: ``InvalidRequest``, ``TooLarge`` or ``Conflict``.
    """
    numbered = (_numbered(key, number, len(given)) for number in range(len(given)))
    drafts = [
        drafted(registrar, one, place, named)
        for one, place, named in zip(given, places, numbered, strict=True)
    ]
    known = known_before(registrar, [one for one in drafts if isinstance(one, Draft)])
    checked = [checked_request(registrar, one, known) for one in drafts]
    new = [one for one in checked if isinstance(one, Request)]
    questions = [Question(one.incident_id, one.intake) for one in new]
    said = answers(
        registrar.lake, registrar.models, registrar.tenant, registrar.contract, questions
    )
    made = [made_of(registrar, one, answer) for one, answer in zip(new, said, strict=True)]
    stored = iter(store_all(registrar, made))
    return [next(stored) if isinstance(one, Request) else one for one in checked]


def _numbered(key: str | None, number: int, count: int) -> str | None:
    """Return what names one incident of a request."""
    return key if key is None or count == 1 else f"{key}/{number}"
