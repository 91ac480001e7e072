"""`citrus hindcast season`: past seasons replayed as they would have been warned of, and how good that was."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import opening
from app.cli.console import Home, Json, Outcome, bar, outcome, people, say
from app.cli.running import json_rows

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
SHOWN = ("n", "n_events", "pod", "far", "csi", "hss", "auc", "brier", "bss_climatology", "bss_climatology_low", "state")


class Weather(StrEnum):
    """What a replay knows of the days ahead."""

    forecast = "forecast"
    perfect = "perfect"


def season(
    first: Annotated[
        int | None, typer.Option("--from", help="从哪一年，默认最近十季 first season; the last ten by default")
    ] = None,
    last: Annotated[int | None, typer.Option("--to", help="到哪一年 last season")] = None,
    every: Annotated[int, typer.Option(help="每隔几天发报一次 days from one issue to the next", min=1, max=90)] = 15,
    members: Annotated[int, typer.Option(help="天气情形的数目 ensemble members", min=2, max=500)] = 20,
    plots: Annotated[str, typer.Option(help="某个果园，或 all 全部 a farm, or all")] = ALL,
    organism: Annotated[
        list[str] | None, typer.Option(help="病虫，可重复，默认全部 key or name; repeat; all by default")
    ] = None,
    weather: Annotated[
        Weather,
        typer.Option(help="forecast 用当时的预报；perfect 用实际天气，只检验模型 perfect: tests the model alone"),
    ] = Weather.forecast,
    home: Home = None,
    json: Json = False,
) -> None:
    """回放往年的预警，与调查对照并评分 · Replay the warnings of past seasons and score them against what was seen."""
    with outcome("hindcast season", home, json) as done, bar("hindcast") as progress:
        from app.services import protection
        from app.services.pests import hindcast, skill
        from pest_warning import organism as organisms

        platform, who = opening.existing(home), opening.operator()
        chosen = [organisms.load(protection.organism_key(name)) for name in organism or ()]
        ids = None if plots == ALL else hindcast.plots_of(platform, plots)
        days = hindcast.season_days(platform, first, last, every, weather.value)
        kept = hindcast.replay(
            who, platform, days, members=members, plots=ids, organisms=tuple(chosen) or None,
            weather=weather.value, progress=progress,
        )  # fmt: skip
        table = skill.refresh(who, platform)
        done.date = str(days[-1])
        done.counts = {
            "days": len(days),
            **{f"days_{name}": int(n) for name, n in kept["weather"].value_counts().items()},
            "rows": int(kept["rows"].sum()),
            "scores": len(table),
        }
        done.outputs = {"scores": json_rows(table.drop(columns=["farms"], errors="ignore"))}
        _tell(table, done)


def _tell(table: pd.DataFrame, done: Outcome) -> None:
    """Tell what the numbers are, and show those of all districts together."""
    if not done.counts["scores"]:
        done.warnings.append(
            "没有可对照的调查：录入调查数（citrus import counts、import traps）后才能评分 / no counts to compare with: "
            "import counts or traps, then score"
        )
        return
    if (table["n_synthetic"] > 0).any():
        done.warnings.append("含模拟数据，不能说明实际效果 / invented data are among them: no evidence of skill")
    say(
        "  perfect 用的是实际天气，检验模型；其余检验预报",
        "  perfect: with the weather that came, which tests the model; the others test the forecast",
    )
    whole = table[table["district"] == ""].set_index(["weather", "organism", "horizon"])
    people.print(whole[list(SHOWN)].round(2).to_string(na_rep="–"), markup=False)
