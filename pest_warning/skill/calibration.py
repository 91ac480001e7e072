"""From index to probability: fitted only where enough was seen, and frozen for a season."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from agro.errors import InputError
from pest_warning.skill.logistic import bounded_logit, ridge
from pest_warning.skill.pairs import censored
from pest_warning.skill.rules import CALIBRATION

GROUPS = ("month", "altitude_band")


@dataclass(frozen=True)
class Calibration:
    """How an index becomes a probability: numbers only, so that it is stored as JSON."""

    method: str  # platt or isotonic
    link: str  # log or logit, of the index
    floor: float  # smallest index that the link sees
    centre: float  # mean of the linked index
    intercept: float
    slope: float  # logits for each unit of the linked index
    pairs: int
    events: int
    years: tuple[int, ...]
    districts: tuple[str, ...]
    valid_from: str | None = None  # ISO date; all that was fitted ended before
    groups: dict[str, dict[str, float]] = field(default_factory=dict)  # logits by month and altitude band
    steps: tuple[tuple[float, float], ...] = ()  # index and probability, of isotonic regression

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability for each row of `frame` (`index`, `issued`), shape (row,); NaN where no index is."""
        index = frame["index"].to_numpy(float)
        if self.method == "isotonic":
            at, p = np.array(self.steps).T
            p = np.where(np.isnan(index), np.nan, np.interp(index, at, p))
        else:
            logits = self.intercept + self.slope * (_linked(index, self.link, self.floor) - self.centre)
            for name, effects in self.groups.items():
                logits = logits + _labels(frame, name).map(effects).fillna(0.0).to_numpy(float)
            p = expit(logits)
        return np.clip(p, CALIBRATION.bound, 1 - CALIBRATION.bound)

    def to_dict(self) -> dict[str, Any]:
        """Return a dict that JSON can hold."""
        return json.loads(json.dumps(asdict(self)))

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Calibration":
        """Return what `to_dict` gave."""
        steps = tuple((float(at), float(p)) for at, p in stored["steps"])
        return cls(
            **stored | {"years": tuple(stored["years"]), "districts": tuple(stored["districts"]), "steps": steps}
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the numbers, to be logged with each forecast issued."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def calibrate(
    pairs: pd.DataFrame, valid_from: date | None = None, link: str = "log", method: str = "platt"
) -> Calibration | None:
    """Return the calibration that past pairs support.

    Parameters
    ----------
    pairs : DataFrame, shape (pair, ...)
        Of one organism and horizon: `index`, `observed`, `treated`, `issued`, `target_end`, `year`, `district` and,
        where known, `altitude_band`.
    valid_from : date, optional
        First day of the season for which it is frozen: pairs whose window ended later are not looked at.
    link : {"log", "logit"}
        "log" for an index from 0 upwards, "logit" for one between 0 and 1.
    method : {"platt", "isotonic"}
        Isotonic regression needs more than 200 events.

    Returns
    -------
    Calibration or None
        None with fewer than 30 of the rarer outcome, event or not: show the percentile.

    Raises
    ------
    InputError
        When the index does not suit the link, or isotonic regression is asked of too few events.
    ValueError
        For another link or method.

    Notes
    -----
    Platt's logistic regression with a light ridge on the slope; months and altitude bands have intercepts that a
    stronger ridge draws together, as random intercepts of known variance would. A slope that would be negative is 0.

    References
    ----------
    .. [1] Platt (1999). Advances in Large Margin Classifiers, 61-74.
    .. [2] Zadrozny, Elkan (2002). KDD, 694-699, for isotonic regression.
    """
    if link not in ("log", "logit") or method not in ("platt", "isotonic"):
        raise ValueError(f"link {link!r} and method {method!r}: known are log, logit and platt, isotonic")
    kept = ~censored(pairs) & np.isfinite(pairs["index"].to_numpy(float))
    if valid_from is not None:
        kept &= (pd.to_datetime(pairs["target_end"]) < pd.Timestamp(valid_from)).to_numpy()
    fitted = pairs[kept]
    index, came = fitted["index"].to_numpy(float), fitted["observed"].to_numpy(bool)
    rarer = min(int(came.sum()), int((~came).sum()))
    if rarer < CALIBRATION.fewest_events:
        return None
    if method == "isotonic" and rarer <= CALIBRATION.isotonic_above:
        raise InputError(
            f"isotonic calibration needs more than {CALIBRATION.isotonic_above} events; got {rarer}",
            zh=f"保序校准需要超过 {CALIBRATION.isotonic_above} 次发生；现有 {rarer} 次",
        )
    if index.min() < 0 or (link == "logit" and index.max() > 1):
        raise InputError(
            f"index from {index.min():g} to {index.max():g} does not suit the link '{link}'",
            zh=f"指数范围 {index.min():g} 至 {index.max():g} 不适合连接函数“{link}”",
        )
    floor = index[index > 0].min() / 2 if (index > 0).any() else 1.0
    x = _linked(index, link, floor)
    centre, isotonic = float(x.mean()), method == "isotonic"
    intercept, slope, groups = (0.0, 0.0, {}) if isotonic else _platt(x - centre, came, fitted)
    years = tuple(sorted({int(year) for year in fitted["year"]}))
    districts = tuple(sorted({str(name) for name in fitted["district"]}))
    return Calibration(
        method=method,
        link=link,
        floor=float(floor),
        centre=centre,
        intercept=intercept,
        slope=slope,
        pairs=len(fitted),
        events=int(came.sum()),
        years=years,
        districts=districts,
        valid_from=None if valid_from is None else valid_from.isoformat(),
        groups=groups,
        steps=_steps(index, came) if isotonic else (),
    )


def in_force(calibrations: list[Calibration], day: date) -> Calibration | None:
    """Return the calibration of the season that holds `day`: the last one valid by then, None before the first."""
    valid = [each for each in calibrations if each.valid_from and each.valid_from <= day.isoformat()]
    return max(valid, key=lambda each: each.valid_from or "", default=None)


def _platt(x, came, frame) -> tuple[float, float, dict[str, dict[str, float]]]:
    spread = float(x.std()) or 1.0
    labels = {name: _labels(frame, name) for name in GROUPS if name == "month" or name in frame}
    known = [(name, label) for name, column in labels.items() for label in sorted(column.unique())]
    members = np.column_stack([(labels[name] == label).to_numpy(float) for name, label in known])
    sd = [CALIBRATION.group_sd] * len(known)
    intercept, (slope, *effects) = ridge(
        np.column_stack([x / spread, members]), came, [CALIBRATION.slope_sd, *sd]
    )  # fmt: skip
    if slope < 0:
        slope = 0.0
        intercept, effects = ridge(members, came, sd)
    groups: dict[str, dict[str, float]] = {name: {} for name in labels}
    for (name, label), effect in zip(known, effects, strict=True):
        groups[name][label] = float(effect)
    return intercept, float(slope) / spread, groups


def _steps(index, came) -> tuple[tuple[float, float], ...]:
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(index, came)
    return tuple(zip(fitted.X_thresholds_.tolist(), fitted.y_thresholds_.tolist(), strict=True))


def _linked(index, link: str, floor: float):
    if link == "log":
        return np.log(np.maximum(index, floor))
    return bounded_logit(index)


def _labels(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return the group of each row as text; the month is that of issue."""
    column = pd.to_datetime(frame["issued"]).dt.month if name == "month" else frame[name]
    return column.astype(str)
