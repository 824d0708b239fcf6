"""A company's own classifier of photos: from its labels to what is told of a photo that comes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import InvalidRequest, InvalidUpload, NotEnoughData, TooLarge
from foundation.settings import Settings
from ingestion.extractors.images.columns import Labeller, labels
from ingestion.extractors.persons import Own
from ingestion.extractors.registry import Extractor
from ingestion.extractors.run import Extracted, extract_new
from ingestion.masking import MASKER_VERSION
from ingestion.media.limits import LARGEST_BYTES
from ingestion.media.picture import opened
from ingestion.tokens import token
from models.forget import forget_models
from models.photo_model import MODEL, record_of
from models.photo_training import PhotosTrained, train_photos
from models.registry import Registry
from operations.photos.labels import labelled
from operations.photos.table import image_extractor, labeller_of
from tenancy.consents import Consent, save_consent
from tests.blank_store import new_mlflow_store
from tests.incident_files import ACME, GLOBEX, STAFF, House, house_at
from tests.unit.ingestion.test_photo_classifier import photo

EACH = 8


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[House]:
    settings = blank_installation(tmp_path_factory.mktemp("labelled") / "data")
    new_mlflow_store(settings)
    with house_at(settings) as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a folder for each label."""
    made = tmp_path_factory.mktemp("labels")
    for label, kind in (("madera", "wood"), ("tela dañada", "cloth")):
        (made / label).mkdir()
        for number in range(EACH):
            (made / label / f"{number}.png").write_bytes(photo(kind, number))
    return made


@pytest.fixture(scope="module")
def trained(house: House, folder: Path) -> PhotosTrained:
    return train_photos(house.lake, ACME, labelled(house.lake, ACME, folder))


def told(house: House, content: bytes) -> dict[str, Any]:
    """Return what is told of a photo."""
    name = house.lake.objects.name(ACME, sha256(content).hexdigest())
    (row,) = (row for row in house.found(extractor=image_extractor(house.lake, ACME))
              if row["object_id"] == name)  # fmt: skip
    return {one: row[one] for one in ("label", "label_version")}


def quick(extractor: Extractor, labeller: Labeller | None) -> Extractor:
    """Return what reads photos without their words, which take their time."""

    def read(content: bytes, _own: Own) -> dict[str, object]:
        return {"masker_version": MASKER_VERSION, **labels(opened(content), labeller)}

    return replace(extractor, read=read)


def read_photos(house: House) -> Extracted:
    extractor = image_extractor(house.lake, ACME)
    return extract_new(house.lake, ACME, quick(extractor, labeller_of(house.lake.settings, ACME)))


def test_photos_are_read_without_a_classifier_and_again_with_each_new_one(
    house: House, folder: Path, request: pytest.FixtureRequest
):
    wood = photo("wood", 77)
    number = house.send(wood, kind="image/png")
    assert read_photos(house) == Extracted(read=1)
    assert told(house, wood) == {"label": None, "label_version": None}
    trained = request.getfixturevalue("trained")
    assert trained.card.low > trained.card.majority
    assert (read_photos(house), read_photos(house)) == (Extracted(read=1), Extracted())
    assert told(house, wood) == {"label": "madera", "label_version": trained.version}
    (answered,) = house.get(number).json["attachments"]
    assert answered["label"] == "madera" and answered["label_probability"] >= trained.threshold
    assert labeller_of(house.lake.settings, GLOBEX) is None


def test_the_registered_model_takes_a_photo_as_it_is(house: House, trained: PhotosTrained):
    found = Registry(house.lake.settings).get(ACME.id, MODEL)
    assert found.metrics["accuracy"] == trained.card.accuracy
    records = [record_of(photo(kind, 55)) for kind in ("cloth", "wood")]
    assert found.pipeline.predict(records).tolist() == ["tela dañada", "madera"]


