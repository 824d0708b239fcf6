"""The encoder: records, one or many, and DataFrames give the same numbers."""

import math
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.estimator_checks import parametrize_with_checks

from features.shapes import Record
from models.encoder import TABULAR, TERM, RecordEncoder
from models.estimator import FEW_ROWS
from models.text import CharTfidf

KINDS = {"age": "numeric", "paid": "numeric", "plan": "category", "active": "category"}
NAMES = list(KINDS)


def fitted() -> RecordEncoder:
    rows = [
        {
            "age": float(20 + i),
            "paid": None if i % 5 == 0 else Decimal(i),
            "plan": "abc"[i % 3],
            "active": i % 2 == 0,
        }
        for i in range(60)
    ]
    return RecordEncoder(KINDS).fit(rows)


@parametrize_with_checks([RecordEncoder()])
def test_on_arrays_of_numbers_it_keeps_scikit_learns_contract(
    estimator: object, check: Callable[[object], None]
):
    check(estimator)


def test_a_number_is_itself_and_a_gap_is_the_median_with_an_indicator():
    encoder = RecordEncoder({"x": "numeric"}).fit([{"x": 1.0}, {"x": 2.0}, {"x": 9.0}, {"x": None}])
    assert encoder.transform([{"x": 5}, {"x": math.nan}, {}]).tolist() == [[5, 0], [2, 1], [2, 1]]


def test_a_value_that_training_never_saw_is_all_zeros():
    encoder = fitted()
    row = encoder.transform([{"age": 30, "paid": 1, "plan": "unheard of", "active": True}])[0]
    plans = [i for i, n in enumerate(encoder.get_feature_names_out()) if n.startswith("plan=")]
    assert row[plans].tolist() == [0, 0, 0]


def test_rare_values_share_one_column():
    rows = (
        [{"city": "Cali"}] * 500
        + [{"city": "Bogotá"}] * 490
        + [{"city": "Leticia"}, {"city": "Mitú"}]
    )
    encoder = RecordEncoder({"city": "category"}).fit(rows)
    names = encoder.get_feature_names_out().tolist()
    assert names == ["city=Bogotá", "city=Cali", "city~rare"]
    told = encoder.transform([{"city": city} for city in ("Mitú", "Inírida", "Cali")])
    assert told.tolist() == [[0, 0, 1], [0, 0, 1], [0, 1, 0]]
    assert "Leticia" not in str(encoder.category_), "what one person has is kept in the model"


def test_every_output_column_knows_its_feature():
    encoder = fitted()
    owners = [encoder.features_[owner] for owner in encoder.owners_]
    names = [name.partition("=")[0] for name in encoder.get_feature_names_out()]
    assert owners == names
    assert (encoder.column_kinds_ == TABULAR).all()


def test_a_word_where_a_number_belongs_is_refused_by_name():
    with pytest.raises(ValueError, match="age: 'old' is not a number"):
        fitted().transform([{"age": "old"}])


VALUES = st.one_of(
    st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-9, 9), st.booleans()
)
CATEGORIES = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "z", ""]), st.booleans())
RECORDS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"age": VALUES, "paid": VALUES, "plan": CATEGORIES, "active": CATEGORIES}
    ),
    min_size=1,
    max_size=FEW_ROWS * 2,
)


@given(RECORDS)
def test_one_by_one_in_bulk_and_as_a_frame_are_the_same(records: list[Record]):
    encoder = fitted()
    one_by_one = np.vstack([encoder.transform([record]) for record in records])
    padded = records + [{}] * (FEW_ROWS + 1)
    in_bulk = encoder.transform(padded)[: len(records)]
    frame = encoder.transform(pd.DataFrame(records, columns=NAMES))
    assert np.abs(one_by_one - in_bulk).max() <= 1e-9
    assert np.abs(one_by_one - frame).max() <= 1e-9
    assert np.isfinite(one_by_one).all()


def test_a_clone_learns_the_same():
    encoder = RecordEncoder(KINDS, rare_persons=3)
    assert clone(encoder).get_params() == encoder.get_params()


