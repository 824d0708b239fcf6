"""``abcall vertical new`` with odd files and names: a sentence, or a draft."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from data_contracts.contract import Contract
from data_contracts.loader import forget_contracts, load_contracts
from foundation.settings import Settings
from tests.unit.cli.conftest import Ran, Type, typing
from tests.workbooks import workbook

pytestmark = pytest.mark.slow
TITLES = ["--title-es", "Cosas", "--title-en", "Things"]
ROWS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "contracts"


@pytest.fixture
def abcall_own(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    forget_contracts()
    return typing(replace(Settings.at(tmp_path / "own"), contract_dirs=(folder,)), capsys)


def lines(header: str, row: Callable[[int], str], count: int = ROWS) -> str:
    return "\n".join([header, *(row(n) for n in range(count))]) + "\n"


def file_of(tmp_path: Path, content: str | bytes, name: str = "muestra.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def new(abcall: Type, *files: Path, name: str = "cosas", label: str = "-") -> Ran:
    return abcall("vertical", "new", name, *TITLES, "--label", label, *files)


def drafted(ran: Ran, folder: Path) -> Contract:
    assert ran.code == 0, ran.words
    forget_contracts()
    assert not list(folder.rglob("*.new"))
    assert (folder / "golden" / "cosas" / "expected.yaml").exists()
    return load_contracts((folder,))["cosas"]


REFUSED: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "-", "está vacío"),
    "only a header": ("a,b,c\n", "-", "ninguna fila"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "-", "muestra.csv"),
    "a constant label": (lines("a,b", lambda n: f"{n},x"), "b", "no se puede predecir"),
    "texts for a label": (lines("a,b", lambda n: f"1,de {n} y {n}"), "b", "no se puede predecir"),
    "one example of a class": (
        lines("a,b", lambda n: f"{n % 9},{'lejos' if n == 3 else 'cerca'}"), "b", "«lejos»"
    ),
    "a header that is none": (lines("a,b", lambda n: f"{n},x"), "zeta", "«zeta»"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_of_which_nothing_can_be_drafted_is_refused_in_a_sentence(
    case: str, abcall_own: Type, folder: Path, tmp_path: Path
):
    content, label, sentence = REFUSED[case]
    positive = ["--positive", "cerca"] if "class" in case else []
    ran = abcall_own("vertical", "new", "cosas", *TITLES, "--label", label, *positive,
                     "--from", file_of(tmp_path, content))  # fmt: skip
    assert (ran.code, sentence in ran.words) == (2, True), ran.words
    assert not folder.exists()


BAD_NAMES = (
    *("Gym", "gimnasió", "../fuera", "a/b", "dos palabras", "1gym", "x" * 60, "", "ñandú"),
    *("telecom", "contact_center", "gym\n", "gym.odcs.yaml"),
)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_will_not_do_is_refused_and_nothing_is_written(
    name: str, abcall_own: Type, folder: Path, tmp_path: Path
):
    ran = new(abcall_own, file_of(tmp_path, lines("a,b", lambda n: f"{n},x")), name=name)
    assert ran.code == 2, ran.words
    assert "sector" in ran.words
    assert not folder.exists()
    assert [one.name for one in tmp_path.iterdir()] == ["muestra.csv"]


def test_a_draft_is_not_written_over_and_the_first_one_stays(
    abcall_own: Type, folder: Path, tmp_path: Path
):
    first = drafted(new(abcall_own, file_of(tmp_path, lines("a,b", lambda n: f"{n},x"))), folder)
    again = new(abcall_own, file_of(tmp_path, lines("otra,cosa", lambda n: f"{n},x")))
    assert (again.code, "ya está declarado" in again.words) == (2, True)
    assert drafted(replace(again, code=0), folder) == first


def test_a_folder_that_cannot_be_made_is_the_operators_matter(
    abcall_own: Type, folder: Path, tmp_path: Path
):
    folder.write_text("a file stands where the folder should", encoding="utf-8")
    ran = new(abcall_own, file_of(tmp_path, lines("a,b", lambda n: f"{n},x")))
    assert (ran.code, "no se puede escribir" in ran.words) == (78, True), ran.words


DRAFTED: dict[str, str | bytes] = {
    "one column": lines("monto", lambda n: f"{n * 3.5}"),
    "five rows": lines("a,b,plan", lambda n: f"{n},{n * 2},p{n % 2}", 5),
    "everything the same": lines("a,b,c", lambda _: "1,x,2.5"),
    "semicolons of Windows": lines("año;opinión;peso", lambda n: f"{2000 + n % 9};sí;{n},5").encode(
        "cp1252"
    ),
    "names of the platform": lines(
        "label,monthly_value,is_current,entity_id,as_of_at,select,a.b,row_key,x,x,{n},abandoned",
        lambda n: ",".join(str(n % (k + 2)) for k in range(12)),
    ),
    "names of the base for other things": lines(
        "Phone,City,Age,Segment,Gender,Operation,Name of plan",
        lambda n: f"{'yes' if n % 2 else 'no'},{n * 1.5},{'young' if n % 3 else 'old'},{n},{n / 7}"
        f",{'buy' if n % 2 else 'sell'},oro",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DRAFTED)
def test_an_odd_file_becomes_a_contract_that_can_be_read(
    case: str, abcall_own: Type, folder: Path, tmp_path: Path
):
    made = drafted(new(abcall_own, file_of(tmp_path, DRAFTED[case])), folder)
    names = [column.name for column in made.table("customers").columns]
    assert len(names) == len(set(names))
    columns = {column.name: column for column in made.table("customers").columns}
    if case == "names of the base for other things":
        assert columns["phone"].classification == "personal"
        assert (columns["city"].type, columns["age"].type) == ("number", "string")
        assert columns["name_of_plan"].classification == "internal"
    if case == "semicolons of Windows":
        assert columns["peso"].type == "number"
        assert columns["opinion"].type == "boolean"
    if case == "names of the platform":
        assert {"label_2", "monthly_value_2", "a_b"} <= set(names)


def test_a_thousand_columns_are_drafted(abcall_own: Type, folder: Path, tmp_path: Path):
    """Each column brings golden rows as wide as the table: time grows with their square."""
    width = 1000
    header = ",".join(f"sensor_{k}" for k in range(width))
    content = lines(header, lambda n: ",".join(str((n * k) % 97) for k in range(width)), 30)
    made = drafted(new(abcall_own, file_of(tmp_path, content)), folder)
    assert len(made.table("customers").columns) >= width


CLIENTS = lines(
    "id_cliente,nombre,plan", lambda n: f"C{n:03d},Ana {n},{'oro' if n % 2 else 'plata'}"
)
CASES = lines(
    "id_caso,id_cliente,Día del reclamo,tipo de daño,minutos de solución",
    lambda n: (
        f"Q{n},C{n % 30:03d},2025-03-{n % 28 + 1:02d} 10:0{n % 9},{'agua' if n % 2 else 'luz'},"
        f"{n % 50}"
    ),
)
SALES = lines("id_cliente,fecha,valor", lambda n: f"C{n % 7:03d},2025-01-{n % 28 + 1:02d},{n * 10}")


def test_customers_and_their_cases_fill_two_tables(abcall_own: Type, folder: Path, tmp_path: Path):
    files = file_of(tmp_path, CLIENTS, "clientes.csv"), file_of(tmp_path, CASES, "casos.csv")
    ran = new(abcall_own, *files)
    made = drafted(ran, folder)
    assert "incidents ← casos.csv" in ran.words
    assert "Día del reclamo opened_at" in ran.words
    cases = {column.name: column for column in made.table("incidents").columns}
    assert cases["tipo_de_dano"].role == "measure"
    assert cases["minutos_de_solucion"].role == "attribute"
    assert "customers ← clientes.csv (cada fila se conoce por su identificación)" in ran.words


def test_movements_beside_customers_are_refused_and_alone_they_are_told(
    abcall_own: Type, folder: Path, tmp_path: Path
):
    sales, clients = file_of(tmp_path, SALES, "v.csv"), file_of(tmp_path, CLIENTS, "clientes.csv")
    for files in ((clients, sales), (sales, clients)):
        ran = new(abcall_own, *files)
        assert (ran.code, "son movimientos" in ran.words) == (2, True), ran.words
        assert not folder.exists()
    alone = new(abcall_own, sales)
    drafted(alone, folder)
    assert "sin identificación" in alone.words
    assert "«id_cliente» se repiten" in alone.words


def test_a_workbook_and_a_zip_are_opened(abcall_own: Type, folder: Path, tmp_path: Path):
    def table(content: str) -> list[list[object]]:
        return [list(line.split(",")) for line in content.splitlines()]

    book = workbook(tmp_path / "todo.xlsx", {"Clientes": table(CLIENTS), "Casos": table(CASES)})
    made = drafted(new(abcall_own, book), folder)
    assert made.table("incidents").column("tipo_de_dano")
    with ZipFile(tmp_path / "todo.zip", "w") as archive:
        archive.writestr("clientes.csv", CLIENTS.encode("cp1252"))
        archive.writestr("casos.csv", CASES.encode("cp1252"))
    zipped = abcall_own("vertical", "new", "zipped", *TITLES, "--label", "-", tmp_path / "todo.zip")
    assert zipped.code == 0, zipped.words
    assert load_contracts((folder,))["zipped"].table("incidents").column("tipo_de_dano")
