"""``abcall media costs``: bytes a call-minute, and the month's bill after ten years."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Helper
from foundation.texts import Language, text, written_number

CLIPS = ("*.wav", "*.flac", "*.mp3")


def register(group: typer.Typer, language: Language, tell: Helper) -> None:
    """Add the command to the group ``media``."""

    @group.command("costs", help=tell("media_costs"))
    def costs(
        prices: Annotated[Path, typer.Option(help=tell("media_prices"))],
        clips: Annotated[Path, typer.Option(help=tell("media_clips"))],
        calls: Annotated[int, typer.Option(min=1, help=tell("media_calls"))] = 100,
        minutes: Annotated[int, typer.Option(min=1, help=tell("media_minutes"))] = 4,
        hours: Annotated[int, typer.Option(min=1, max=24, help=tell("media_hours"))] = 24,
        years: Annotated[int, typer.Option(min=1, help=tell("media_years"))] = 10,
        kilobits: Annotated[int, typer.Option(min=6, max=256, help=tell("media_kilobits"))] = 16,
        budget: Annotated[int, typer.Option(min=1, help=tell("media_budget"))] = 1500,
    ) -> None:
        from ingestion.media.costs import Load, measured, monthly, read_prices

        given = read_prices(prices)
        files = sorted(file for pattern in CLIPS for file in clips.rglob(pattern))
        found = measured((file.read_bytes() for file in files), kilobits)
        load = Load(Decimal(calls), Decimal(minutes), Decimal(hours), Decimal(years))
        say(
            text(
                "media.measured",
                language,
                clips=len(files),
                minutes=written_number(found.minutes, language, 1),
                wav=written_number(found.wav, language),
                opus=written_number(found.opus, language),
                kilobits=kilobits,
            )
        )
        for form, size in (("WAV", found.wav), ("Opus", found.opus)):
            lines = monthly(size, given, load)
            rows = [
                (
                    one.name,
                    written_number(float(one.gigabytes), language),
                    written_number(float(one.storage), language, 2),
                    written_number(float(one.requests), language, 2),
                )
                for one in lines
            ]
            show(form, text("media.cost_headers", language).split("|"), rows)
            total = sum((one.amount for one in lines), Decimal(0))
            verdict = "within" if total <= budget else "above"
            say(
                text(
                    f"media.cost_{verdict}",
                    language,
                    form=form,
                    total=written_number(float(total), language, 2),
                    budget=written_number(budget, language),
                    currency=given.currency,
                    years=years,
                )
            )
