"""A process that has the package of ``plugin_package`` installed: it prints what that adds."""

import json
import sys
from pathlib import Path

import skops.io

from features.build import build
from features.catalogue import features
from foundation.settings import Settings
from lakehouse.engine import open_engine
from models.artifact import trusted
from models.champion import code_version
from models.cross import fit
from models.rows import Rows
from tests.silver_rows import TELECOM, day, gold_of
from tests.unit.models.conftest import made_up


def counted(folder: Path) -> float:
    """Compute the package's feature for somebody with two calls, one of them a week ago."""
    from pyspark.sql import functions as fn

    engine = open_engine(Settings.at(folder))
    calls = [{"call_id": f"c{at}", "person_token": "ana", "started_at": day(at)} for at in (85, 99)]
    gold = gold_of(engine, customers=[{"person_token": "ana", "valid_from": day(0)}], calls=calls)
    now = fn.lit(day(100)).alias("as_of_at")
    grid = gold["customer"].select(fn.col("person_token").alias("entity_id"), "person_token", now)
    rows = engine.arrow(build(gold, [features()["calls_last_7_days"]], grid, "UTC"))
    return float(rows["calls_last_7_days"][0].as_py())


def kept(folder: Path) -> tuple[str, bool]:
    """Fit the package's estimator; say what was chosen, and whether it is the same when loaded."""
    rows = Rows.of(made_up(300))
    pipeline = fit(rows, ("cautious",), "auc")
    skops.io.dump(pipeline, folder / "model.skops")
    again = skops.io.load(folder / "model.skops", trusted=trusted())
    same = (again.predict_proba(rows.records) == pipeline.predict_proba(rows.records)).all()
    return pipeline.recipe.name, bool(same)


def main() -> None:
    """Print what the package adds."""
    folder = Path(sys.argv[1])
    folder.mkdir()
    spec = features()["calls_last_7_days"].spec(TELECOM)
    name, same = kept(folder)
    told = {
        "said": [spec.say(3.0, "es"), spec.say(3.0, "en")],
        "counted": counted(folder),
        "estimator": name,
        "same": same,
        "code": code_version(),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
