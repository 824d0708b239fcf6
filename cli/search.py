"""``abcall search …``: one search box over all masked texts of a tenant."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show
from cli.session import Desk, helper, session_of
from foundation.errors import InvalidRequest
from foundation.texts import Language, text, written_number

if TYPE_CHECKING:
    from operations.search.index import Hit
    from operations.search.places import Place
    from tenancy.tenant import Tenant

REBUILD = "rebuild"
OWN_TEXTS = ("subject", "text")
HASH_SHOWN = 8
"""Characters: enough to find the file among those of its incident."""
Given = str | None


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell = helper(language, "search")

    def option(name: str) -> typer.models.OptionInfo:
        return typer.Option(f"--{name}", help=tell(name))  # type: ignore[no-any-return]

    @app.command("search", help=tell("search"))
    def search(
        context: typer.Context,
        words: Annotated[list[str], typer.Argument(metavar="TENANT WORDS", help=tell("words"))],
        since: Annotated[Given, option("from")] = None,
        until: Annotated[Given, option("to")] = None,
        channel: Annotated[Given, option("channel")] = None,
        product: Annotated[Given, option("product")] = None,
        risk: Annotated[Given, option("risk")] = None,
        agent: Annotated[Given, option("agent")] = None,
        similar: Annotated[Given, option("similar")] = None,
        offset: Annotated[Given, option("offset")] = None,
        limit: Annotated[Given, option("limit")] = None,
    ) -> None:
        given = {
            "from": since, "to": until, "channel": channel, "product": product, "risk": risk,
            "agent": agent, "similar_to": similar, "offset": offset, "limit": limit,
        }  # fmt: skip
        asked = {name: value for name, value in given.items() if value is not None}
        with session_of(context).desk() as desk:
            if words[0] == REBUILD:
                _rebuild(desk, words[1:], language)
            else:
                tenant = desk.tenant(words[0])
                _search(desk, tenant, asked | {"q": " ".join(words[1:])}, language)


def _rebuild(desk: Desk, names: list[str], language: Language) -> None:
    from operations.search.follow import rebuild

    if len(names) != 1:
        raise InvalidRequest("search.usage")
    done = rebuild(desk.lake, desk.tenant(names[0]))
    count = written_number(done.added, language)
    say(text("search.rebuilt", language, tenant=names[0], count=count))


def _search(desk: Desk, tenant: "Tenant", asked: dict[str, str], language: Language) -> None:
    from operations.search.asking import question_of
    from operations.search.follow import follow
    from operations.search.shelf import Shelf
    from operations.search.told import as_told

    question = question_of(asked, desk.contract(tenant), desk.lake.keys.of(tenant))
    follow(desk.lake, tenant)
    index = Shelf(desk.lake, tenant).index()
    assert index is not None
    page = index.search(question)
    if not page.hits:
        say(text("search.nothing", language, tenant=tenant.id))
        return
    headers = text("search.headers", language).split("|")
    hits = as_told(desk.lake, tenant, desk.contract(tenant), page.hits)
    rows = [_row(hit, language) for hit in hits]
    show(text("search.title", language, tenant=tenant.id), headers, rows)
    if page.next is not None:
        say(text("search.more", language, offset=page.next))


def _row(hit: "Hit", language: Language) -> tuple[str, ...]:
    from operations.search.asking import day_written

    one = hit.document
    where = where_written(hit.places[0], language) if hit.places else "—"
    named = (value or "—" for value in (one.channel, one.product, one.risk_class))
    excerpt = "—" if hit.excerpt is None else hit.excerpt.text
    return one.incident_id, day_written(one.opened_at), *named, where, excerpt


def where_written(place: "Place", language: Language) -> str:
    """Return in words where a hit is: text or file, and the second, box or letter."""
    part = _part(place, language)
    if place.second is not None:
        second = written_number(place.second, language)
        return text("search.second", language, part=part, second=second)
    if place.box is not None:
        box = place.box
        words = {"page": box.page + 1, "left": box.left, "top": box.top}
        return text("search.box", language, part=part, **words)
    return text("search.character", language, part=part, start=place.start + 1)


def _part(place: "Place", language: Language) -> str:
    """Return which text it is; of a file the kind, and how its hash begins."""
    if place.part in OWN_TEXTS:
        return text(f"search.part_{place.part}", language)
    return text(f"search.file_{place.source}", language, file=place.part[:HASH_SHOWN])