def test_a_photo_of_neither_is_given_no_label_at_a_threshold_that_it_does_not_reach(
    house: House, trained: PhotosTrained
):
    labeller = labeller_of(house.lake.settings, ACME)
    assert labeller is not None
    strict = replace(labeller, model=type(labeller.model)(labeller.model.classifier, 1.01))
    label, probability = strict.label(opened(photo("wood", 77)))
    assert label is None and probability > 0.5


def test_attachments_are_labelled_by_hash_and_by_object_and_files_by_their_path(
    house: House, tmp_path: Path
):
    first, second = photo("wood", 1), photo("cloth", 2)
    house.send(first, second, kind="image/png")
    names = [sha256(one).hexdigest() for one in (first, second)]
    (tmp_path / "suelta.png").write_bytes(photo("wood", 3))
    written = f"Archivo;Etiqueta\n{names[0]};madera\n" + (
        f"{house.lake.objects.name(ACME, names[1])};tela dañada\nsuelta.png;madera\n"
    )
    table = tmp_path / "etiquetas.csv"
    table.write_bytes(written.encode("cp1252"))
    found = labelled(house.lake, ACME, table)
    assert [(one.name, one.label) for one in found] == [
        (names[0], "madera"), (names[1], "tela dañada"), ("suelta.png", "madera"),
    ]  # fmt: skip
    assert [one.read() for one in found] == [first, second, photo("wood", 3)]
    assert found[0].person and found[0].person == found[1].person and found[2].person is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("a,b\n1,2\n", "picture.labels_columns"),
        ("", "picture.labels_columns"),
        ("file,label\n", "picture.labels_none"),
        ("PK\3\4 [Content_Types].xml", "picture.labels_no_csv"),
        ("file,label\nno.png,x\n", "picture.labels_row"),
        (f"file,label\n{'0' * 64},x\n", "picture.labels_row"),
        ("file,label\n\0,x\n", "picture.labels_no_csv"),
        ("file,label\n,x\n", "picture.labels_empty"),
        (f"file,label\na.png,{'x' * 61}\n", "picture.labels_long"),
        ("file,label\na.png,x\n./a.png,y\n", "picture.labels_twice"),
        ("file,label\nno.png,x\nnor.png,x\n", "picture.labels_rows"),
        ("file,label\n../outside.png,x\n", "picture.labels_row"),
        ("file,label\n..\\outside.png,x\n", "picture.labels_row"),
        ("file,label\nlink.png,x\n", "picture.labels_row"),
        ('file,label\na.png,"x\x1b[2J"\n', "picture.labels_unprintable"),
        (f"file,label\na.png,{'x' * 61}\u202e\n", "picture.labels_unprintable"),
    ],
)
def test_a_table_that_does_not_say_what_is_what_is_refused(
    house: House, tmp_path: Path, written: str, key: str
):
    (tmp_path / "outside.png").write_bytes(b"of somebody else")
    (home := tmp_path / "home").mkdir()
    (home / "link.png").symlink_to(tmp_path / "outside.png")
    (home / "a.png").write_bytes(b"")
    (home / "labels.csv").write_text(written)
    with pytest.raises(InvalidRequest) as refused:
        labelled(house.lake, ACME, home / "labels.csv")
    assert refused.value.key == key and refused.value.say("es") != refused.value.say("en")


