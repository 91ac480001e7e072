"""The sample county's plant protection: what growers sprayed and scouts saw of a hidden truth, as tables to import."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from agro.farm import Viewer
from agro.store.rights import OPERATOR
from app.services import imports, samples
from app.services.platform import Platform
from app.services.sample_pests import seasons
from app.services.sample_years import CANKER_FROM, County, Year
from sample_data import forecast, names, protection, scouting
from sample_data.protection import Sprayed
from sample_data.scouting import NOTE, Look

PSYLLID_TOWN, PSYLLID_DAY = names.TOWNSHIPS[0], date(2025, 8, 13)
SUSPECTED = ((names.TOWNSHIPS[1], date(2024, 10, 16)), (names.TOWNSHIPS[3], date(2026, 6, 24)))
"""Where and when somebody took a yellow shoot for huanglongbing."""
DIARY_FROM = 2025  # from which plots that nobody scouts have their growers' diaries too
ANSWERED = ("confirmed", "removed")  # finds that the station has made known


def make(home: Platform, folder: Path, years: Sequence[int] = scouting.YEARS) -> dict[str, Path]:
    """Return {kind: CSV} of sprays, counts, traps and samples, written into `folder` beside their truth."""
    county = County(home)
    diaries: dict[int, list[Sprayed]] = {k: [] for k in range(len(county.plots))}
    counts: list[tuple] = []
    traps: list[tuple] = []
    truths: dict[str, dict[str, Any]] = {
        "/".join(plot): {
            "cultivar": str(county.table["cultivar"].iloc[k]),
            "elevation": round(float(county.table["elevation"].iloc[k])), "township": county.town(k),
            "strip": bool(county.strip[k]), "habit": county.grower(k).habit,
            "silent": county.grower(k).silent, "seasons": {},
        }
        for k, plot in enumerate(county.plots)
    }  # fmt: skip
    for season in seasons(home, list(county.table["id"]), years):
        year = Year(county, season)
        caught, cut, flies = year.catches()
        counts += year.counts() + cut
        traps += caught
        for k, (plot, truth) in enumerate(zip(county.plots, year.truth(), strict=True)):
            if k in flies:
                truth["minax"] = flies[k]
            truths["/".join(plot)]["seasons"][str(season.year)] = truth
            diaries[k] += year.sprays[k]
    trees, found = _samples(county)
    tables = {
        "sprays": (protection.HEADINGS, _diaries(county, diaries, years)),
        "counts": (scouting.COUNTS, counts + found),
        "traps": (scouting.CATCHES, traps),
        "samples": (scouting.SAMPLES, trees),
    }
    scouting.write_truth(
        folder / "protection_truth.json", plots=truths, huanglongbing=[],
        psyllid=[{"township": PSYLLID_TOWN, "date": str(PSYLLID_DAY)}],
    )  # fmt: skip
    return {kind: scouting.write_table(folder / f"{kind}.csv", *table) for kind, table in tables.items()}


def bring_in(home: Platform, files: dict[str, Path], station: Viewer) -> None:
    """Import the tables as anybody's, and let the station lift the embargo of what it has made known."""
    for kind, path in files.items():
        imports.commit(OPERATOR, home, kind, path)
    for row in samples.table(station, home).itertuples():
        last = row.steps[-1]
        if last.state in ANSWERED:
            day = min(last.date + timedelta(days=6), scouting.last_day())
            samples.release(station, home, row.id, date=day, note=NOTE)


def past_forecasts(home: Platform, days: Iterable[date]) -> int:
    """Store the forecasts that would have been issued on the evenings of past days; return how many are new."""
    stations = {one.name: one.id for one in home.store.stations()}
    new = 0
    for day in days:
        for key, dataset in forecast.make_forecast(issued=np.datetime64(day)).items():
            new += home.store.save_forecast_weather(stations[names.STATIONS[key]], dataset, by=OPERATOR)["added"]
    return new


def _diaries(county: County, scouted: dict[int, list[Sprayed]], years: Sequence[int]) -> list[tuple]:
    """Return what growers wrote down: of scouted plots all years, of the others the last ones."""
    rows = []
    for k, plot in enumerate(county.plots):
        if not county.grower(k).silent:
            rows += protection.rows(*plot, scouted[k], NOTE)
    last = scouting.last_day()
    for farm, name in zip(county.all["farm_name"], county.all["name"], strict=True):
        grower = county.growers[farm]
        if (farm, name) in county.plots or grower.silent or grower.habit == "never":
            continue
        planned = [
            one for year in years if year >= DIARY_FROM for one in protection.calendar(farm, year) if one.day <= last
        ]
        rows += protection.rows(farm, name, planned, NOTE)
    return rows


def _samples(county: County) -> tuple[list[tuple], list[tuple]]:
    """Return the rows of suspected trees, and of the psyllid that was found."""
    rows, found = [], []

    def trees(plot: tuple[str, str], organism: str, tree: str, day: date, *states: str) -> None:
        steps = zip(states, (0, 2, 16, 45), strict=False)
        rows.extend(
            scouting.sample_rows(*plot, organism, tree, [(day + timedelta(days=d), state) for state, d in steps])
        )

    for place, k in enumerate(county.cankered):
        day = date(CANKER_FROM + (place == 2), 6, 10 + 3 * place)
        trees(county.plots[k], "canker", "K1", day, "疑似", "已取样", "确诊")
        trees(county.plots[k], "canker", "K2", day, "疑似", "已取样", "确诊", "已挖除")
    at = county.table["township"]
    plot = county.plots[int(np.flatnonzero(at == PSYLLID_TOWN)[0])]
    trees(plot, "psyllid", "M1", PSYLLID_DAY, "疑似", "已取样", "确诊")
    found.append(scouting.count_row(*plot, PSYLLID_DAY, "psyllid", "查梢", Look(scouting.SHOOTS, 2, 3), None))
    for town, day in SUSPECTED:
        plot = county.plots[int(np.flatnonzero(at == town)[-1])]
        trees(plot, "huanglongbing", "H1", day, "疑似", "已取样", "排除")
    return rows, found
