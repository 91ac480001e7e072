"""Tables and dataclasses as plain JSON values: dates in ISO, unknown as null."""

import dataclasses
import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry


def plain(value: Any) -> Any:
    """Return `value` as JSON can carry it.

    >>> plain({"tss": float("nan"), "ripe": date(2026, 11, 20)})
    {'tss': None, 'ripe': '2026-11-20'}
    """
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, BaseGeometry):
        return mapping(value)
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat() if value != value.normalize() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else value