def test_a_folder_teaches_what_lies_in_it_and_nothing_it_links_to(house: House, tmp_path: Path):
    (tmp_path / "outside.png").write_bytes(b"of somebody else")
    (label := tmp_path / "home" / "madera").mkdir(parents=True)
    (label / "a.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(InvalidRequest) as refused:
        labelled(house.lake, ACME, tmp_path / "home")
    assert refused.value.key == "picture.labels_outside"


def test_a_photo_larger_than_any_attachment_does_not_fill_the_memory(house: House, tmp_path: Path):
    (label := tmp_path / "madera").mkdir()
    with (label / "a.png").open("wb") as sparse:
        sparse.truncate(LARGEST_BYTES["image"] + 1)
    (one,) = labelled(house.lake, ACME, tmp_path)
    with pytest.raises(TooLarge):
        one.read()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_as_spreadsheets_write_it(house: House, tmp_path: Path, encoding: str):
    (tmp_path / "fotos").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "fotos" / name).write_bytes(b"")
    written = '"ÁRCHIVO ";Etiqueta;\r\n;;\r\nfotos\\a.png;Dañado;\r\n\r\n'
    written += '"./fotos/b.png";DAÑADO ;\r\n;;'
    (tmp_path / "t.csv").write_bytes(written.encode(encoding))
    found = labelled(house.lake, ACME, tmp_path / "t.csv")
    assert [(one.name, one.label) for one in found] == [
        ("fotos/a.png", "Dañado"), ("fotos/b.png", "Dañado"),
    ]  # fmt: skip


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(house: House, tmp_path: Path):
    (tmp_path / "t.csv").write_text("archivo;etiqueta\n\n;\nfoto 1.png;a\nfoto 2.png;b\n")
    with pytest.raises(InvalidRequest) as refused:
        labelled(house.lake, ACME, tmp_path / "t.csv")
    assert refused.value.say("es").startswith("2 filas de «t.csv» (4, 5)")


def test_what_a_system_hides_in_folders_is_no_photo(house: House, tmp_path: Path):
    (tmp_path / "Dañado" / "sub").mkdir(parents=True)
    for name in ("sub/a.png", "Thumbs.db", ".DS_Store", "desktop.ini"):
        (tmp_path / "Dañado" / name).write_bytes(b"")
    assert [one.name for one in labelled(house.lake, ACME, tmp_path)] == ["Dañado/sub/a.png"]
    with pytest.raises(InvalidRequest, match="folder of photos for each label"):
        labelled(house.lake, ACME, tmp_path / "Dañado" / "sub")


def test_another_companys_attachment_has_no_name_here(house: House, tmp_path: Path):
    theirs = photo("wood", 5)
    house.send(theirs, kind="image/png", tenant=GLOBEX)
    (tmp_path / "t.csv").write_text(f"file,label\n{sha256(theirs).hexdigest()},x\n")
    with pytest.raises(InvalidRequest, match="neither the SHA-256"):
        labelled(house.lake, ACME, tmp_path / "t.csv")


def test_labels_that_the_photos_do_not_tell_are_refused_with_what_was_measured(
    house: House, folder: Path
):
    examples = labelled(house.lake, ACME, folder)
    shuffled = [replace(one, label="ab"[n % 2]) for n, one in enumerate(examples)]
    with pytest.raises(NotEnoughData) as refused:
        train_photos(house.lake, GLOBEX, shuffled)
    assert "decir siempre la etiqueta más frecuente" in refused.value.say("es")
    assert labeller_of(house.lake.settings, GLOBEX) is None


def test_photos_of_who_refuses_teach_nothing(house: House, folder: Path):
    person = token("1010001288", house.lake.keys.of(ACME).token_key)
    mark = house.lake.keys.of(ACME).mark("person", person)
    save_consent(house.lake.store, STAFF, ACME, mark, Consent(training=False))
    mine = [replace(one, person=person) for one in labelled(house.lake, ACME, folder)]
    with pytest.raises(NotEnoughData, match="at least 2 labels"):
        train_photos(house.lake, ACME, mine)


def test_a_file_that_is_no_picture_is_named(house: House, folder: Path):
    (first, *rest) = labelled(house.lake, ACME, folder)
    broken = replace(first, read=partial(bytes, 9))
    with pytest.raises(InvalidUpload) as refused:
        train_photos(house.lake, ACME, [broken, *rest])
    assert f"«{first.name}»" in refused.value.say("es")


def test_it_goes_with_the_company(house: House, trained: PhotosTrained):
    assert forget_models(house.lake.settings, ACME.id)
    assert labeller_of(house.lake.settings, ACME) is None
