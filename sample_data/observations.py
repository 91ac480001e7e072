"""What growers of the sample county "saw": which plots, when, how well, and the hidden truth behind it.

The truth of a plot is a score for each parameter: what the county's trees of a cultivar share, and what the plot adds.
Who knows a growth model turns scores into the values that would be read; `noted` adds the errors of people's eyes.
"""

import csv
import json
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sample_data import SEED
from sample_data.weather import LAST_DAY

OBSERVED = 40  # plots
SHARED = 0.7  # share of the scores' variance that all plots of a cultivar have in common
LATE = ("navel_late", "tarocco", "w_murcott", "orah", "valencia")
ERRORS = {"diameter": (0.3, 5.0), "tss": (0.2, 0.7), "ta": (0.03, 0.12), "soil_moisture": (0.03, 0.0)}
"""Of a reading: shared by its fruit, and among fruit; in its unit. The same as the platform assumes of people."""
BLOOM = {"measured": 3.0, "said": 6.0}  # d
YIELD = 0.15  # share
DECIMALS = {"diameter": 1, "tss": 1, "ta": 2, "yield": 1, "soil_moisture": 3}
UNITS = {"diameter": "mm", "tss": "degBrix", "ta": "g dL-1", "yield": "t/ha", "soil_moisture": "m3/m3"}
HEADINGS = ("果园", "地块", "日期", "项目", "数值", "数量", "单位", "依据", "备注")
NOTE = "合成示例 synthetic"


@dataclass(frozen=True)
class Visit:
    """One thing that somebody means to look at; for bloom `day` is only the year's spring."""

    kind: str
    day: date
    n: int | None = None
    evidence: str = "measured"


def chosen(farms, names, count=OBSERVED) -> np.ndarray:
    """Return which plots are observed, as positions in the order given; the same for the same names."""
    keys = [zlib.crc32(f"observed {farm}/{name}".encode()) for farm, name in zip(farms, names, strict=True)]
    return np.sort(np.argsort(keys, kind="stable")[:count])


def scores(farm: str, name: str, cultivar: str, parameters, seed=SEED) -> np.ndarray:
    """Return the hidden score of each parameter of one plot, standard normal over plots and cultivars."""
    common = _random(seed, "cultivar", cultivar).standard_normal(len(parameters))
    own = _random(seed, "plot", f"{farm}/{name}").standard_normal(len(parameters))
    return np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own


def visits(farm: str, name: str, cultivar: str, seed=SEED) -> list[Visit]:
    """Return what is looked at in one plot over the last two seasons, up to the last observed day."""
    random = _random(seed, "visits", f"{farm}/{name}")
    last = LAST_DAY.astype("M8[D]").item()
    found = []
    for year in (last.year - 1, last.year):
        found.append(Visit("bloom_65", date(year, 4, 1), None, "said" if random.random() < 0.35 else "measured"))
        months = [6, 7, 8, 9, 10][: random.integers(3, 6)]
        found += [Visit("diameter", date(year, m, int(random.integers(5, 26))), 20) for m in months]
        ripening = [(year, 10), (year, 11), (year, 12)] + ([(year + 1, 1), (year + 1, 2)] if cultivar in LATE else [])
        for when in ripening[-3:]:
            day = date(*when, int(random.integers(3, 26)))
            found += [Visit("tss", day, 10), Visit("ta", day, 10)]
        if random.random() < 0.4:
            found += [Visit("soil_moisture", date(year, m, int(random.integers(5, 26)))) for m in (7, 8)]
        picked = date(year + 1, 3, 8) if cultivar in LATE else date(year, 12, 18)
        found.append(Visit("yield", picked))
    return [one for one in found if one.day <= last]


def noted(farm: str, name: str, plan: list[Visit], truth, seed=SEED) -> list[tuple]:
    """Return the rows of `HEADINGS` that people wrote down.

    Parameters
    ----------
    plan : list of Visit
    truth : sequence
        What is true on each visit: a number in its unit, or for bloom the day; None or NaN where there was nothing.
    """
    random = _random(seed, "errors", f"{farm}/{name}")
    rows = []
    for visit, true in zip(plan, truth, strict=True):
        error = random.standard_normal()
        if true is None or (not isinstance(true, date) and not np.isfinite(true)):
            continue
        told = "实测" if visit.evidence == "measured" else "口述"
        if isinstance(true, date):
            day = date.fromordinal(true.toordinal() + round(BLOOM[visit.evidence] * error))
            rows.append((farm, name, day.isoformat(), visit.kind, "", "", "", told, NOTE))
            continue
        shared, each = ERRORS.get(visit.kind, (0.0, 0.0))
        sd = YIELD * true if visit.kind == "yield" else np.sqrt(shared**2 + each**2 / (visit.n or 1))
        value = round(max(true + sd * error, 0.02), DECIMALS[visit.kind])
        rows.append(
            (farm, name, visit.day.isoformat(), visit.kind, value, visit.n or "", UNITS[visit.kind], told, NOTE)
        )
    return rows


def write(folder: Path, rows: list[tuple], truths: dict) -> tuple[Path, Path]:
    """Write observations.csv, to be imported as anybody's, and observations_truth.json, which only tests read."""
    table, hidden = folder / "observations.csv", folder / "observations_truth.json"
    with table.open("w", encoding="utf-8", newline="") as file:
        file.write("# 合成示例观测，不对应任何真实地块 Synthetic observations of no real plot\n")
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    about = {"synthetic": True, "seed": int(SEED), "shared": SHARED, "plots": truths}
    hidden.write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return table, hidden


def _random(seed, *words) -> np.random.Generator:
    return np.random.default_rng([int(seed), 12, *(zlib.crc32(str(word).encode()) for word in words)])
