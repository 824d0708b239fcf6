"""``gold.model_watch``: what was compared of a champion, and what differs. Append only.

One row a watch, window, slice, feature and statistic; figures over groups, no person.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from foundation.texts import Language
from lakehouse.commits import Commit
from models.drift import Compared
from models.registry import Registry
from models.score_table import TIME

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TABLE = "model_watch"
Kind = Literal["data", "score", "quality"]
WATCH = pa.schema(
    [
        ("watch_id", pa.string()),
        ("model", pa.string()),
        ("model_version", pa.string()),
        ("watched_at", TIME),
        ("window", pa.string()),
        ("slice", pa.string()),
        ("kind", pa.string()),
        ("feature", pa.string()),
        ("statistic", pa.string()),
        ("value", pa.float64()),
        ("alarm_level", pa.float64()),
        ("alarm", pa.bool_()),
        ("new_cause", pa.bool_()),
        ("then_value", pa.float64()),
        ("now_value", pa.float64()),
        ("then_rows", pa.int64()),
        ("now_rows", pa.int64()),
        ("said_es", pa.string()),
        ("said_en", pa.string()),
    ]
)


@dataclass(frozen=True)
class Finding:
    """One comparison.

    Attributes
    ----------
    window
        See ``watch_rows.WINDOWS``.
    slice
        ``feature=value``; empty for everyone.
    feature
        Of the data; ``score``; or for quality ``discrimination`` or ``calibration``.
    value
        Of the statistic; for quality what was lost, or the gap between said and happened.
    alarm_level
        Above it is an alarm.
    new_cause
        The first alarm of this feature under this version: it asks for a retraining.
    then_value, now_value
        What the sentence tells: means, shares, or the figure of quality.
    said_es, said_en
        What changed, in words; empty without an alarm.
    """

    window: str
    slice: str
    kind: Kind
    feature: str
    statistic: str
    value: float
    alarm_level: float
    alarm: bool
    then_value: float
    now_value: float
    then_rows: int
    now_rows: int
    said_es: str = ""
    said_en: str = ""
    new_cause: bool = False

    @property
    def cause(self) -> tuple[str, str]:
        """What a retraining would be for."""
        return self.kind, self.feature

    @property
    def excess(self) -> float:
        """How many times its alarm level it is."""
        return self.value / self.alarm_level

    def say(self, language: Language) -> str:
        """Return what changed, in words."""
        return self.said_es if language == "es" else self.said_en


def finding(
    window: str,
    one: Compared,
    kind: Kind,
    *,
    rows: tuple[int, int],
    values: tuple[float, float],
    say: Callable[[Language], str],
) -> Finding:
    """Return a comparison as a finding, told in words where it is an alarm.

    Parameters
    ----------
    rows, values
        Of then and of now.
    """
    return Finding(
        window=window,
        slice=one.slice,
        kind=kind,
        feature=one.feature,
        statistic=one.statistic,
        value=one.value,
        alarm_level=one.level,
        alarm=one.alarm,
        then_value=values[0],
        now_value=values[1],
        then_rows=rows[0],
        now_rows=rows[1],
        said_es=say("es") if one.alarm else "",
        said_en=say("en") if one.alarm else "",
    )


def causes_known(
    lake: "Lake", tenant: "Tenant", model: str, version: str
) -> frozenset[tuple[str, str]]:
    """Return the causes for which a retraining of this version was asked for already."""
    ref = lake.ref(tenant, "gold", TABLE)
    if not lake.exists(ref):
        return frozenset()
    mine = (pc.field("model") == model) & (pc.field("model_version") == version)
    rows = lake.arrow(ref, ["kind", "feature"], mine & pc.field("new_cause"))
    return frozenset(zip(rows["kind"].to_pylist(), rows["feature"].to_pylist(), strict=True))


@dataclass(frozen=True)
class Cause:
    """Why a model is to be trained again: the watch that found it, and of which version."""

    watch_id: str
    model: str
    model_version: str


def open_causes(lake: "Lake", tenant: "Tenant", since: datetime) -> list[Cause]:
    """Return for what retrainings were asked since a moment, of versions that are champion still.

    The order is that of their names; a cause stays open until another version is champion.
    """
    ref = lake.ref(tenant, "gold", TABLE)
    if not lake.exists(ref):
        return []
    asked = pc.field("new_cause") & (pc.field("watched_at") >= pa.scalar(since, TIME))
    names = ["watch_id", "model", "model_version"]
    rows = lake.arrow(ref, names, asked).group_by(names).aggregate([]).to_pylist()
    causes = sorted((Cause(**row) for row in rows), key=lambda one: (one.model, one.watch_id))
    registry = Registry(lake.settings)
    return [
        one
        for one in causes
        if registry.champions(tenant.id, one.model)[-1:] == (one.model_version,)
    ]


def write_watch(
    lake: "Lake", tenant: "Tenant", findings: Sequence[Finding], same: dict[str, object]
) -> None:
    """Append a watch, once.

    Parameters
    ----------
    same
        ``watch_id``, ``model``, ``model_version``, ``watched_at``.
    """
    rows = pa.Table.from_pylist([{**same, **asdict(one)} for one in findings], schema=WATCH)
    lake.writer.append(lake.ref(tenant, "gold", TABLE), rows, Commit(str(same["watch_id"])))


def read_watch(lake: "Lake", tenant: "Tenant", watch_id: str) -> list[Finding]:
    """Return what a watch found, as it was written."""
    ref = lake.ref(tenant, "gold", TABLE)
    names = list(Finding.__dataclass_fields__)
    rows = lake.arrow(ref, names, pc.field("watch_id") == watch_id)
    return [Finding(**row) for row in rows.to_pylist()]
