"""What a file of outlines holds before it is understood, and how a refusal is worded."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyproj import CRS

from agro.errors import InputError
from agro.farm import Finding

UPLOAD = 200 * 1024**2  # bytes of one file
UNPACKED = 1024**3  # bytes that an archive may unfold to
FEATURES = 200_000
SHOWN = 20  # findings of one kind that are written out; the rest is counted


@dataclass
class Source:
    """Attributes and shapes as written in the file, one entry per row.

    `rows` are the numbers that a person sees (a spreadsheet's row, else the feature's place from 1), `crs` is None
    where the file names none, `hints` is free text in which a map app may have left its name.
    """

    name: str
    table: pd.DataFrame
    geometry: np.ndarray
    rows: np.ndarray
    crs: CRS | None = None
    hints: str = ""
    findings: list[Finding] = field(default_factory=list)

    def refusal(self, en: str, zh: str) -> InputError:
        """Return the error that names this file."""
        return refusal(self.name, en, zh)


def refusal(name: str | Path, en: str, zh: str) -> InputError:
    """Return an `InputError` that names the file `name`."""
    name = Path(name).name
    return InputError(f"{name}: {en}", zh=f"{name}：{zh}")


def source(name: str, records: list[dict[str, Any]], geometry: list, rows=None, **more) -> Source:
    """Return the `Source` of `records` (one dict per feature) and their shapes.

    Raises
    ------
    InputError
        When there is nothing, or more than `FEATURES`.
    """
    bounded(name, len(geometry))
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    table = pd.DataFrame.from_records(records, index=range(len(geometry)))
    return Source(name, table, shapes, np.arange(1, len(geometry) + 1) if rows is None else np.asarray(rows), **more)


def bounded(name: str, count: int) -> None:
    """Refuse a file without features or with more than `FEATURES`."""
    if count == 0:
        raise refusal(name, "holds no outlines; at least one polygon is needed", "没有任何边界；至少需要一个多边形")
    if count > FEATURES:
        raise refusal(
            name,
            f"holds {count} features; at most {FEATURES} are read at once",
            f"有 {count} 个要素；一次最多读取 {FEATURES} 个",
        )


def told(level: str, items: list[tuple[int, str, str]]) -> list[Finding]:
    """Return one finding per (row, English, Chinese), the first `SHOWN` in words and the rest as a count."""
    found = [Finding(level, f"row {row}: {en}", f"第 {row} 行：{zh}", f"row {row}") for row, en, zh in items[:SHOWN]]
    if len(items) > SHOWN:
        more, last = len(items) - SHOWN, items[-1]
        found.append(
            Finding(
                level, f"{more} more rows: the same kind, last {last[1]}", f"另有 {more} 行同类，最后一行：{last[2]}"
            )
        )
    return found


def kept(source, table, keep):
    """Drop the other rows of the source in place, and return those rows of `table`."""
    source.geometry, source.rows, source.table = source.geometry[keep], source.rows[keep], source.table[keep]
    return table[keep].reset_index(drop=True)
