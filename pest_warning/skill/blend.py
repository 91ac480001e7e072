"""A model's probability leaned on the usual frequency, as far as hindcasts say that each should be trusted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from pest_warning.skill.logistic import bounded_logit, ridge
from pest_warning.skill.pairs import censored
from pest_warning.skill.rules import CALIBRATION


@dataclass(frozen=True)
class Blend:
    """A model's probability leaned on the usual frequency, in logits; `model` near 0 is a model without skill."""

    intercept: float
    model: float
    climatology: float
    pairs: int
    events: int

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability for each row of `frame` (`p`, `climatology`), shape (row,)."""
        said, usual = (bounded_logit(frame[name]) for name in ("p", "climatology"))
        return expit(self.intercept + self.model * said + self.climatology * usual)


def fit_blend(pairs: pd.DataFrame) -> Blend | None:
    """Return the blend of `p` and `climatology` that fits what was `observed`; None with fewer than 30 events.

    Fit it on hindcasts of one organism and horizon in which `p` was made without the year of the pair.
    """
    both = np.isfinite(pairs["p"].to_numpy(float)) & np.isfinite(pairs["climatology"].to_numpy(float))
    fitted = pairs[both & ~censored(pairs)]
    came = fitted["observed"].to_numpy(bool)
    if min(came.sum(), (~came).sum()) < CALIBRATION.fewest_events:
        return None
    said, usual = bounded_logit(fitted["p"]), bounded_logit(fitted["climatology"])
    intercept, (model, climatology) = ridge(np.column_stack([said, usual]), came, [CALIBRATION.slope_sd] * 2)
    if model < 0:
        model = 0.0
        intercept, (climatology,) = ridge(usual[:, None], came, [CALIBRATION.slope_sd])
    return Blend(intercept, float(model), float(climatology), len(fitted), int(came.sum()))
