"""Features of incidents that are being registered now: the same expressions as in training.

The tenant's gold stands for the past; the given incidents stand in the place of gold's own rows. So
a record made here equals the one that a batch makes of the same incident at the same time.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract
from features.build import ENTITY, PERSON, available, build, declared
from features.catalogue import MONTHLY_VALUE
from features.facts import AS_OF
from features.gold import Gold, read_gold
from features.records import to_records
from features.shapes import FeatureFrame
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

OPENED = "opened_at"
OWN = ("self", "text")
"""Sources that an incident brings itself; a recording is not heard yet when it comes in: what it
sounds like is unknown then."""


def incident_frame(
    lake: "Lake", tenant: Tenant, contract: Contract, model_name: str, incidents: pa.Table
) -> FeatureFrame:
    """Return the features of given incidents, each as of its opening, in the given order.

    Parameters
    ----------
    model_name
        A model of the contract whose entity is the incident.
    incidents
        One row an incident as gold would hold it: ``entity_id`` (each once), ``person_token``
        (NULL: nobody known), ``opened_at`` and the contract's columns that are known at intake,
        texts masked; what they say (``build.SAID``) where the champion takes it.
    """
    model = contract.model(model_name)
    chosen = declared(model, contract)
    gold = read_gold(lake, tenant)
    grid = lake.engine.frame(incidents.append_column(AS_OF, incidents.column(OPENED)))
    frame = build(_past_of(gold, incidents), chosen, grid, tenant.time_zone)
    rows = _in_order(lake.engine.arrow(frame), incidents)
    specs = tuple(f.spec(contract) for f in chosen if f.source in OWN or available(f, gold))
    return FeatureFrame(
        model=model,
        records=to_records(rows, specs),
        entity_ids=np.array(rows.column(ENTITY).to_pylist(), dtype=np.str_),
        person_tokens=np.array([p or "" for p in rows.column(PERSON).to_pylist()], dtype=np.str_),
        as_of=rows.column(AS_OF).to_numpy().astype("datetime64[us]"),
        monthly_values=tuple(rows.column(MONTHLY_VALUE).to_pylist()),
        features=specs,
        table_versions=gold.versions,
    )


def _past_of(gold: Gold, incidents: pa.Table) -> Gold:
    """Return gold with the rows of the incidents' persons only: less to join."""
    from pyspark.sql import functions as fn

    persons = incidents.column(PERSON).drop_null().unique().to_pylist()
    theirs = fn.col(PERSON).isin(persons) if persons else fn.lit(False)
    return Gold({name: rows.where(theirs) for name, rows in gold.frames.items()}, gold.versions)


def _in_order(rows: pa.Table, incidents: pa.Table) -> pa.Table:
    """Return the rows in the order of the incidents: an engine keeps none."""
    place = {entity: at for at, entity in enumerate(rows.column(ENTITY).to_pylist())}
    return rows.take([place[entity] for entity in incidents.column(ENTITY).to_pylist()])
