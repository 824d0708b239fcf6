"""Who acts between two runs of a page (a click, a download) is asked for anew.

Streamlit runs a button's function, and makes a download, with what the page knew when it was shown;
since then the person may have been shut out or have lost a role.
"""

from dashboards.viewer import Viewer
from tenancy.actor import Actor
from tenancy.sign_in import actor_for_user
from tenancy.tenants import get_tenant


def still_admitted(see: Viewer, role: str) -> Actor:
    """Return today's actor of the person who looks.

    Raises
    ------
    NotSignedIn
        The user is gone or disabled.
    NotAllowed, NotFound
        They lack the role, or do not belong to this tenant any more.
    """
    store = see.lake.store
    actor = actor_for_user(store, see.actor.id)
    get_tenant(store, actor, see.tenant.id)
    actor.require(role)
    return actor
