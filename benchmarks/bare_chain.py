"""The peer of an upload: the same file by Polars and deltalake alone.

It keeps no history, encrypts nothing, masks nothing, checks nothing and accounts for nothing: the
least that a person would write to have the newest customers and their totals in Delta tables.
"""

from pathlib import Path

import polars as pl
from deltalake import DeltaTable, write_deltalake

KEY = "customerID"
WHOLE = ("SeniorCitizen", "tenure")
AMOUNTS = ("MonthlyCharges", "TotalCharges")


def run(path: Path, lake: Path) -> None:
    """Read strings, append them, type them, merge by key and aggregate."""
    texts = pl.read_csv(path, infer_schema=False)
    write_deltalake(lake / "bronze", texts.to_arrow(), mode="append")
    typed = texts.with_columns(
        *(pl.col(name).str.strip_chars().cast(pl.Int64, strict=False) for name in WHOLE),
        *(pl.col(name).str.strip_chars().cast(pl.Float64, strict=False) for name in AMOUNTS),
    )
    _merge(typed, lake / "silver")
    _aggregate(lake)


def _merge(rows: pl.DataFrame, place: Path) -> None:
    if not DeltaTable.is_deltatable(str(place)):
        write_deltalake(place, rows.to_arrow())
        return
    (
        DeltaTable(str(place))
        .merge(rows.to_arrow(), f"t.{KEY} = s.{KEY}", source_alias="s", target_alias="t")
        .when_matched_update_all()
        .when_not_matched_insert_all()
        .execute()
    )


def _aggregate(lake: Path) -> None:
    silver = pl.DataFrame(pl.from_arrow(DeltaTable(str(lake / "silver")).to_pyarrow_table()))
    gold = silver.group_by("Contract", "InternetService").agg(
        pl.len().alias("customers"),
        (pl.col("Churn") == "Yes").sum().alias("churned"),
        pl.col("MonthlyCharges").sum().alias("monthly_charges"),
    )
    write_deltalake(lake / "gold", gold.to_arrow(), mode="overwrite")
