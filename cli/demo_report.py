"""What the demonstration tells about a tenant: the account of its rows, its models, its money."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from cli.console import say, show
from cli.demo_data import Account
from cli.demo_truth import Beside, true_auc
from foundation.texts import Language, text
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ingestion.receipt import Receipt
    from lakehouse.lake import Lake
    from simulation.delivery import Truth

COUNTS = ("rows", "inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")
ABSENT = "—"


@dataclass(frozen=True)
class Quality:
    """A model's AUC out of fold with its interval; where there is a truth, both on its rows."""

    auc: float
    low: float
    high: float
    truth: Beside | None


@dataclass(frozen=True)
class Told:
    """One row of the demonstration's table: a tenant."""

    tenant: Tenant
    counts: "Mapping[str, int]"
    churn: Quality | None
    incident_risk: Quality | None
    at_risk: int
    money: Decimal | None

    def account(self, language: Language) -> list[str]:
        """Return the row of the table of rows: what became of what was uploaded."""
        return [self.tenant.name, *(_number(self.counts[name], language) for name in COUNTS)]

    def predictions(self, language: Language) -> list[str]:
        """Return the row of the table of models: quality, customers and money at risk."""
        return [
            self.tenant.name,
            *_quality(self.churn),
            *_quality(self.incident_risk),
            _number(self.at_risk, language),
            ABSENT if self.money is None else self._money(self.money, language),
        ]

    def _money(self, amount: Decimal, language: Language) -> str:
        return f"{self.tenant.currency} {_number(round(amount), language)}"


def tell(lake: "Lake", tenant: Tenant, truth: "Truth", receipts: "Iterable[Receipt]") -> Told:
    """Return what the main job did for a tenant, read back from the lake."""
    from models.batch import RISKY

    counts: Counter[str] = Counter()
    for receipt in receipts:
        counts.update(receipt.counts)
    ref = lake.ref(tenant, "gold", "score")
    scores = lake.arrow(ref, ["model", "risk_class", "money_at_risk"])
    churn = scores.filter(pc.equal(scores["model"], "churn"))
    risky = pc.is_in(churn["risk_class"], value_set=pa.array(RISKY))
    return Told(
        tenant=tenant,
        counts={name: counts[name] for name in COUNTS},
        churn=_judged(lake, tenant, "churn", truth.churn),
        incident_risk=_judged(lake, tenant, "incident_risk", truth.incident_risk),
        at_risk=churn.filter(risky).num_rows,
        money=pc.sum(churn["money_at_risk"]).as_py(),
    )


def _judged(lake: "Lake", tenant: Tenant, model: str, truth: "Path | None") -> Quality | None:
    quality = lake.arrow(lake.ref(tenant, "gold", "model_quality"))
    mine = [row for row in quality.to_pylist() if (row["model"], row["metric"]) == (model, "auc")]
    if not mine:
        return None
    newest = max(mine, key=lambda row: row["trained_at"])
    contract = lake.contract_of(tenant)
    beside = None if truth is None else true_auc(lake, tenant, contract, model, truth)
    if beside is None:
        return Quality(newest["value"], newest["low"], newest["high"], None)
    return Quality(beside.model.value, beside.model.low, beside.model.high, beside)


def _quality(quality: Quality | None) -> tuple[str, str]:
    if quality is None:
        return ABSENT, ABSENT
    own = f"{quality.auc:.3f} ({quality.low:.3f}–{quality.high:.3f})"
    return own, ABSENT if quality.truth is None else f"{quality.truth.truth.value:.3f}"


def _number(value: int, language: Language) -> str:
    grouped = f"{value:,}"
    return grouped if language == "en" else grouped.replace(",", ".")


def show_accounts(accounts: list[Account], language: Language) -> None:
    """Print who may sign in to the demonstration's dashboard."""
    if accounts:
        headers = text("cli.access_headers", language).split("|")
        rows = [(a.tenant, a.email, a.password) for a in accounts]
        show(text("cli.up_access", language), headers, rows)


def show_told(told: list[Told], language: Language) -> None:
    """Print what the main job did, a row a tenant: first the rows, then what was learned."""
    tables = {
        "rows": [line.account(language) for line in told],
        "models": [line.predictions(language) for line in told],
    }
    for name, rows in tables.items():
        headers = text(f"cli.demo_{name}_headers", language).split("|")
        show(text(f"cli.demo_{name}", language), headers, rows)
    say(text("cli.demo_auc_explained", language))
