"""``python -m benchmarks.lake_peer FILE FOLDER``: the same CSV to the same tables, by hand.

Polars and deltalake alone: bronze as strings, silver typed and of each key the last row, gold the
incidents in the order of their opening. It checks, encrypts, masks, tokenises and accounts for
nothing, and cannot go on after a crash: the least that a person would write.
"""

import sys
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, write_deltalake

from benchmarks.lake_incidents import MAPPING

TIMES = ("opened_at", "closed_at")


def run(path: Path, lake: Path) -> int:
    """Read strings, append them, type them, keep the last row of each key; return silver's rows."""
    texts = pl.read_csv(path, infer_schema=False)
    write_deltalake(lake / "bronze", texts.to_arrow())
    silver = texts.rename(MAPPING).with_columns(
        *(pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="UTC") for name in TIMES),
        pl.col("satisfaction").cast(pl.Int64),
    )
    silver = silver.unique("incident_id", keep="last")
    write_deltalake(lake / "silver", silver.to_arrow())
    del texts, silver
    _gold(lake)
    return int(DeltaTable(lake / "silver").count())


def _gold(lake: Path) -> None:
    silver = pl.from_arrow(DeltaTable(lake / "silver").to_pyarrow_table())
    assert isinstance(silver, pl.DataFrame)
    seconds = (pl.col("closed_at") - pl.col("opened_at")).dt.total_seconds()
    gold = silver.with_columns(resolution_seconds=seconds).sort("opened_at", "incident_id")
    write_deltalake(lake / "gold", gold.to_arrow())


if __name__ == "__main__":
    print(run(Path(sys.argv[1]), Path(sys.argv[2])))
