"""The end of a tenant goes through every table of the store, whatever its process has imported."""

import subprocess
import sys

from sqlalchemy import inspect

from tenancy.store import Store

TOLD = """
import tenancy.tenant_end
from tenancy.tables import Base
print(*Base.metadata.tables)
"""


def test_a_process_that_only_ends_tenants_knows_every_table(store: Store):
    told = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True)
    there = set(inspect(store.engine).get_table_names())
    assert set(told.stdout.split()) == there - {"alembic_version"}
