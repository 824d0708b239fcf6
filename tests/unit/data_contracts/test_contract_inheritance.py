"""A vertical names only what it adds or changes; the rest is its base's."""

import subprocess
import sys
from pathlib import Path

import pytest

from data_contracts.loader import load_contract, load_contracts
from data_contracts.odcs import HERE, checked, digest
from foundation.errors import OperatorError

GYM = """
apiVersion: v3.2.0
kind: DataContract
id: abcall.gym
name: gym
version: 0.1.0
status: active
description: {purpose: What a gym sends.}
customProperties:
  - {property: extends, value: contact_center}
  - {property: label, value: {en: Fitness, es: Gimnasios}}
  - property: models
    value:
      - {name: churn, metric: average_precision}
schema:
  - name: customers
    properties:
      - name: visits_last_30_days
        logicalType: integer
        classification: internal
        description: Visits in 30 days. / Visitas en 30 días.
        customProperties:
          - {property: columnRole, value: measure}
          - {property: label, value: {en: visits, es: visitas}}
      - name: age
        logicalType: integer
        logicalTypeOptions: {minimum: 12, maximum: 100}
        synonyms: [{synonym: member_age, locale: en}]
"""


def gym(folder: Path) -> Path:
    path = folder / "gym.odcs.yaml"
    path.write_text(GYM, encoding="utf-8")
    return path


def test_a_new_vertical_needs_only_its_own_words(tmp_path: Path):
    contract = load_contract(gym(tmp_path))
    assert contract.label == {"en": "Fitness", "es": "Gimnasios"}
    assert len(contract.tables) == 5
    assert contract.table("incidents") == load_contracts()["telecom"].table("incidents")


def test_the_verticals_columns_come_first_in_its_order(tmp_path: Path):
    columns = [c.name for c in load_contract(gym(tmp_path)).table("customers").columns]
    assert columns[:4] == ["visits_last_30_days", "age", "customer_id", "full_name"]


def test_a_column_is_changed_where_it_is_named_and_its_synonyms_add_up(tmp_path: Path):
    age = load_contract(gym(tmp_path)).table("customers").column("age")
    assert (age.minimum, age.maximum) == (12, 100)
    assert {"edad", "member_age"} <= set(age.synonyms)
    assert (age.role, age.label["es"], age.classification) == ("measure", "edad", "internal")


def test_a_model_is_changed_by_its_name(tmp_path: Path):
    contract = load_contract(gym(tmp_path))
    assert [model.name for model in contract.models] == ["churn", "incident_risk"]
    assert contract.model("churn").metric == "average_precision"
    assert contract.model("churn").label.horizon_days == 30


def test_a_folder_of_contracts_is_added_to_ours(tmp_path: Path):
    gym(tmp_path)
    assert set(load_contracts((tmp_path,))) == {*load_contracts(), "gym"}
    assert "gym" not in load_contracts()


def test_a_contract_that_the_installation_lacks_is_its_operators_matter():
    known = ", ".join(sorted(load_contracts()))
    with pytest.raises(OperatorError, match=rf"vertical “gym”.*{known}"):
        load_contracts()["gym"]


def test_contracts_are_read_once_in_a_process():
    assert load_contracts() is load_contracts()


def test_our_own_files_need_neither_jsonschema_nor_pydantic_to_load():
    """Loading stays fast: the schema is checked when a file changes, not at every start."""
    program = (
        "import sys; from data_contracts.loader import load_contracts; load_contracts();"
        "heavy = {'jsonschema', 'pydantic', 'open_data_contract_standard'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_a_changed_file_is_checked_again():
    content = (HERE / "telecom.odcs.yaml").read_bytes()
    assert digest(content) in checked()
    assert digest(content + b"\n") not in checked()
