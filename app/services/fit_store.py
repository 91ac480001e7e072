"""Where fits are kept: a file of posteriors and one of scores a day, in the folder of series; nothing is unpickled."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from agro.store import packing
from agro.store.files import drafted
from app.services.platform import Platform

PARTS = ("posterior", "scores")
COLUMNS = {
    "posterior": ("plot", "parameter", "member", "value"),
    "scores": (
        "kind", "n", "plots", "share", "low", "high", "share_prior", "rmse", "crps", "against_climatology",
        "n_climatology", "against_persistence", "n_persistence", "fitted", "held_out", "synthetic",
    ),
}  # fmt: skip


def keep(home: Platform, on: date, posterior: pd.DataFrame, scores: pd.DataFrame) -> None:
    """Write what the fits of one day found; a second fit of that day takes the place of the first."""
    for part, table in (("posterior", posterior), ("scores", scores)):
        path = _path(home, part, on)
        with drafted(path, lambda file, table=table: packing.write(file, table)) as (_, rename):  # type: ignore[misc]
            rename()


def newest(home: Platform, on: date | None = None) -> date | None:
    """Return the day of the newest fit (not after `on`); None before the first."""
    days = [date.fromisoformat(path.stem.removeprefix("fit-scores-")) for path in _folder(home).glob("fit-scores-*")]
    known = [day for day in days if on is None or day <= on]
    return max(known, default=None)


def read(home: Platform, part: str, on: date, plots: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one part of the fits of one day, of all plots or some."""
    path = _path(home, part, on)
    filters = None if plots is None else [("plot", "in", list(plots))]
    return pd.read_parquet(path, filters=filters) if path.exists() else pd.DataFrame(columns=list(COLUMNS[part]))


def _path(home: Platform, part: str, on: date) -> Path:
    return _folder(home) / f"fit-{part}-{on.isoformat()}.parquet"


def _folder(home: Platform) -> Path:
    return home.home / "series"
