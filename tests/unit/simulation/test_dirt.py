"""Damaged rows break the rule that they are said to break."""

from dataclasses import replace

import numpy as np

from simulation.dirt import Dirt, Fault, soil
from simulation.sheets import make_sheet


def test_no_fault_is_put_into_a_row_that_deletes_for_nobody_reads_it_there():
    values = {"incident_id": ("incident_id", ["a", "b", "c"]), "age": ("age", ["1", "2", "3"])}
    sheet = replace(make_sheet(values), deletes=[True, False, True])
    faults = tuple(Fault("age", "-1", "minimum") for _ in range(20))
    lines = soil(np.random.default_rng(0), sheet, Dirt(faults=faults))
    damaged = [line for line in lines if line.row.rejected]
    assert [line.cells for line in damaged] == [("b", "-1")] * 20
