"""Finding a customer and what is known of them: by identification in any writing, phone or e-mail.

Everything is looked up by keyed token; what the vault holds is opened for the one who may. Whoever
shows it notes that in the audit log.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from features.online_persons import way_token, ways_of
from features.online_store import OnlineFacts, facts_of
from foundation.errors import Busy, InvalidRequest, NotFound
from ingestion.persons import TOKEN
from ingestion.schema import entity_of
from ingestion.tokens import canonical, token
from ingestion.writings import writings
from operations.customers.view import Known
from tenancy.consents import Consent, consents_in
from tenancy.incidents import incidents_of_person
from tenancy.screen_texts import screen_texts_in

if TYPE_CHECKING:
    from features.online_store import PersonFacts
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

LONGEST_ID, LONGEST_WAY = 128, 320
MOST_LIVE = 20
MOST_OF_A_WAY = 5
"""Customers of one phone: a family shares one, a thousand do not."""


def customer_known(
    lake: "Lake", tenant: "Tenant", actor: "Actor", contract: Contract, identification: str
) -> Known:
    """Return what is known of the customer of an identification, in any usual writing.

    Who came for the first time is known by their cases alone, until gold is made anew.

    Raises
    ------
    NotFound
        The tenant has no such customer.
    Busy
        The tenant's online store was not built yet.
    NotAllowed
        The actor may not see personal data.
    """
    facts, keys = _facts(lake, tenant), lake.keys.of(tenant)
    persons = [facts.person(one) for one in _tokens(keys, contract, identification)]
    found = next((one for one in persons if one.is_known), None)
    wanted = persons if found is None else [found]
    for known in _known(lake, tenant, actor, contract, keys=keys, persons=wanted):
        if found is not None or known.live:
            return known
    raise NotFound("customers.unknown")


def customers_by(
    lake: "Lake", tenant: "Tenant", actor: "Actor", contract: Contract, given: dict[str, str]
) -> list[Known]:
    """Return the customers to whom a phone or e-mail leads, five at most.

    Parameters
    ----------
    given
        Exactly one of the contract's ways (``online_persons.ways_of``), as somebody wrote it.

    Raises
    ------
    InvalidRequest
        None is given, or several, or nothing that could be one.
    NotFound
        It leads to nobody.
    """
    ways = ways_of(contract)
    wanted = {way: value for way, value in given.items() if way in ways}
    if len(wanted) != 1 or len(given) != 1:
        raise InvalidRequest("customers.one_way", known=", ".join(ways))
    ((way, value),) = wanted.items()
    if len(value) > LONGEST_WAY or not canonical(value, ways[way]):
        raise InvalidRequest("customers.one_way", known=", ".join(ways))
    facts, keys = _facts(lake, tenant), lake.keys.of(tenant)
    mark = way_token(keys, way, value, ways[way])
    found = [facts.person(one) for one in facts.persons_by(way, mark, MOST_OF_A_WAY)]
    if not found:
        raise NotFound("customers.unknown_way")
    return _known(lake, tenant, actor, contract, keys=keys, persons=found)


def _facts(lake: "Lake", tenant: "Tenant") -> OnlineFacts:
    facts = facts_of(lake, tenant)
    if facts is None:
        raise Busy("customers.not_ready")
    return facts


def _tokens(keys: "TenantKeys", contract: Contract, identification: str) -> Iterable[str]:
    """Yield the tokens that an identification may have, the likeliest first."""
    if len(identification) > LONGEST_ID:
        return
    entity = entity_of(contract.table("customers"))
    form = "plain" if entity is None else entity.canonical
    for one in writings(identification, form):
        yield token(one, keys.token_key, form)
    if TOKEN.fullmatch(identification):
        yield identification


def _known(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    contract: Contract,
    *,
    keys: "TenantKeys",
    persons: "Sequence[PersonFacts]",
) -> list[Known]:
    marks = {one.token: keys.mark("person", one.token) for one in persons}
    with lake.store.reading() as session:
        said = consents_in(session, tenant, marks.values())
        texts = screen_texts_in(session, tenant)
        live = {
            one.token: incidents_of_person(session, tenant, one.token, MOST_LIVE) for one in persons
        }
    sealed = {one.token: one.facts.payload(one.token) for one in persons}
    payloads = {token: payload for token, payload in sealed.items() if payload is not None}
    opened = lake.vault.opened(tenant, actor, payloads, keys) if payloads else {}
    return [
        Known(
            tenant,
            contract,
            person=one,
            keys=keys,
            personal=opened.get(one.token, {}),
            said=said.get(marks[one.token], Consent()),
            texts=texts,
            live=live[one.token],
        )
        for one in persons
    ]
