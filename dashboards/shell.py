"""What surrounds every page: sign-in, the tenant, the language, the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dashboards import cards, session
from dashboards.failures import guarded
from dashboards.viewer import Viewer
from dashboards.views import (
    conversation,
    customer,
    customers,
    incidents,
    models,
    offers,
    overview,
    quarantine,
    sign_in,
    upload,
)
from dashboards.words import Words
from foundation.errors import NotSignedIn
from foundation.texts import LANGUAGES, Language, text
from tenancy.tenants import list_tenants, tenant_for

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


ICON = Path(__file__).with_name("icon.svg")


@dataclass(frozen=True)
class Place:
    """A page: its name in the address, what shows it, and whether the menu lists it."""

    name: str
    show: Callable[[Viewer], None]
    icon: str
    listed: bool = True


PLACES = (
    Place("overview", overview.show, ":material/today:"),
    Place("customers", customers.show, ":material/group:"),
    Place("customer", customer.show, ":material/person:", listed=False),
    Place("incidents", incidents.show, ":material/report:"),
    Place("conversation", conversation.show, ":material/forum:", listed=False),
    Place("offers", offers.show, ":material/local_offer:"),
    Place("models", models.show, ":material/model_training:"),
    Place("quarantine", quarantine.show, ":material/rule:"),
    Place("upload", upload.show, ":material/upload_file:"),
)


def run(lake: "Lake") -> None:
    """Show the page that the address names, to whom it may be shown."""
    language = session.language()
    st.set_page_config(
        page_title=text("dashboards.product", language),
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.html(cards.style_sheet())
    guarded(partial(_run, lake, language), language, lake.settings.data_dir)


def _run(lake: "Lake", language: Language) -> None:
    ended, actor = None, None
    try:
        actor = session.actor(lake.store)
    except NotSignedIn as reason:
        ended = reason.say(language)
    pages: dict[str, st.Page] = {}
    for place in PLACES:
        pages[place.name] = _page(place, lake, actor, language, pages)
    chosen = st.navigation(list(pages.values()), position="hidden")
    session.keep_language(language)
    if chosen is not pages["conversation"]:
        session.close_files()
    if actor is None:
        _language_switch(language)
        sign_in.show(lake.store, language, ended)
    else:
        guarded(chosen.run, language, lake.settings.data_dir)


def _page(
    place: Place,
    lake: "Lake",
    actor: "Actor | None",
    language: Language,
    pages: dict[str, "st.Page"],
) -> "st.Page":
    def show() -> None:
        if actor is not None:
            place.show(_viewer(lake, actor, language, pages))

    return st.Page(
        show,
        title=text(f"dashboards.page_{place.name}", language),
        icon=place.icon,
        url_path=place.name,
        default=place is PLACES[0],
        visibility="visible" if place.listed else "hidden",
    )


def _viewer(
    lake: "Lake", actor: "Actor", language: Language, pages: dict[str, "st.Page"]
) -> Viewer:
    """Return who looks at which tenant; the tenant is the actor's own, or one that staff chose."""
    with st.container(horizontal=True, vertical_alignment="center", key="shell"):
        tenant = _tenant(lake, actor, language)
        _language_switch(language)
        st.button(text("dashboards.sign_out", language), on_click=session.leave, key="sign_out")
    _menu(pages, language)
    actor.require("viewer")
    contract = lake.contract_of(tenant)
    words = Words(language, tenant.currency, tenant.time_zone)
    return Viewer(lake, actor, tenant, contract, words, pages)


def _menu(pages: dict[str, "st.Page"], language: Language) -> None:
    """List the pages, always in sight: Streamlit's own menu stays open over a phone's page."""
    with st.container(horizontal=True, gap="xxsmall", key="menu"):
        for place in PLACES:
            if place.listed:
                asked = {session.LANGUAGE_IN_URL: language}
                st.page_link(pages[place.name], icon=place.icon, query_params=asked)


def _tenant(lake: "Lake", actor: "Actor", language: Language) -> "Tenant":
    if not actor.enters_any_tenant:
        tenant = tenant_for(lake.store, actor)
        st.html(cards.strong(tenant.name), width="stretch")
        return tenant
    names = {tenant.id: tenant.name for tenant in list_tenants(lake.store, actor)}
    st.selectbox(
        text("dashboards.tenant", language),
        list(names),
        format_func=lambda tenant_id: names[tenant_id],
        key=session.TENANT,
        on_change=session.close_files,  # another tenant may have a case of the same number
        width=240,
    )
    return tenant_for(lake.store, actor, session.chosen_tenant())


def _language_switch(language: Language) -> None:
    """Offer the other language, one click away."""
    other: Language = next(one for one in LANGUAGES if one != language)
    st.button(
        text("dashboards.language_name", other),
        on_click=session.keep_language,
        args=(other,),
        key="language_switch",
    )
