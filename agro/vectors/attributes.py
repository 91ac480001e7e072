"""Which column means what, and the grower's ways of writing a year, a spacing, a depth and an area."""

import re
import tomllib
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from agro import units
from agro.farm import Finding
from agro.vectors.source import Source

HEADINGS = Path(__file__).with_name("attributes.toml")
PLOT_FIELDS = (
    "name", "farm", "cultivar", "township", "planted", "age", "spacing", "row_spacing", "tree_spacing", "soil_depth",
    "soil_depth_cm", "area_mu", "area_ha", "area_m2", "area", "longitude", "latitude", "outline", "assumed",
)  # fmt: skip
BLANK = {"", "-", "--", "—", "/", "无", "未知", "不详", "none", "null", "nan", "na", "n/a", "<na>", "nat", "unknown"}
NUMBER = re.compile(
    r"([-+]?\d+(?:\.\d*)?|[-+]?\.\d+)\s*(亩|mu|公顷|ha|平方米|m2|m²|㎡|米|m|厘米|公分|cm|年|岁|years?|a)?"
)
SPACING = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|米)?\s*(?:[x×*✕Xχ]|by|乘)\s*(\d+(?:\.\d+)?)\s*(?:m|米)?", re.IGNORECASE)
YEAR = re.compile(r"(\d{4})(?:\.0*|年.*|[-/.]\d.*)?")
FIRST_YEAR = 1901


def folded(heading):
    """Return `heading` without case, width, spaces, underscores, hyphens and brackets."""
    return re.sub(r"[\s_\-()\[\]{}:.、,]", "", unicodedata.normalize("NFKC", str(heading)).lower())


@cache
def headings():
    """Return the known headings per field, folded, best first."""
    with HEADINGS.open("rb") as file:
        return {field: [folded(word) for word in entry["headings"]] for field, entry in tomllib.load(file).items()}


def recognised(columns, fields=PLOT_FIELDS):
    """Return {field: column} for the columns whose heading is known; the best heading wins."""
    places: dict[str, str] = {}
    for column in columns:
        places.setdefault(folded(column), column)
    found = {}
    for field in fields:
        known = [places[word] for word in headings()[field] if word in places]
        if known:
            found[field] = known[0]
    return found


