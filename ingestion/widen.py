"""Silver follows its contract: a column that the contract has gained is added before rows come."""

from typing import TYPE_CHECKING

from data_contracts.contract import Table
from ingestion.schema import silver_schema, stored_columns
from lakehouse.commits import Commit

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def widen_silver(lake: "Lake", tenant: "Tenant", table: Table) -> None:
    """Give a tenant's silver table the columns that its contract has and it lacks.

    Rows that stand have NULL there. A table that is not there yet is left to its first upload.

    Raises
    ------
    SchemaMismatch
        The contract has given a column another type: that takes a migration.
    """
    ref = lake.ref(tenant, "silver", table.name)
    there, schema = lake.schema(ref).names, silver_schema(table)
    lacking = [name for name in schema.names if name not in there]
    if there and lacking:
        commit = Commit(f"columns:{lake.version(ref)}:{','.join(lacking)}")
        lake.writer.add_columns(ref, schema, commit)


def as_contracted(silver: "DataFrame", table: Table) -> "DataFrame":
    """Return an older version of silver with the columns that its contract has gained since."""
    from pyspark.sql import functions as fn

    from ingestion.silver import ENGINE_TYPES

    lacking = [c for c in stored_columns(table) if c.name not in silver.columns]
    return silver.select(
        "*", *(fn.lit(None).cast(ENGINE_TYPES[c.type]).alias(c.name) for c in lacking)
    )
