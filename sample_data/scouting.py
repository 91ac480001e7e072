"""How the sample county is scouted: who goes where on which day, what eyes make of it, and the tables they fill in."""

import csv
import json
import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sample_data import SEED, observations
from sample_data.protection import NAMES, drawn
from sample_data.weather import LAST_DAY

YEARS = tuple(range(2020, 2027))
MONITORED, TRAPPED = 30, 8  # plots
K = 0.6  # of the negative binomial over leaves; the same as the platform assumes
LEAVES, FIELDS, TENDER, FRUIT, SHOOTS, CUT, TRAPS = 50, 100, 100, 100, 50, 200, 2
COUNTS = ("果园", "地块", "日期", "病虫", "方法", "调查数", "发生数", "总数", "是否施药", "依据", "备注")
CATCHES = ("果园", "地块", "日期", "病虫", "诱集器数", "诱虫数", "天数", "依据", "备注")
SAMPLES = ("果园", "地块", "日期", "病虫", "株号", "状态", "备注")
NOTE = observations.NOTE
WARNING = "# 合成示例，不对应任何真实地块 Synthetic records of no real plot\n"


class Look(NamedTuple):
    """What eyes found: infested units, and individuals, mines or spots on all of them."""

    n: int
    infested: int
    total: int


def last_day() -> date:
    """Return the last observed day."""
    return LAST_DAY.astype("M8[D]").item()


def monitored(farms, names) -> np.ndarray:
    """Return which plots are scouted, as positions in the order given."""
    return observations.chosen(farms, names, MONITORED)


def every(farms, names, count: int, purpose: str) -> np.ndarray:
    """Return `count` of the plots for one purpose, as positions in the order given."""
    keys = [zlib.crc32(f"{purpose} {farm}/{name}".encode()) for farm, name in zip(farms, names, strict=True)]
    return np.sort(np.argsort(keys, kind="stable")[:count])


def strips(farms, names) -> np.ndarray:
    """Return which plots have an untreated strip: the first of each farm."""
    first: dict[str, int] = {}
    for place, farm in enumerate(farms):
        first.setdefault(farm, place)
    return np.isin(np.arange(len(names)), list(first.values()))


def rounds(town: str, year: int, first=(2, 24), last=(11, 25), seed=SEED) -> list[date]:
    """Return the days on which a township's plots are walked: every 10 to 15 days; all its plots on one day."""
    random = drawn(seed, "round", town, year)
    day, found = date(year, *first) + timedelta(days=int(random.integers(0, 6))), []
    while day <= min(date(year, *last), last_day()):
        found.append(day)
        day += timedelta(days=int(random.integers(10, 16)))
    return found


def weeks(year: int) -> list[date]:
    """Return the days on which traps are emptied: weekly, from late April to the end of November."""
    first = date(year, 4, 24)
    days = [first + timedelta(days=7 * k) for k in range(32)]
    return [day for day in days if day <= min(date(year, 11, 30), last_day())]


def uneven(density: float, n: int, *words, seed=SEED) -> Look:
    """Return what `n` leaves or lens fields show of a density: they differ more than chance alone lets them."""
    each = drawn(seed, "uneven", *words).negative_binomial(K, K / (K + max(density, 1e-9)), n)
    return Look(n, int((each > 0).sum()), int(each.sum()))


def share(part: float, n: int, *words, seed=SEED) -> Look:
    """Return how many of `n` units look infested; eyes miss one in twenty-five."""
    random = drawn(seed, "share", *words)
    infested = int(random.binomial(n, min(max(0.96 * part, 0.0), 1.0)))
    return Look(n, infested, infested + int(random.poisson(0.6 * infested)))


def caught(mean: float, *words, seed=SEED) -> int:
    """Return what the traps of a plot caught."""
    return int(drawn(seed, "caught", *words).negative_binomial(2.0, 2.0 / (2.0 + max(mean, 1e-9))))


def count_row(farm, name, day: date, organism: str, method: str, look: Look, treated: bool | None) -> tuple:
    """Return a row of `COUNTS`."""
    said = "" if treated is None else "是" if treated else "否"
    what = NAMES[organism]
    return farm, name, day.isoformat(), what, method, look.n, look.infested, look.total, said, "实测", NOTE


def catch_row(farm, name, day: date, total: int) -> tuple:
    """Return a row of `CATCHES`, of one week."""
    return farm, name, day.isoformat(), NAMES["minax"], TRAPS, total, 7, "实测", NOTE


def sample_rows(farm, name, organism: str, tree: str, steps: list[tuple[date, str]]) -> list[tuple]:
    """Return rows of `SAMPLES`, a row a step up to the last observed day."""
    return [
        (farm, name, day.isoformat(), NAMES[organism], tree, state, NOTE) for day, state in steps if day <= last_day()
    ]


def write_table(path: Path, headings: tuple[str, ...], rows: list[tuple]) -> Path:
    """Return the CSV, which says that it is synthetic and is imported as anybody's."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(WARNING)
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def write_truth(path: Path, **truths) -> Path:
    """Return the JSON with what was hidden, which only tests read."""
    about = {"synthetic": True, "seed": int(SEED), **truths}
    path.write_text(json.dumps(about, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return path