TEXTS = [
    "Quiero cancelar mi línea, el servicio es pésimo",
    "El servicio de internet está lento, muy lento",
    "Cancelar ya: cobro doble en la factura",
    "gracias por la atención",
    "a b",
    "",
]


def test_character_tfidf_equals_scikit_learns():
    reference = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, strip_accents="unicode", min_df=2
    )
    expected = reference.fit_transform(TEXTS).toarray()
    ours = CharTfidf(min_persons=2)
    found = ours.fit_transform(TEXTS).toarray()
    order = [list(ours.terms_).index(term) for term in reference.get_feature_names_out()]
    assert found.shape == expected.shape
    assert np.abs(found[:, order] - expected).max() < 1e-12
    unseen = ["cancelar la factura de internet"]
    again = ours.transform(unseen).toarray()[:, order] - reference.transform(unseen).toarray()
    assert np.abs(again).max() < 1e-12


def test_what_machines_write_into_texts_leaves_the_n_grams_of_words_that_many_write(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("models.text.MOST_LETTERS", 50)
    letters = np.random.default_rng(0).choice(list("abcdefghij"), (30, 5000))
    told = [f"no funciona {''.join(row)}" for row in letters]
    ours = CharTfidf(min_persons=10, unknown_counts=True)
    matrix = ours.fit_transform(told)
    words = CharTfidf(min_persons=10).fit(["no funciona"] * 10)
    assert ours.terms_.tolist() == words.terms_.tolist()
    assert 0 < matrix.max() < 0.01, "what was left out counts in a text's length all the same"


def test_an_n_gram_that_only_one_person_writes_is_not_kept():
    told = ["zafiro en la línea"] * 20 + ["la línea falla"] * 20
    persons = np.array(["one"] * 20 + [f"p{i}" for i in range(20)])
    ours = CharTfidf()
    matrix = ours.fit_transform(told, persons=persons)
    assert not [term for term in ours.terms_ if "zaf" in term]
    assert " line" in ours.terms_.tolist()
    assert matrix.shape == (40, len(ours.terms_))
    assert CharTfidf().fit(told).terms_.size > ours.terms_.size


def test_a_value_that_only_one_person_has_is_rare_however_often_it_comes():
    rows = [{"city": "Leticia"}] * 50 + [{"city": "Cali"}] * 50
    persons = np.array(["one"] * 50 + [f"p{i}" for i in range(50)])
    encoder = RecordEncoder({"city": "category"})
    encoder.fit_transform(rows, persons=persons)
    assert encoder.get_feature_names_out().tolist() == ["city=Cali", "city~rare"]


def test_in_a_small_company_a_value_of_fewer_than_five_persons_is_rare():
    rows = [{"city": "Leticia"}] * 4 + [{"city": "Pasto"}] * 5 + [{"city": "Cali"}] * 41
    encoder = RecordEncoder({"city": "category"}).fit(rows)
    assert encoder.get_feature_names_out().tolist() == ["city=Cali", "city=Pasto", "city~rare"]


def test_texts_give_terms_components_or_both():
    rows = [{"text": text, "n": float(i)} for i, text in enumerate(TEXTS * 12)]
    kinds = {"n": "numeric", "text": "text"}
    both = RecordEncoder(kinds, text_components=4)
    matrix = both.fit_transform(rows)
    assert (both.column_kinds_ == TERM).sum() == len(both.texts_["text"].terms_)
    assert matrix.shape[1] == 1 + 4 + len(both.texts_["text"].terms_)
    assert np.abs(both.transform(rows) - matrix).max() < 1e-9
    dense = RecordEncoder(kinds, text_components=4, with_terms=False).fit_transform(rows)
    assert np.abs(dense - matrix[:, :5].toarray()).max() < 1e-9


def test_a_missing_or_endless_text_is_no_obstacle():
    encoder = RecordEncoder({"text": "text"}).fit([{"text": text} for text in TEXTS * 12])
    found = encoder.transform([{"text": None}, {}, {"text": "cancelar " * 500_000}])
    assert found[:2].sum() == 0
    assert np.isclose(np.linalg.norm(found[2]), 1.0)
