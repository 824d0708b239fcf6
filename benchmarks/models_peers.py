"""The peers: scikit-learn's logistic regression and XGBoost as a careful person would tune them."""

from collections.abc import Callable

import numpy as np

from models.arrays import Floats, Matrix
from models.columns import category
from models.rows import Rows

Peer = Callable[[Rows, Rows], Floats]
INNER = 3
TRIED = 12
SEED = 0
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def logistic(learn: Rows, held_out: Rows) -> Floats:
    """Return the probabilities of a logistic regression, its strength tuned in inner folds."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers, names = _split(learn)
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=10), names),
    )
    model = make_pipeline(encode, LogisticRegression(max_iter=2_000))
    grid = {"logisticregression__C": STRENGTHS}
    search = GridSearchCV(model, grid, scoring="roc_auc", cv=_folds())
    search.fit(_frame(learn), learn.codes)
    return np.asarray(search.predict_proba(_frame(held_out))[:, 1])


def boosted(learn: Rows, held_out: Rows) -> Floats:
    """Return the probabilities of XGBoost, tuned in inner folds by random search.

    Of yes, tuned by the AUC; of several classes one column each, tuned by macro-F1.
    """
    from scipy.stats import loguniform, randint, uniform
    from sklearn.compose import make_column_transformer
    from sklearn.model_selection import RandomizedSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from xgboost import XGBClassifier

    numbers, names = _split(learn)
    encode = make_column_transformer(
        ("passthrough", numbers),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=10), names),
    )
    space = {
        "xgbclassifier__max_depth": randint(2, 8),
        "xgbclassifier__learning_rate": loguniform(0.02, 0.3),
        "xgbclassifier__n_estimators": randint(100, 600),
        "xgbclassifier__subsample": uniform(0.6, 0.4),
        "xgbclassifier__colsample_bytree": uniform(0.5, 0.5),
        "xgbclassifier__min_child_weight": loguniform(1, 20),
        "xgbclassifier__reg_lambda": loguniform(0.3, 10),
    }
    model = make_pipeline(encode, XGBClassifier(n_jobs=1, random_state=SEED, tree_method="hist"))
    binary = learn.task == "binary"
    scoring = "roc_auc" if binary else "f1_macro"
    search = RandomizedSearchCV(
        model, space, n_iter=TRIED, scoring=scoring, cv=_folds(), random_state=SEED
    )
    search.fit(_frame(learn), learn.codes)
    said = np.asarray(search.predict_proba(_frame(held_out)))
    return said[:, 1] if binary else said


PEERS: dict[str, Peer] = {"tuned logistic regression": logistic, "tuned XGBoost": boosted}


def _folds() -> object:
    from sklearn.model_selection import StratifiedKFold

    return StratifiedKFold(INNER, shuffle=True, random_state=SEED)


def _split(rows: Rows) -> tuple[list[str], list[str]]:
    numbers = [name for name, kind in rows.kinds.items() if kind == "numeric"]
    return numbers, [name for name in rows.kinds if name not in numbers]


def _frame(rows: Rows) -> Matrix:
    import pandas as pd

    frame = pd.DataFrame(rows.records, columns=list(rows.kinds))
    numbers, names = _split(rows)
    for name in numbers:
        frame[name] = pd.to_numeric(frame[name])
    for name in names:
        frame[name] = [category(value) for value in frame[name]]
    return frame
