"""A registered model's trees as a user of XGBoost opens them: from the archive, by no code of ours.

Run as a program: the model's file, file of encoded rows; prints the probabilities as JSON.
"""

import json
import sys
import zipfile

import numpy as np
import xgboost


def main(archive: str, rows: str) -> None:
    """Score the rows."""
    with zipfile.ZipFile(archive) as kept:
        parts = [kept.read(name) for name in kept.namelist()]
    (trees,) = (part for part in parts if part.startswith(b'{"learner"'))
    booster = xgboost.Booster(model_file=bytearray(trees))
    print(json.dumps(booster.predict(xgboost.DMatrix(np.load(rows))).tolist()))


if __name__ == "__main__":
    main(*sys.argv[1:])
