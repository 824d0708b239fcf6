"""How long older versions of tables are kept, by layer."""

from datetime import timedelta

from foundation.errors import OperatorError
from foundation.settings import Settings
from lakehouse.refs import LAYERS, Layer

LEAST_HISTORY = timedelta(days=1)
"""What readers that run now need, and whoever finds in the morning what the night has spoilt."""


def history_of(settings: Settings, layer: Layer) -> timedelta:
    """Return for how long a layer's older versions can be read and restored.

    Raises
    ------
    OperatorError
        The settings name a layer that does not exist.
    """
    by_layer = dict(settings.layer_history_days)
    unknown = next((name for name in by_layer if name not in LAYERS), None)
    if unknown is not None:
        raise OperatorError(
            "maintenance.unknown_layer",
            variable="ABCALL_HISTORY_DAYS",
            value=unknown,
            known=", ".join(LAYERS),
        )
    return max(timedelta(days=by_layer.get(layer, settings.history_days)), LEAST_HISTORY)
