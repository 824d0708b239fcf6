"""A contract drafted from a file of a business that nobody knew: what is told, what is left out."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.contract import Contract
from data_contracts.golden import golden_files
from data_contracts.loader import load_contract
from data_contracts.place import Node
from foundation.errors import InvalidContract, InvalidRequest
from ingestion.drafting.answers import Answers, Said, read_words
from ingestion.drafting.document import document_of
from ingestion.drafting.draft import Draft, draft
from ingestion.drafting.label import likely_label, positive_of
from ingestion.drafting.limits import outwards
from ingestion.drafting.samples import Sample, read_samples
from ingestion.drafting.written import written
from simulation.gym import HEADER, write_members

TITLE = {"es": "Gimnasios", "en": "Gyms"}
PERSONAL = ("socio", "nombre", "celular", "correo", "notas")
LIMIT = 10**8


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_members(tmp_path_factory.mktemp("gym"))


@pytest.fixture(scope="module")
def samples(file: Path) -> tuple[Sample, ...]:
    return read_samples([file], LIMIT)


def drafted(samples: tuple[Sample, ...], **answers: object) -> Draft:
    given = {"label": "renueva", **answers}
    return draft(samples, Answers("gym", TITLE, **given))  # type: ignore[arg-type]


def contract_of(document: Node, folder: Path) -> Contract:
    path = folder / "gym.odcs.yaml"
    path.write_text(written(document, "tried"), encoding="utf-8")
    return load_contract(path)


@pytest.fixture(scope="module")
def contract(samples: tuple[Sample, ...], tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract_of(document_of(drafted(samples)), tmp_path_factory.mktemp("contract"))


def told(contract: Contract) -> dict[str, tuple[str, str, str]]:
    customers = contract.table("customers")
    return {c.name: (c.type, c.role, c.classification) for c in customers.columns}


def test_each_column_gets_its_type_role_and_classification(contract: Contract):
    columns = told(contract)
    assert columns["customer_id"][2] == "identifier"
    assert columns["meta"] == ("string", "measure", "internal")
    assert columns["visitas_mes"] == ("integer", "measure", "internal")
    assert columns["peso_kg"] == ("number", "measure", "internal")
    assert columns["cuota_mensual"] == ("money", "measure", "internal")
    assert columns["con_entrenador"] == ("boolean", "measure", "internal")
    assert columns["notas"] == ("string", "text", "free_text")
    assert columns["renueva"] == ("boolean", "outcome", "internal")


def test_what_the_contact_centre_knows_is_not_declared_twice(samples: tuple[Sample, ...]):
    (table,) = document_of(drafted(samples))["schema"]
    names = {column["name"] for column in table["properties"]}
    assert not names & {"nombre", "celular", "correo", "full_name", "phone", "email"}


def test_the_money_the_groups_and_the_model_are_drafted(contract: Contract):
    model = contract.model("renueva")
    assert (model.entity, model.task, model.metric) == ("customer", "binary", "auc")
    assert (model.label.table, model.label.column) == ("customers", "renueva")
    assert "customer_measures" in model.features
    assert {m.money.value_column for m in contract.models} == {"cuota_mensual"}
    assert contract.dashboard.dimensions[0] == "meta"
    assert len(contract.offers) == 3


def test_two_words_for_the_outcome_become_yes_and_no(contract: Contract):
    column = contract.table("customers").column("renueva")
    assert column.value_synonyms == {"true": ("renueva",), "false": ("no renueva",)}


def test_no_value_of_a_person_stands_in_the_contract_or_its_golden_rows(
    file: Path, samples: tuple[Sample, ...], contract: Contract
):
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    values = {row[header] for header in PERSONAL for row in rows}
    text = written(document_of(drafted(samples)), "tried")
    text += "".join(golden_files(contract).values())
    assert len(values) > 1000
    assert not [value for value in values if value in text]


def test_a_value_that_few_share_is_not_written_down(tmp_path: Path):
    path = tmp_path / "x.csv"
    rows = ["plan,estado", *["basico,si"] * 60, *["oro,no"] * 60, *["el de la casa azul,no"] * 3]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    document = document_of(draft(read_samples([path], LIMIT), Answers("x", TITLE)))
    assert "basico" in written(document, "x")
    assert "casa azul" not in written(document, "x")


@given(st.floats(0, 1e12))
def test_a_limit_is_a_power_of_ten_with_room_above_what_was_seen(value: float):
    limit = outwards(value)
    assert set(str(limit)[1:]) == {"0"}
    assert limit >= 10 * value or value < 1


def test_the_outcome_is_guessed_by_its_words_and_its_place(samples: tuple[Sample, ...]):
    columns = [one for table in drafted(samples, label=None).tables for one in table.columns]
    assert likely_label(columns) == "renueva"


@pytest.mark.parametrize(
    ("header", "values", "yes"),
    [
        ("Risk", ["Risk", "No Risk"], "Risk"),
        ("Attrition_Flag", ["Existing Customer", "Attrited Customer"], "Attrited Customer"),
        ("activo", ["si", "no"], "si"),
        ("color", ["rojo", "verde"], None),
    ],
)
def test_which_of_two_values_means_yes(
    tmp_path: Path, header: str, values: list[str], yes: str | None
):
    path = tmp_path / "x.csv"
    path.write_text("\n".join([f"id,{header}", *(f"{n},{values[n % 2]}" for n in range(40))]))
    (sample,) = read_samples([path], LIMIT)
    assert positive_of(header, sample.profiles[header]) == yes


def test_what_is_known_only_afterwards_is_shown_and_not_learned_from(
    samples: tuple[Sample, ...], tmp_path: Path
):
    made = contract_of(document_of(drafted(samples, after=frozenset({"peso_kg"}))), tmp_path)
    assert told(made)["peso_kg"][1] == "attribute"


def test_what_is_known_in_time_is_said_so_in_the_contract(
    samples: tuple[Sample, ...], tmp_path: Path
):
    document = document_of(drafted(samples, known=frozenset({"peso_kg"})))
    columns = contract_of(document, tmp_path).table("customers").columns
    assert [column.name for column in columns if column.known_in_time] == ["peso_kg"]


def test_what_the_base_has_may_be_known_afterwards_or_in_time_as_well(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["Age,Gender,Level", *(f"{20 + n % 60},F,a" for n in range(90))]))
    said = Answers("gym", TITLE, after=frozenset({"Age"}), known=frozenset({"Gender"}))
    table = contract_of(document_of(draft(read_samples([path], LIMIT), said)), tmp_path).table(
        "customers"
    )
    assert (table.column("age").role, table.column("gender").known_in_time) == ("attribute", True)


def test_headers_may_be_answered_without_their_case_accents_and_spaces(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["Año  de Alta,SeVa", *(f"{n % 9},{n % 2}" for n in range(90))]))
    said = Answers("gym", TITLE, "seva", after=frozenset({"ano de alta"}))
    made = contract_of(document_of(draft(read_samples([path], LIMIT), said)), tmp_path)
    roles = {column.synonyms: column.role for column in made.table("customers").columns}
    assert roles["Año  de Alta",] == "attribute"
    assert roles["SeVa",] == "outcome"


def test_a_row_number_is_shown_and_not_learned_from(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["rownames,plan", *(f"{n},{'ab'[n % 2]}" for n in range(1, 99))]))
    made = contract_of(
        document_of(draft(read_samples([path], LIMIT), Answers("gym", TITLE))), tmp_path
    )
    assert made.table("customers").column("rownames").role == "attribute"


def test_one_number_that_is_not_whole_makes_a_column_of_numbers(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["points", *(str(n % 7) for n in range(99)), "2.5"]))
    made = contract_of(
        document_of(draft(read_samples([path], LIMIT), Answers("gym", TITLE))), tmp_path
    )
    assert made.table("customers").column("points").type == "number"


def test_words_of_a_person_take_the_place_of_headers(samples: tuple[Sample, ...], tmp_path: Path):
    said = {"peso_kg": Said("weight", {"es": "peso", "en": "weight"}, "kilograms")}
    column = contract_of(document_of(drafted(samples, said=said)), tmp_path).table("customers")
    weight = column.column("weight")
    assert (weight.label, weight.unit) == ({"es": "peso", "en": "weight"}, "kilograms")
    assert set(weight.synonyms) == {"peso_kg", "weight"}


def test_what_nobody_translated_is_marked(contract: Contract):
    label = contract.table("customers").column("visitas_mes").label
    assert label == {"es": "visitas mes", "en": "visitas mes (to be translated)"}


def test_a_column_of_the_base_takes_the_type_that_its_values_have(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["Age,Level", *(f"{20 + n / 7:.3f},a" for n in range(90))]))
    made = contract_of(
        document_of(draft(read_samples([path], LIMIT), Answers("gym", TITLE))), tmp_path
    )
    age = made.table("customers").column("age")
    assert (age.type, age.minimum, age.maximum) == ("number", 0, 120)


@pytest.mark.parametrize("answers", [{"label": "nada"}, {"after": frozenset({"nada"})}])
def test_an_answer_about_a_header_that_is_none_is_the_persons_to_mend(
    samples: tuple[Sample, ...], answers: dict[str, object]
):
    with pytest.raises(InvalidRequest, match="nada"):
        drafted(samples, **answers)


@pytest.mark.parametrize("answers", [{"after": frozenset({"meta"})}, {"label": "meta"}])
def test_nothing_is_known_before_the_outcome_and_after_it(
    samples: tuple[Sample, ...], answers: dict[str, object]
):
    with pytest.raises(InvalidRequest) as refused:
        drafted(samples, known=frozenset({"meta"}), **answers)
    assert "--known" in refused.value.say("en")


def test_a_file_of_words_says_where_it_is_wrong(tmp_path: Path):
    path = tmp_path / "words.yaml"
    path.write_text("peso_kg: {en: weight}\n", encoding="utf-8")
    with pytest.raises(InvalidContract, match="peso_kg"):
        read_words(path)


def test_the_sample_has_what_the_tests_speak_of(samples: tuple[Sample, ...]):
    assert samples[0].raw.headers == HEADER
