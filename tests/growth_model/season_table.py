"""What each process moves in the reference season: `python -m tests.growth_model.season_table` remakes the page.

A navel orange that blooms on 18 April with the normals of Wansheng, once with the hold of temperature and light alone
(the prototype's tree), then with one process let in at a time, then with all.
"""

import csv
from pathlib import Path

import numpy as np

from growth_model import EVENTS, load, place_rows, run
from growth_model.crop import PARAMETERS
from growth_model.start import resting
from growth_model.state import STATE
from growth_model.works import ordinary
from tests.growth_model.conftest import NEUTRAL, weather_rows

FIRST, DAYS = np.datetime64("2023-04-18"), 290
RAIN = [17.0, 16.9, 41.5, 116.7, 176.2, 188.3, 153.0, 118.4, 114.2, 111.7, 53.8, 22.9]  # mm a month, Fuling 1971-2000
PROCESSES = {
    "temperature and light alone (the prototype)": (),
    "with the crop file's acid and sugar limit": ("acid.first", "sugar.limit"),
    "with water": ("fruit_limits.water_", "sugar_limits.water", "fruit_limits.recovery"),
    "with the crop on the tree": ("load.", "sugar_limits.load"),
    "with carbon": ("fruit_limits.source",),
    "with size in sugar": ("sugar_limits.size",),
    "with phosphorus and potassium": ("phosphorus_limit", "potassium_limit"),
    "with all processes": ("",),
}
REFERENCE = {"sugar.limit": 13.0, "acid.first": 3.2}  # the prototype's navel
PROTOTYPE = {"diameter_120": 59.6, "diameter_180": 75.5, "tss_225": 12.05, "ta_225": 0.76, "ratio_12": "20 Oct"}
PAGE = Path(__file__).parents[2] / "docs" / "growth-season.md"


def weather():
    """Return the normals, shape (1, 1, day, field), with every week's rain on one day of it."""
    path = Path(__file__).parents[1] / "tables" / "growth_normals_wansheng.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(lines)]
    dates = FIRST + np.arange(DAYS)
    day_of_year = (dates - dates.astype("M8[Y]").astype("M8[D]")).astype(int) + 1
    at = [row["day_of_year"] for row in rows]

    def course(values):
        return np.interp(day_of_year, [at[-1] - 365, *at, at[0] + 365], [values[-1], *values, values[0]])

    daily = course([value / 30.4 for value in RAIN])
    rain = np.where(np.arange(DAYS) % 7 == 0, 7 * daily, 0.0)
    tmin, tmax = (course([row[name] for row in rows]) for name in ("tmin", "tmax"))
    made = weather_rows(FIRST, tmin, tmax, rain=rain)
    made[..., -1] = rain  # a usual year: none of it is above normal
    return made[None, None]


def crops():
    """Return a row for each of `PROCESSES`, shape (1, member, parameter)."""
    rows = []
    for let_in in PROCESSES.values():
        row = load("navel").row
        for name, value in (NEUTRAL | REFERENCE).items():
            if not name.startswith(let_in):
                row[PARAMETERS.index(name)] = value
        rows.append(row)
    return np.stack(rows)[None]


def table():
    """Return {process: what it gives}."""
    rows = crops()
    start = resting(1, rows.shape[1], rows, place_rows(), FIRST)
    for name, value in {"present": 1, "season": 0, "bloom": 0, "age": 0, "diameter": 6.871, "number": 450}.items():
        start.trees[..., STATE.index(f"growing.{name}")] = value
    start.trees[..., STATE.index("buds.season")] = 0
    start.trees[..., STATE.index("buds.counting")] = 0
    done = ordinary(FIRST, DAYS)[None]
    season = run(weather(), place_rows(), rows, FIRST, 30.5, start=start, works=done, dtype=np.float64)
    found = {}
    for member, process in enumerate(PROCESSES):
        moment = season.dates[0, member, 0, EVENTS.index("ratio_12")]
        found[process] = {
            "diameter_120": season["diameter"][0, member, 119], "diameter_180": season["diameter"][0, member, 179],
            "tss_225": season["tss"][0, member, 224], "ta_225": season["ta"][0, member, 224],
            "load_180": season["load"][0, member, 179],
            "ratio_12": (FIRST + int(moment)).item().strftime("%-d %b") if np.isfinite(moment) else "never",
        }  # fmt: skip
    return found


def page():
    """Return the page."""
    head = ["diameter day 120, mm", "diameter day 180, mm", "sugar day 225, Brix", "acid day 225, g/dL", "ratio 12"]
    lines = [
        "# What each process moves in the reference season",
        "",
        "A navel orange blooms on 18 April under the smooth normals of Wansheng (rain of Fuling, usual fertiliser, no",
        "watering). The first row is the specification's prototype, which knows temperature and light alone; the",
        "second is this engine with every other process held; below, one process at a time is let in, at last all.",
        "Remade by `python -m tests.growth_model.season_table`; figures of an uncalibrated model under smooth days.",
        "",
        "| tree | " + " | ".join(head) + " |",
        "|---" * (len(head) + 1) + "|",
        "| prototype, appendix B | " + " | ".join(str(value) for value in PROTOTYPE.values()) + " |",
    ]
    rows = table()
    for process, row in rows.items():
        cells = [f"{row['diameter_120']:.1f}", f"{row['diameter_180']:.1f}", f"{row['tss_225']:.2f}"]
        lines.append(f"| {process} | " + " | ".join([*cells, f"{row['ta_225']:.2f}", row["ratio_12"]]) + " |")
    load_180 = rows["with all processes"]["load_180"]
    return "\n".join([*lines, "", f"The crop of the last row is {load_180:.2f} of a full one on day 180.", ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
