"""What one run of ``abcall`` works with: settings, the lake, and who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import typer

from data_contracts.contract import Contract
from data_contracts.loader import load_contracts
from foundation.errors import InvalidRequest
from foundation.settings import Settings
from foundation.texts import Language, text
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.audit import Detail, record
from tenancy.bootstrap import staff_actor
from tenancy.tenant import Tenant
from tenancy.tenants import tenant_for


@dataclass(frozen=True)
class Session:
    """The settings of this run; everything else is opened when a command needs it."""

    settings: Settings

    @property
    def language(self) -> Language:
        """Language of this run."""
        return self.settings.language

    @contextmanager
    def desk(self) -> Iterator["Desk"]:
        """Open the lake as a member of ABCall's staff and close it afterwards."""
        require_installation(self.settings)
        with Lake.open(self.settings) as lake:
            yield Desk(lake, staff_actor(lake.store))


@dataclass(frozen=True)
class Desk:
    """An open lake and the member of staff who works on it."""

    lake: Lake
    staff: Actor

    def tenant(self, tenant_id: str) -> Tenant:
        """Return a tenant, or ``NotFound``; going in is written down, whatever follows."""
        tenant = tenant_for(self.lake.store, self.staff, tenant_id)
        self.note("tenant.entered", tenant, tenant.id)
        return tenant

    def contract(self, tenant: Tenant) -> Contract:
        """Return the contract that holds for a tenant."""
        return self.lake.contract_of(tenant)

    def note(self, action: str, tenant: Tenant | None, subject: str, **details: Detail) -> None:
        """Write into the audit log what this member of staff did."""
        tenant_id = tenant.id if tenant else None
        record(self.lake.store, self.staff, action, tenant_id, subject, details=details)


def require_installation(settings: Settings) -> None:
    """Say what to run first where nothing was installed yet."""
    if not settings.data_dir.exists():
        raise InvalidRequest("cli.nothing_to_serve")


def contract_of(settings: Settings, vertical: str) -> Contract:
    """Return a vertical's contract; say which verticals exist where there is none."""
    contracts = load_contracts(settings.contract_dirs)
    if vertical not in contracts:
        raise InvalidRequest("cli.no_vertical", vertical=vertical, known=", ".join(contracts))
    return contracts[vertical]


def session_of(context: typer.Context) -> Session:
    """Return the session that the entry point put into the command's context."""
    return cast(Session, context.find_root().obj)


def helper(language: Language, room: str = "cli") -> "Helper":
    """Return a function that names a help sentence: ``helper("es")("upload")``."""
    return Helper(language, room)


@dataclass(frozen=True)
class Helper:
    """Looks up help sentences, ``<room>.help_<name>``."""

    language: Language
    room: str = "cli"

    def __call__(self, name: str) -> str:
        """Return the help sentence ``name``."""
        return text(f"{self.room}.help_{name}", self.language)
