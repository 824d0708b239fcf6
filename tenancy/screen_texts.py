"""What an agent says: first, last, and the phrases that no call may lack.

Greeting and closing are the company's own words, or the catalogue's; phrases are the company's
alone, one a line. Names stand in braces and are filled in when the text is shown: the company's,
the customer's and the agent's.
"""

import re
from typing import Literal, get_args

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from foundation.errors import InvalidRequest
from foundation.texts import LANGUAGES, Language, catalogue
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.screen_tables import ScreenTextRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

ScreenText = Literal["greeting", "closing", "phrases"]
SCREEN_TEXTS: tuple[ScreenText, ...] = get_args(ScreenText)
NAMES = ("company", "customer", "agent")
BRACED = re.compile(r"\{([^{}]*)\}")
LONGEST = 1_000

_OWN = select(ScreenTextRow.name, ScreenTextRow.language, ScreenTextRow.words).where(
    ScreenTextRow.tenant_id == bindparam("tenant")
)

Texts = dict[tuple[ScreenText, Language], str]


def screen_texts(store: Store, tenant: Tenant) -> Texts:
    """Return a company's texts by name and language; where it has none, the catalogue's or ""."""
    with store.reading() as session:
        return screen_texts_in(session, tenant)


def screen_texts_in(session: Session, tenant: Tenant) -> Texts:
    """Return the same in the caller's transaction."""
    rows = session.connection().execute(_OWN, {"tenant": tenant.id})
    own = {(name, language): words for name, language, words in rows}
    keys = [(name, language) for name in SCREEN_TEXTS for language in LANGUAGES]
    usual = {key: catalogue(key[1]).get(f"customers.{key[0]}", "") for key in keys}
    return {key: own.get(key, usual[key]) for key in keys}


def save_screen_text(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    *,
    name: ScreenText,
    language: Language,
    words: str,
) -> None:
    """Store a company's text, audited; an empty one gives the catalogue's back its place.

    Raises
    ------
    InvalidRequest
        It is too long, or has something else than the three names in braces.
    NotAllowed
        The actor is no manager.
    """
    _check(name, words)
    key = {"tenant_id": tenant.id, "name": name, "language": language}
    with store.session() as session:
        require_inside(session, actor, tenant)
        actor.require("manager")
        if words.strip():
            said = {"words": words.strip(), "actor_id": actor.id, "saved_at": now_in(session)}
            session.merge(ScreenTextRow(**key, **said))
        else:
            session.execute(delete(ScreenTextRow).filter_by(**key))
        session.flush()
        record_in(session, actor, "screen_text.saved", tenant.id, f"{name}:{language}")


def phrases_in(words: str) -> tuple[str, ...]:
    r"""Return the phrases that a text has, one a line, each once.

    >>> phrases_in("Su llamada será grabada\n\n¿Me regala su cédula?")
    ('Su llamada será grabada', '¿Me regala su cédula?')
    """
    return tuple(dict.fromkeys(phrase for line in words.splitlines() if (phrase := line.strip())))


def filled(words: str, **names: str) -> str:
    """Return a text with its names; a brace of anything else stays as it is.

    >>> filled("Hola, {customer}", customer="Ana {agent}", agent="Luis")
    'Hola, Ana {agent}'
    """
    return BRACED.sub(lambda found: names.get(found[1], found[0]), words)


def _check(name: ScreenText, words: str) -> None:
    if len(words) > LONGEST:
        what = "phrases" if name == "phrases" else "text"
        raise InvalidRequest(f"customers.{what}_too_long", limit=LONGEST)
    other = next((one for one in BRACED.findall(words) if one not in NAMES), None)
    if other is not None:
        known = ", ".join(f"{{{name}}}" for name in NAMES)
        raise InvalidRequest("customers.no_such_name", name=other[:40], known=known)
