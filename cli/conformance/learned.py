"""Whether models learn from the vertical's data what may be learned, and are honest about it."""

from collections.abc import Iterator
from functools import partial
from math import isnan, log, nan
from typing import TYPE_CHECKING

from cli.conformance.finding import Finding, advice, broken, sound, tried
from cli.conformance.generated import classes_of
from cli.conformance.trial import SAMPLED, TRIED, Trial
from data_contracts.contract import Model
from features.build import declared
from foundation.errors import NotEnoughData

if TYPE_CHECKING:
    from dashboards.gold import Row
    from models.train import Trained
    from tenancy.tenant import Tenant

SLOPES = (0.5, 2.0)
"""Between these a calibration slope (ideal: 1) is no sign that probabilities mean nothing."""


def check_leaks(trial: Trial) -> Iterator[Finding]:
    """Look for outcomes among the features, and in samples for columns that know too much."""
    from models.guard import known_late

    contract, clean = trial.contract, True
    for model in contract.models:
        late = known_late(contract, model)
        for feature in declared(model, contract):
            if feature.name in late:
                clean = False
                yield broken(
                    "leak_guard", "outcome_is_feature", column=feature.name, model=model.name
                )
    if trial.samples:
        tenant = trial.fill_samples()
        for model in contract.models:
            yield from _suspected(trial, tenant, model)
    if clean:
        yield sound("leak_guard", models=len(contract.models))


def _suspected(trial: Trial, tenant: "Tenant", model: Model) -> Iterator[Finding]:
    """Yield the columns of the samples that a person should be asked about."""
    from features.training_set import training_set
    from models.guard import guarded

    try:
        known = training_set(trial.lake, tenant, trial.contract, model.name)
    except NotEnoughData as reason:
        yield Finding("leak_guard", "advice", "sample_is_small", reason=reason)
        return
    for one in guarded(trial.lake, tenant, trial.contract, known).open:
        said = {lang: one.say(one.feature, lang) for lang in ("es", "en")}
        yield advice("leak_guard", "suspected", model=model.name, said=said, feature=one.feature)


def check_training(trial: Trial) -> Iterator[Finding]:
    """Train every model on generated rows; with samples, the vertical's own on those too."""
    for model in trial.contract.models:
        yield tried("training", model.name, partial(_learned, trial, model))
    if not trial.samples:
        return
    for model in trial.contract.models:
        try:
            trained = _trained(trial, trial.tenant(SAMPLED), model)
        except NotEnoughData:
            continue
        metric = model.metric if model.metric in trained.metrics else next(iter(trained.metrics))
        found = trained.metrics[metric]
        figures = {"value": found.value, "low": found.low, "high": found.high}
        said = {name: f"{value:.3f}" for name, value in figures.items()}
        yield Finding(
            "training",
            "sound",
            "sample_trained",
            {"model": model.name, "rows": trained.rows, "metric": metric, **said},
        )


def _learned(trial: Trial, model: Model) -> Finding:
    trained = _trained(trial, trial.tenant(TRIED), model)
    return sound("training", model=model.name, rows=trained.rows, estimator=trained.estimator)


def _trained(trial: Trial, tenant: "Tenant", model: Model) -> "Trained":
    from models.train import train

    return train(trial.lake, tenant, model.name, contract=trial.contract)


def check_calibration(trial: Trial) -> Iterator[Finding]:
    """Look at what the champions' probabilities are worth, out of fold."""
    from dashboards.gold import Gold
    from dashboards.queries import quality

    gold = Gold(trial.lake, trial.tenant(TRIED))
    for model in trial.contract.models:
        figures = quality(gold, model.name)
        wrong = _wrong_figure(trial, model, figures)
        if not figures:
            continue  # it was not trained, which is told already
        if wrong is None:
            yield sound("calibration", model=model.name)
        else:
            yield broken("calibration", "means_nothing", model=model.name, **wrong)


def _wrong_figure(
    trial: Trial, model: Model, figures: "dict[str, Row]"
) -> dict[str, object] | None:
    """Return the figure by which a model knows nothing, and its limit; None where none says so.

    That it ranks better than chance must be sure, not likely: the data were made so.
    """

    def figure(name: str, part: str = "value") -> float:
        return float(figures[name][part]) if name in figures else nan

    limits: list[tuple[str, float, float, float]] = []
    if model.task == "binary":
        limits = [
            ("auc", figure("auc", "low"), 0.5, 1.0),
            ("calibration_slope", figure("calibration_slope"), *SLOPES),
            ("brier", figure("brier"), 0.0, figure("base_rate_brier")),
        ]
    elif model.task == "multiclass":
        column = trial.contract.table(model.label.table).column(str(model.label.column))
        classes = max(2, len(classes_of(column)))
        limits = [("log_loss", figure("log_loss", "high"), 0.0, log(classes))]
    else:
        limits = [("r2", figure("r2", "low"), 0.0, 1.0)]
    for metric, value, low, high in limits:
        if not low < value <= high:  # one that is not known is none either
            said = "—" if isnan(value) else f"{value:.3f}"
            return {"metric": metric, "value": said, "limit": f"{low:.3g} – {high:.3g}"}
    return None
