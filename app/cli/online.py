"""`citrus fetch`: weather from online services; `images.py` adds scenes of online catalogues."""

from datetime import date, timedelta
from typing import Annotated

import typer

from app.cli import opening
from app.cli.console import Home, Json, outcome

fetching = typer.Typer(no_args_is_help=True, help="从网上取气象和影像 · Weather and scenes from online services")
SETTLED = timedelta(days=7)  # until then reanalyses are still filled up


@fetching.command("weather")
def fetch_weather(
    provider: Annotated[str, typer.Option(help="open-meteo 或 or nasa-power")] = "open-meteo",
    years: Annotated[int, typer.Option(min=1, max=40, help="取多少年 years of history")] = 25,
    home: Home = None,
    json: Json = False,
) -> None:
    """取历史气象（只发送格点中心，不发送地块位置） · History for the plots; only a grid cell's centre is sent."""
    with outcome("fetch weather", home, json) as done:
        from app.services import fetching as service

        last = date.today() - SETTLED
        first = date(last.year - years, last.month, min(last.day, 28))
        report = service.history(opening.operator(), opening.existing(home), provider, first, last)
        done.counts = report.counts
        done.find(report.findings)


@fetching.command("forecast")
def fetch_forecast(home: Home = None, json: Json = False) -> None:
    """取未来 15 天预报（只发送格点中心） · The forecast of the next 15 days; only a grid cell's centre is sent."""
    with outcome("fetch forecast", home, json) as done:
        from app.services import fetching as service

        report = service.forecast(opening.operator(), opening.existing(home))
        done.counts = report.counts
        done.find(report.findings)
