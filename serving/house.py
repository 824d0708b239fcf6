"""What every area of the service is built on."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.settings import Settings
from foundation.texts import Language, text
from models.live import LiveModels
from serving.health.life import Life

if TYPE_CHECKING:
    from lakehouse.lake import Lake


@dataclass(frozen=True)
class House:
    """An installation as the service sees it.

    Attributes
    ----------
    contracts
        Of all verticals, as they were when the service started: they shape the documentation. What
        holds for a tenant is in ``Caller.contract``.
    models
        Of all tenants, as they are now.
    language
        Of the documentation.
    """

    lake: "Lake"
    contracts: tuple[Contract, ...]
    models: LiveModels
    language: Language
    life: Life = field(default_factory=Life)

    @property
    def settings(self) -> Settings:
        """Return the installation's settings."""
        return self.lake.settings

    def said(self, key: str) -> str:
        """Return a text of the documentation."""
        return text(key, self.language)