def text(value):
    """Return `value` as people wrote it, or None where the cell is blank; 1.0 becomes "1"."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    written = str(value).strip().strip("\x00").strip()
    return None if written.lower() in BLANK else written


def number(value):
    """Return (number, unit) of a cell, (None, "") where it is blank; `ValueError` when it is no number."""
    written = text(value)
    if written is None:
        return None, ""
    written = unicodedata.normalize("NFKC", written)
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", written):
        written = written.replace(",", "")
    match = NUMBER.fullmatch(written.lower())
    if match:
        return float(match[1]), match[2] or ""
    plain = float(written)  # 1e3
    if not np.isfinite(plain):
        raise ValueError(written)
    return plain, ""


def understood(source: Source, year: int | None = None, farm: str | None = None):
    """Return the plot columns of a source, and what was found on the way.

    Parameters
    ----------
    source : Source
    year : int, optional
        Year in which a stated tree age was true; this year unless given.
    farm : str, optional
        Farm of the rows that name none.

    Returns
    -------
    table : pandas.DataFrame
        farm, name, cultivar, planted, spacing (m between rows, m in the row), soil_depth [m], township, assumed, and
        stated_area (number as written) with stated_unit ("mu", "ha", "m2" or "" when unknown).
    findings : list of Finding

    Raises
    ------
    InputError
        For a cell that cannot be what its column says, with row, column and what was needed.
    """
    known, found = recognised(source.table.columns), []
    now = date.today().year if year is None else year
    reader = _Reader(source, known, now)
    table = pd.DataFrame(index=source.table.index)
    table["farm"] = [given or farm for given in reader.texts("farm")]
    for field in ("name", "cultivar", "township"):
        table[field] = pd.Series(reader.texts(field), index=table.index, dtype=object)
    planted = reader.years()
    if "age" in known:
        ages = reader.numbers("age", 0, 150, "an age in years such as 12", "以年计的树龄，如 12")
        planted = [p if p is not None or a is None else round(now - a) for p, a in zip(planted, ages, strict=True)]
        found.append(Finding("info", f"tree ages were counted back from {now}", f"树龄按 {now} 年倒推为定植年份"))
    table["planted"] = pd.array(planted, dtype="Int64")
    table["spacing"] = pd.Series(reader.spacings(), index=table.index, dtype=object)
    table["soil_depth"] = np.array(reader.depths(found), dtype=float)
    table["assumed"] = pd.Series(reader.assumed(), index=table.index, dtype=object)
    table["stated_area"], table["stated_unit"] = reader.areas()
    table["farm"] = table["farm"].astype(object)
    found.extend(_columns_told(source, known))
    return table, found


def _columns_told(source, known):
    used = {field: column for field, column in known.items() if field not in ("longitude", "latitude", "outline")}
    found = []
    if used:
        pairs = ", ".join(f"{column} = {field}" for field, column in used.items())
        found.append(Finding("info", f"columns understood: {pairs}", f"已识别的列：{pairs}"))
    spare = [str(column) for column in source.table.columns if column not in known.values()]
    if spare:
        names = ", ".join(spare[:30])
        found.append(Finding("info", f"columns not used: {names}", f"未使用的列：{names}"))
    return found


class _Reader:
    """Reads cells column by column; an unreadable cell names its row."""

    def __init__(self, source, known, now):
        self.source, self.known, self.now = source, known, now

    def cells(self, field):
        if field not in self.known:
            return [None] * len(self.source.table)
        return self.source.table[self.known[field]].tolist()

    def texts(self, field):
        return [text(value) for value in self.cells(field)]

    def assumed(self):
        """Return what an earlier export marked as assumed, so that a default never comes back as a fact."""
        known = {"geometry", *PLOT_FIELDS}
        return [tuple(word for word in (words or "").split(",") if word in known) for words in self.texts("assumed")]

    def wrong(self, field, place, value, en, zh):
        row, column = self.source.rows[place], self.known[field]
        return self.source.refusal(
            f"row {row}, column '{column}': found '{str(value)[:60]}'; {en} is needed",
            f"第 {row} 行“{column}”列：写的是“{str(value)[:60]}”；需要{zh}",
        )

    def pairs(self, field, low, high, en, zh):
        """Return (number, unit) per row, bounded after no conversion."""
        found = []
        for place, value in enumerate(self.cells(field)):
            try:
                pair = number(value)
                if pair[0] is not None and not low <= pair[0] <= high:
                    raise ValueError(value)
            except (ValueError, OverflowError):
                raise self.wrong(field, place, value, en, zh) from None
            found.append(pair)
        return found

    def numbers(self, field, low, high, en, zh):
        return [pair[0] for pair in self.pairs(field, low, high, en, zh)]

    def years(self):
        found, latest = [], self.now + 1
        for place, value in enumerate(self.cells("planted")):
            if hasattr(value, "year") and value is not pd.NaT:
                year: int | None = int(value.year)
            else:
                written = text(value)
                match = YEAR.fullmatch(unicodedata.normalize("NFKC", written)) if written else None
                year = int(match[1]) if match else (None if written is None else -1)
            if year is not None and not FIRST_YEAR <= year <= latest:
                raise self.wrong(
                    "planted", place, value, f"a year from {FIRST_YEAR} to {latest}", f"{FIRST_YEAR} 至 {latest} 的年份"
                )
            found.append(year)
        return found

    def spacings(self):
        en, zh = "a spacing in metres such as 4x3", "以米计的株行距，如 4x3"
        rows = self.numbers("row_spacing", 0.3, 20, en, zh)
        trees = self.numbers("tree_spacing", 0.3, 20, en, zh)
        found = []
        for place, (value, row, tree) in enumerate(zip(self.cells("spacing"), rows, trees, strict=True)):
            written = text(value)
            if written is None:
                found.append((row, tree) if row and tree else None)
                continue
            match = SPACING.fullmatch(unicodedata.normalize("NFKC", written).strip("()"))
            pair = sorted((float(match[1]), float(match[2])), reverse=True) if match else (0.0, 0.0)
            if not 0.3 <= pair[1] <= pair[0] <= 20:
                raise self.wrong("spacing", place, value, en, zh)
            found.append((pair[0], pair[1]))  # 株行距 and 行株距 are both in use: the wider one is between the rows
        return found

    def depths(self, found):
        en, zh = "a soil depth in metres such as 0.6", "以米计的土层厚度，如 0.6"
        metres = []
        guessed = 0
        for value, unit in self.pairs("soil_depth", 0, 1000, en, zh):
            centimetres = unit in ("cm", "厘米", "公分") or (unit == "" and value is not None and value > 5)
            guessed += centimetres and unit == ""
            metres.append(value / 100 if centimetres else value)
        if guessed:
            found.append(
                Finding(
                    "warning",
                    f"soil depth: {guessed} numbers above 5 were taken as centimetres",
                    f"土层厚度：{guessed} 个大于 5 的数按厘米理解",
                )
            )
        in_cm = self.numbers("soil_depth_cm", 0, 1000, "a soil depth in cm such as 60", "以厘米计的土层厚度，如 60")
        return [
            m if m is not None else (c / 100 if c is not None else np.nan) for m, c in zip(metres, in_cm, strict=True)
        ]

    def areas(self):
        words = {"亩": "mu", "mu": "mu", "公顷": "ha", "ha": "ha", "平方米": "m2", "m2": "m2", "m²": "m2", "㎡": "m2"}
        size, unit = np.full(len(self.source.table), np.nan), np.full(len(self.source.table), "", dtype=object)
        for field, heading_unit in (("area_mu", "mu"), ("area_ha", "ha"), ("area_m2", "m2"), ("area", "")):
            pairs = self.pairs(field, 0, 1e9, "an area such as 3.5", "面积，如 3.5")
            for place, (value, written) in enumerate(pairs):
                if value is not None and np.isnan(size[place]):
                    size[place], unit[place] = value, words.get(written, heading_unit)
        return size, unit


def stated_area(table, outline):
    """Return the area [m2] that each row states, NaN where none.

    A bare "area" takes the unit (mu, ha or m2) that fits the outlines best, mu where there are only pins.

    Parameters
    ----------
    table : pandas.DataFrame
        With `stated_area` and `stated_unit`.
    outline : array_like, shape (row,)
        Area of each outline, NaN for pins. [m2]
    """
    size, unit = table["stated_area"].to_numpy(dtype=float), table["stated_unit"].to_numpy(dtype=object)
    outline = np.asarray(outline, dtype=float)
    bare = (unit == "") & (size > 0)
    factors = {name: units.converted(1.0, name, "m2") for name in ("mu", "ha", "m2")}
    comparable = bare & (outline > 0)
    best = "mu"
    if comparable.any():
        ratio = np.log(outline[comparable] / size[comparable])
        best = min(factors, key=lambda name: float(np.abs(np.median(ratio - np.log(factors[name])))))
    factor = np.array([factors[name or best] for name in unit])
    return size * factor
