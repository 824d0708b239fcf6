"""Open an installation: its folders, its store in the newest form, and who runs the command."""

from pathlib import Path

from sqlalchemy.engine import make_url

from foundation.settings import Settings
from tenancy.actor import ROLES, Actor
from tenancy.audit import record
from tenancy.login import login
from tenancy.store import Store


def open_store(settings: Settings) -> Store:
    """Create the data folder where it is absent, bring the store up to date, and return it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = make_url(settings.store_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.store_url)
    store.upgrade()
    return store


def staff_actor(store: Store) -> Actor:
    """Return the member of ABCall's staff who runs this command, and audit that they came in.

    Staff hold every role but the privacy officer's: opening personal data is not their work.
    """
    actor = Actor(f"staff:{login()}", "staff", None, ROLES - {"privacy_officer"})
    record(store, actor, "staff.entered", subject=actor.id)
    return actor
