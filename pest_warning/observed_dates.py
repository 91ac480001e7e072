"""Tables of the dates on which an organism was seen: of single years, or the earliest and latest over some years."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from agro.errors import InputError
from agro.weather.readers.text import Columns, columns
from pest_warning import timing
from pest_warning.organism import FOLDER, Organism

SEEN = ("event", "from_year", "to_year", "first", "last", "place", "latitude", "longitude")
HEADINGS = {
    "event": "event", "时期": "event", "事件": "event", "date": "date", "日期": "date", "from_year": "from_year",
    "起始年": "from_year", "to_year": "to_year", "终止年": "to_year", "first": "first", "最早": "first",
    "last": "last", "最晚": "last", "place": "place", "地点": "place", "latitude": "latitude", "纬度": "latitude",
    "longitude": "longitude", "经度": "longitude",
}  # fmt: skip
FORMS = ({"date"}, {"from_year", "to_year", "first", "last"})
EARTH = 6371.0  # km


def shipped(organism: Organism) -> pd.DataFrame:
    """Return the published dates of an organism, `SEEN`: all tables `KEY_PLACE.csv` beside its file."""
    files = sorted(FOLDER.glob(f"{organism.key}_*.csv"))
    found = [read(path.read_text(encoding="utf-8"), path.name, organism) for path in files]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(SEEN))


def read(text: str, name: str, organism: Organism) -> pd.DataFrame:
    """Return a table of observed dates.

    Parameters
    ----------
    text : str
        A delimited table with `event` and either `date` (2013-05-11, one row a year) or `from_year`, `to_year`,
        `first` and `last` (05-05: earliest and latest over these years). `place`, `latitude` and `longitude` may
        stand beside; Chinese headings do as well.
    name : str
        Of the file, for messages.
    organism : Organism
        Whose events these are: by key, or by their Chinese or English name.

    Returns
    -------
    DataFrame, shape (row, 8)
        `SEEN`; `first` and `last` as days of `position`, equal where the date itself is known.

    Raises
    ------
    InputError
        For a missing column, an unknown event, a date that is none, or a range that runs backwards.
    """
    table = columns(text, name)
    known = {HEADINGS[heading.lower()]: heading for heading in table.texts if heading.lower() in HEADINGS}
    if "event" not in known or not any(form <= set(known) for form in FORMS):
        raise InputError(
            f"{name}: needs the columns event and date, or event, from_year, to_year, first and last",
            zh=f"{name}：需要“时期、日期”两列，或“时期、起始年、终止年、最早、最晚”五列",
        )
    names = {word: one.key for one in timing.events(organism) for word in (one.key, one.name.zh, one.name.en)}
    rows = []
    for row, line in enumerate(table.lines):
        cell = {key: table.texts[heading][row].strip() for key, heading in known.items()}
        if cell["event"] not in names:
            raise _refused(table, line, f"unknown event '{cell['event']}'", f"不认识的时期“{cell['event']}”", names)
        years, days = _when(table, line, cell)
        if years[1] < years[0] or days[1] < days[0]:
            raise _refused(table, line, "the range runs backwards", "起止颠倒")
        rows.append((names[cell["event"]], *years, *days, cell.get("place", "")))
    found = pd.DataFrame(rows, columns=list(SEEN[:6]))
    for key in SEEN[6:]:
        found[key] = table.numbers(known[key]) if key in known else np.nan
    return found


def position(day: date) -> int:
    """Return where a day stands in a calendar that always has 29 February: 1 January is 0, 1 March is 60."""
    return (date(2000, day.month, day.day) - date(2000, 1, 1)).days


def dated(year: int, day: float) -> date | None:
    """Return the date nearest to a `position` in a year; None where it is not known."""
    if not np.isfinite(day):
        return None
    day = round(day)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, 1, 1) + timedelta(days=day - (0 if leap or day < 60 else 1))


def near(seen: pd.DataFrame, latitude: float, longitude: float, within: float) -> np.ndarray:
    """Return which rows were seen no farther than `within` [km] from a place; rows that name none are near.

    Parameters
    ----------
    latitude, longitude : float
        NaN where it is not known: then only rows without a place are near. [degrees]
    """
    return ~(distance(seen, latitude, longitude) > within) & (np.isfinite(latitude) | seen["latitude"].isna())


def distance(seen: pd.DataFrame, latitude: float, longitude: float) -> np.ndarray:
    """Return how far away each row was seen, along a sphere [km]; NaN where a place is not known."""
    here, there = np.radians([latitude, longitude]), np.radians(seen[["latitude", "longitude"]].to_numpy(float)).T
    half = np.sin((there[0] - here[0]) / 2) ** 2
    half = half + np.cos(here[0]) * np.cos(there[0]) * np.sin((there[1] - here[1]) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(half))


def _when(table: Columns, line: int, cell: dict[str, str]) -> tuple[tuple[int, int], tuple[int, int]]:
    try:
        if "date" in cell:
            day = date.fromisoformat(cell["date"].replace("/", "-"))
            return (day.year, day.year), (position(day), position(day))
        days = [position(date.fromisoformat(f"2000-{cell[key]}")) for key in ("first", "last")]
        return (int(cell["from_year"]), int(cell["to_year"])), (days[0], days[1])
    except ValueError as error:
        raise _refused(table, line, f"{error}; needs 2013-05-11, or 05-11", "日期应写作 2013-05-11 或 05-11") from error


def _refused(table: Columns, line: int, en: str, zh: str, known: dict[str, str] | None = None) -> InputError:
    if known:
        en, zh = f"{en}; known: {', '.join(known)}", f"{zh}；可用：{'、'.join(known)}"
    return InputError(f"{table.name}, line {line}: {en}", zh=f"{table.name} 第 {line} 行：{zh}")
