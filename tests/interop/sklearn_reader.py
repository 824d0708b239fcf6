"""A registered model as a user of scikit-learn opens it, with MLflow, pandas and nothing else.

Run as a program: model's folder, file of records and outcomes; prints what it found as JSON.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import mlflow.sklearn
import pandas as pd
from sklearn.base import clone, is_classifier
from sklearn.model_selection import cross_val_score

ABSENT = ("dagster", "pyspark", "pysail", "deltalake", "streamlit")


def main(folder: str, file: str) -> None:
    """Score the records, and learn from them anew."""
    given = json.loads(Path(file).read_text(encoding="utf-8"))
    frame, model = pd.DataFrame(given["records"]), mlflow.sklearn.load_model(folder)
    found = {
        "probabilities": model.predict_proba(frame).tolist(),
        "classifier": is_classifier(model),
        "accuracies": cross_val_score(clone(model), frame, given["outcomes"], cv=3).tolist(),
        "platform": [name for name in ABSENT if find_spec(name)],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
