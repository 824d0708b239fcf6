"""``abcall media train``: a tenant's own classifier of photos, from labelled ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show
from cli.session import Helper, session_of
from foundation.texts import Language, counted, text, written_number

if TYPE_CHECKING:
    from models.photo_training import PhotosTrained


def register(group: typer.Typer, language: Language, tell: Helper) -> None:
    """Add the command to the group ``media``."""
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))
    labels_argument = typer.Argument(metavar="LABELS", help=tell("media_labels"))

    @group.command("train", help=tell("media_train"))
    def train(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        labels: Annotated[Path, labels_argument],
    ) -> None:
        from models.photo_model import MODEL
        from models.photo_training import train_photos
        from operations.photos.labels import labelled

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            made = train_photos(desk.lake, tenant, labelled(desk.lake, tenant, labels))
            desk.note("model.trained", tenant, MODEL, version=made.version)
        _tell(made, tenant_id, language)


def _tell(made: "PhotosTrained", tenant_id: str, language: Language) -> None:
    card = made.card
    rows = [
        (label, str(count), _percent(card.recalls[label], language))
        for label, count in card.counts.items()
    ]
    show(tenant_id, text("picture.trained_headers", language).split("|"), rows)
    shares = ("accuracy", "low", "high", "majority")
    told = {name: _percent(getattr(card, name), language) for name in shares}
    say(text("picture.trained", language, version=made.version, **told))
    answered, right = _percent(card.answered, language), _percent(card.accuracy_answered, language)
    said = {"answered": answered, "right": right, "tenant": tenant_id}
    say(text("picture.trained_told", language, **said))
    if made.left_out:
        say(counted("picture.trained_left_out", language, made.left_out))


def _percent(share: float | None, language: Language) -> str:
    return "—" if share is None else written_number(100 * share, language)
