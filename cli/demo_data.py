"""The demonstration's tenants, people and files: made once, delivered through the one door."""

import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.tenants import initialise
from foundation.errors import InvalidRequest
from foundation.settings import Settings
from foundation.texts import Language, text
from ingestion.mapping import Mapping
from ingestion.preview import preview
from ingestion.receive import receive
from tenancy.actor import Actor
from tenancy.bootstrap import open_store, staff_actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant, list_tenants
from tenancy.users import create_staff, create_user

if TYPE_CHECKING:
    from ingestion.receipt import Receipt
    from lakehouse.lake import Lake
    from simulation.delivery import Delivery, GeneratedTenant

MARK = "demonstration.json"
ROLES = ("manager", "uploader", "privacy_officer")
STAFF_ROLES = ("manager", "data_scientist")


@dataclass(frozen=True)
class Account:
    """A demonstration account: it exists on this machine only."""

    tenant: str
    email: str
    password: str


def clear(settings: Settings) -> None:
    """Remove an earlier demonstration, whole or half made; refuse where anything else lies there.

    The mark goes last, so that a removal that was cut can be tried again.
    """
    if not settings.data_dir.exists():
        return
    store = open_store(settings)
    others = list_tenants(store, staff_actor(store))
    store.close()
    if others and not (settings.data_dir / MARK).exists():
        raise InvalidRequest("cli.demo_not_ours", data=str(settings.data_dir))
    for path in settings.data_dir.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    shutil.rmtree(settings.data_dir)
    settings.master_key_file.unlink(missing_ok=True)


def prepare(lake: "Lake", made: "GeneratedTenant") -> tuple[Tenant, Account]:
    """Register a generated tenant and one person who may sign in to it."""
    staff = staff_actor(lake.store)
    tenant = Tenant(
        id=made.id,
        name=made.name,
        vertical=made.vertical,
        plan=made.plan,
        language=made.language,
        currency=made.currency,
        time_zone=made.time_zone,
    )
    create_tenant(lake.store, staff, tenant)
    account = Account(made.id, f"gerencia@{made.id}.example", secrets.token_urlsafe(9))
    create_user(
        lake.store,
        staff,
        tenant,
        email=account.email,
        name="Gerencia",
        password=account.password,
        roles=ROLES,
    )
    return tenant, account


def prepare_staff(lake: "Lake") -> Account:
    """Register one member of ABCall's staff, who sees every company, Dagster and MLflow."""
    account = Account("ABCall", "operaciones@abcall.example", secrets.token_urlsafe(9))
    create_staff(
        lake.store,
        staff_actor(lake.store),
        email=account.email,
        name="Operaciones",
        password=account.password,
        roles=STAFF_ROLES,
    )
    return account


def save_accounts(settings: Settings, accounts: list[Account]) -> None:
    """Keep the demonstration's accounts where only its owner can read them.

    The file also marks the folder as the demonstration's: it is there, empty, before the tenants.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    file = settings.data_dir / MARK
    file.touch(mode=0o600)
    file.write_text(json.dumps([vars(account) for account in accounts]))


def saved_accounts(settings: Settings) -> list[Account]:
    """Return the demonstration's accounts; none where there is no demonstration."""
    file: Path = settings.data_dir / MARK
    return [Account(**a) for a in json.loads(file.read_text())] if file.exists() else []


def deliver(lake: "Lake", tenant: Tenant, actor: Actor, delivery: "Delivery") -> "Receipt":
    """Send one file as its owner would: their columns and kinds, and the values as proposed."""
    seen = preview(lake, tenant, delivery.path, delivery.table)
    hints = delivery.hints
    proposed = seen.proposal.mapping
    mapping = Mapping(
        columns=hints.columns,
        key=hints.key,
        label=hints.label,
        upload=hints.upload,
        values=proposed.values,
    )
    return receive(lake, tenant, actor, delivery.path, delivery.table, mapping=mapping)


def off_account(delivery: "Delivery", receipt: "Receipt", language: Language) -> str | None:
    """Return a sentence where a receipt differs from what the generator expects."""
    expected = delivery.expected.counts()
    found = {name: receipt.counts.get(name, 0) for name in expected}
    if found == expected:
        return None
    return text(
        "cli.demo_account_off",
        language,
        file=f"{delivery.path.parent.name}/{delivery.path.name}",
        expected=str(expected),
        found=str(found),
    )


def set_up(
    settings: Settings, scale: float, begin: Callable[[str], None]
) -> "tuple[GeneratedTenant, ...]":
    """Make the installation and the files of the three tenants."""
    from simulation.demo import generate_demo

    begin(text("cli.demo_step_data", settings.language))
    save_accounts(settings, [])
    initialise(settings)
    return generate_demo(settings.data_dir / "demonstration", scale=scale)
