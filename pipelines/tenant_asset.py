"""What every asset of a tenant's models has in common: its group, partitions and retries."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import dagster as dg

from data_contracts.contract import Contract
from pipelines.partitions import tenants_of
from pipelines.platform import RETRY

Results = Iterator[dg.MaterializeResult[None]]


def tenant_asset(
    contract: Contract,
    key: dg.AssetKey,
    deps: Iterable[dg.AssetKey],
    kinds: set[str],
    checks: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Return the decorator of a function that makes one asset of one tenant a run.

    Parameters
    ----------
    checks
        Names of the asset's checks.
    """
    return dg.multi_asset(
        name="_".join(key.path),
        specs=[dg.AssetSpec(key, deps=deps, group_name=contract.vertical, kinds=kinds)],
        check_specs=[dg.AssetCheckSpec(name, asset=key) for name in checks],
        can_subset=bool(checks),
        partitions_def=tenants_of(contract.vertical),
        retry_policy=RETRY,
    )
