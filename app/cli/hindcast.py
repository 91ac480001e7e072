"""`citrus hindcast`: what would have been said in past seasons, and how it compares with what was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agro.errors import InputError
from app.cli.console import Home, Json, Outcome, outcome, people, say
from app.cli.running import json_rows

if TYPE_CHECKING:
    import pandas as pd

    from agro.weather.reading import WeatherFile
    from pest_warning.organism import Organism

hindcasting = typer.Typer(no_args_is_help=True, help="回报往年 · Hindcast past seasons")

NEAR = 50.0
"""Farther from a station than this, dates are not held against its weather; judgement. [km]"""
ISSUED = ["03-01", "03-15", "04-01", "04-15", "05-01"]
DAYS = ("day", "low", "high", "first", "last", "p10", "p50", "p90", "came")


@hindcasting.command("dates")
def dates(
    weather: Annotated[Path, typer.Option(help="气象站资料，多年 weather of a station over some years")],
    organism: Annotated[str, typer.Option(help="病虫，如 minax 或 大实蝇 key or name of the organism")] = "minax",
    observed: Annotated[
        Path | None,
        typer.Option(help="实测日期 CSV：时期、日期 dates seen: event,date or event,from_year,to_year,first,last"),
    ] = None,
    elevation: Annotated[
        float | None, typer.Option(help="果园海拔，米，默认同气象站 of the orchards [m], the station's by default")
    ] = None,
    station: Annotated[str | None, typer.Option(help="文件含多站时选一个 which station of the file")] = None,
    issue: Annotated[list[str] | None, typer.Option(help="发报日 month and day of issue, e.g. 04-01; repeat")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """按积温推算的日期：逐年回报，与实测比较 · Dates by sums of heat, year by year, against what was seen."""
    with outcome("hindcast dates", home, json) as done:
        from agro.weather.reading import read_weather
        from pest_warning import date_forecasts, date_hindcast
        from pest_warning import organism as organisms

        one = organisms.load(organisms.named(organism) or organism)
        days = [_month_day(text) for text in issue or ISSUED]
        file = read_weather(weather, station=station)
        done.find(file.findings)
        tmean, height = _means(file, elevation, done)
        seen = _seen(one, observed, file, done)
        table = date_hindcast.predicted(one, tmean, height)
        pairs = date_hindcast.compared(table, seen)
        forecasts = date_forecasts.scored(date_forecasts.issued(one, tmean, days, height), table, seen)
        skill = date_forecasts.skill(forecasts)
        _tell(one, table, pairs, seen, len(forecasts), done)
        done.date = str(tmean.last_valid_index().date())
        done.counts = {
            "years": table["year"].nunique(),
            "predicted": int((table["status"] == "predicted").sum()),
            "compared": len(pairs),
            "forecasts": len(forecasts),
        }
        done.outputs = {
            "organism": one.key,
            "station": {"name": file.name, "latitude": file.latitude, "longitude": file.longitude,
                        "elevation": file.elevation},
            "elevation": height,
            "perfect_weather": _rows(table),
            "compared": _rows(pairs),
            "scores": _rows(date_hindcast.scores(pairs)),
            "real_forecast": _rows(forecasts),
            "skill": _rows(skill),
        }  # fmt: skip
        _show(done.outputs)


def _means(file: WeatherFile, elevation: float | None, done: Outcome) -> tuple[pd.Series, float]:
    """Return the daily means [degC] at the orchards, and the height of the orchards [m]."""
    from agro.weather.daily import daily_from_hourly
    from app.services.station_weather import usable
    from pest_warning.date_hindcast import at_height
    from pest_warning.dates import HEIGHT

    whole = daily_from_hourly(file.dataset) if file.resolution == "hourly" else file.dataset
    kept = [name for name in whole.data_vars if str(name).removesuffix("_flag") in ("tmin", "tmax", "tmean")]
    told = "tmean" in kept or {"tmin", "tmax"} <= set(kept)
    tmean = usable(whole[kept], 0.0, 0.0)["tmean"] if told and "member" not in whole.dims else None
    if tmean is None or not tmean.notnull().any():
        raise InputError(
            f"{file.name}: needs the observed daily mean, or the extremes, of the air temperature",
            zh=f"{file.name}：需要实测的日平均气温，或最高、最低气温",
        )
    tmean = tmean.to_series()
    if file.elevation is None:
        used = HEIGHT if elevation is None else elevation
        _warn(
            done,
            f"文件未写气象站海拔：按与果园同高（{used:g} 米）计算",
            f"the file does not tell the height of the station: taken to be that of the orchards, {used:g} m",
        )
        return tmean, used
    if elevation is None:
        return tmean, file.elevation
    return at_height(tmean, file.elevation, elevation), elevation


def _seen(one: Organism, observed: Path | None, file: WeatherFile, done: Outcome) -> pd.DataFrame:
    """Return the dates to compare with: those of the file given, else published ones from near the station."""
    import numpy as np

    from agro.weather.readers.text import decoded
    from agro.weather.reading import contents
    from pest_warning import observed_dates

    if observed is not None:
        return observed_dates.read(decoded(contents(observed), observed.name), observed.name, one)
    seen = observed_dates.shipped(one)
    here = [np.nan if degrees is None else degrees for degrees in (file.latitude, file.longitude)]
    near = observed_dates.near(seen, here[0], here[1], NEAR)
    far = seen.assign(km=observed_dates.distance(seen, here[0], here[1]))[~near]
    for (place, first, last), rows in far.groupby(["place", "from_year", "to_year"]):
        km = rows["km"].iloc[0]
        zh, en = f"距本站 {km:.0f} 公里", f"{km:.0f} km from this station"
        if not np.isfinite(km):
            zh, en = "本站位置不明", "and the place of this station is not known"
        _warn(
            done,
            f"已发表的日期来自 {place} {first}–{last} 年，{zh}，未作比较；需要当地这几年的逐日气温",
            f"the published dates were seen at {place}, {first} to {last}, {en}: not compared; daily weather from "
            "there is needed",
        )
    return seen[near]


def _tell(one: Organism, table: Any, pairs: Any, seen: Any, forecasts: int, done: Outcome) -> None:
    """Add what a reader of the numbers has to know."""
    say(
        "  全年用实测天气（检验模型，不是预报）；发报式只用发报日及以前和更早年份的天气",
        "  the whole-year form knows the weather (it tests the model); the issued form knows none after its day",
    )
    if missing := sorted(set(table.loc[table["status"] == "weather missing", "year"])):
        years = ", ".join(map(str, missing))
        _warn(done, f"这些年气温不全：{years}", f"weather is missing in {years}")
    if len(seen) and not len(pairs):
        _warn(done, "实测与气象没有相同的年份", "no year has both a prediction and a date that was seen")
    if (pairs["form"] == "range").any():
        _warn(
            done,
            "实测只有多年的最早和最晚日，没有逐年日期：只能看是否落在其中",
            "of the dates seen only the earliest and the latest over years are known: a prediction lies inside or "
            "outside, and no error of a year is told",
        )
    if not forecasts:
        _warn(done, "整年的资料不足，没有发报式回报", "too few whole years for forecasts as issued")
    _warn(
        done,
        f"{one.name.zh}在本地未经校准：不给概率",
        f"{one.name.en}: not calibrated for this place, so no probability",
    )


def _warn(done: Outcome, zh: str, en: str) -> None:
    done.warnings.append(f"{zh} / {en}")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows for JSON, days of the calendar as dates."""
    from pest_warning.observed_dates import dated

    out = table.copy()
    years = [on.year for on in table["issued"]] if "members" in table else table.get("year")
    for name in DAYS if years is not None else ():
        if name in table:
            found = [dated(int(year), day) for year, day in zip(years, table[name], strict=True)]
            out[name] = [None if day is None else str(day) for day in found]
    if "members" in table:
        out["issued"] = out["issued"].astype(str)
    return json_rows(out.astype(object))


def _show(outputs: dict[str, Any]) -> None:
    """Show people the tables that are short."""
    import pandas as pd

    for name in ("perfect_weather", "compared", "scores", "skill"):
        if outputs[name]:
            people.print(f"\n{name}", markup=False)
            people.print(pd.DataFrame(outputs[name]).round(2).to_string(index=False, na_rep=""), markup=False)


def _month_day(text: str) -> tuple[int, int]:
    from datetime import date

    try:
        day = date.fromisoformat(f"2001-{text}")  # no 29 February: not every year has one
    except ValueError as error:
        raise InputError(
            f"--issue {text}: needs month and day as 04-01, on a day that every year has",
            zh=f"--issue {text}：应写作 04-01 这样的月日，且每年都有",
        ) from error
    return day.month, day.day
