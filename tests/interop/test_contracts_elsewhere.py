"""Contracts in the hands of datacontract-cli: it lints and exports them, and checks the lake.

It runs in an environment of its own, pinned by ``requirements-interop.lock``. Its way to Delta is
an extension that DuckDB downloads; here it checks a copy of silver in Parquet, by delta-rs: all
that the contract says but for types, which it does not check in Parquet.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from deltalake import DeltaTable

from cli.main import run
from data_contracts.loader import load_documents
from data_contracts.odcs import HERE as CONTRACTS
from data_contracts.odcs import SUFFIX
from tests.ingestion_lake import TENANT
from tests.interop.environments import ROOT, environment, ran
from tests.interop.history import History

pytestmark = pytest.mark.slow
LOCK = ROOT / "requirements-interop.lock"
READER = Path(__file__).with_name("contract_reader.py")
EXPORTS = ("sql", "jsonschema", "html", "avro", "odcs")
Told = dict[str, Any]


def asked(tasks: list[Told], home: Path) -> dict[str, Told]:
    """Return what datacontract-cli says of files."""
    python = environment("contracts", "--require-hashes", "-r", LOCK, made_of=LOCK.read_bytes())
    said = ran(python, READER, home=home, told=json.dumps(tasks))
    found: dict[str, Told] = json.loads(said.splitlines()[-1])
    return found


def exported(history: History, home: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Return the contract of silver, with a copy of its tables beside the lake's own."""
    assert run(["contract", "export", TENANT.id], history.door.lake.settings) == 0
    document: Told = yaml.safe_load(capsys.readouterr().out)
    (lake,) = document["servers"]
    for table in document["schema"]:
        place = lake["path"].format(model=table["name"])
        rows = DeltaTable(place).to_pyarrow_table()
        pq.write_table(rows, home / f"{table['name']}.parquet")
    copy = {"server": "copy", "type": "local", "path": f"{home}/{{model}}.parquet"}
    document["servers"].append({**copy, "format": "parquet"})
    return document


def test_every_vertical_is_linted_as_it_stands_and_whole_and_exported(tmp_path: Path):
    files = sorted(CONTRACTS.glob(f"*{SUFFIX}"))
    tasks: list[Told] = [{"file": str(file), "exports": []} for file in files]
    for name, document in load_documents().items():
        whole = tmp_path / f"{name}.yaml"
        whole.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        tasks.append({"file": str(whole), "exports": EXPORTS if name == "telecom" else ["sql"]})
    found = asked(tasks, tmp_path)
    assert {name: told["lint"] for name, told in found.items() if told["lint"]["wrong"]} == {}
    exports = found[str(tmp_path / "telecom.yaml")]["exports"]
    assert "CREATE TABLE customers" in exports["sql"]
    assert "monthly_charge" in exports["jsonschema"]
    assert json.loads(exports["avro"])["type"] == "record"
    assert "</html>" in exports["html"]


def test_the_lake_passes_the_check_and_a_row_that_should_not_be_there_is_found(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    document, file = exported(history, tmp_path, capsys), tmp_path / "silver.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    names = {c["name"] for t in document["schema"] for c in t["properties"]}
    assert names >= {"person_token", "plan_score", "valid_from"}
    assert not names & {"customer_id", "full_name", "phone"}
    task = {"file": str(file), "exports": ["sql"], "server": "copy"}
    told = asked([task], tmp_path)[str(file)]
    assert told["lint"]["wrong"] == []
    assert told["test"]["wrong"] == []
    assert told["test"]["passed"] > 60
    # All that this program cannot look at in Parquet; the tests of tables compare types.
    assert all("has type" in check for check in told["test"]["unchecked"])
    table = tmp_path / "customers.parquet"
    rows = pq.read_table(table)
    (at,) = (n for n, name in enumerate(rows.column_names) if name == "tenure_months")
    broken = rows.set_column(at, rows.field(at), [[-3] * rows.num_rows])
    pq.write_table(broken, table)
    wrong = asked([task], tmp_path)[str(file)]["test"]["wrong"]
    assert len(wrong) == 1
    assert "tenure_months" in wrong[0]
