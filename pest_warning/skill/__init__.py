"""Says how good warnings were, on data that they did not see, and takes back those that are not shown to help.

Forecasts and what was then seen come as one table (`COLUMNS`); `scores` makes of it one row for each organism, horizon
and district, and `verdict` says which rows may claim skill. Nothing here knows a store.
"""

from pest_warning.skill.baselines import (
    calendar_rule,
    climatological_frequency,
    damped_density,
    persistent_probability,
    simple_rule,
)
from pest_warning.skill.blend import Blend, fit_blend
from pest_warning.skill.calibration import Calibration, calibrate, in_force
from pest_warning.skill.conformal import conformal_margin, conformal_margins
from pest_warning.skill.contingency import Contingency, contingency
from pest_warning.skill.cross_validation import cross_validated
from pest_warning.skill.density import crps, crpss, date_scores, fair_crps, interval_score
from pest_warning.skill.intervals import Interval, bootstrap, effective_sample_size, fewest_hits, wilson
from pest_warning.skill.pairs import COLUMNS, censored, checked
from pest_warning.skill.probability import auc, brier, brier_parts, brier_skill, log_loss, reliability_diagram
from pest_warning.skill.reference import Gauge, gauge
from pest_warning.skill.score_table import scores
from pest_warning.skill.value import Prices, economic_value, paired_return, return_per_hectare, simulated_return
from pest_warning.skill.verdict import verdict

__all__ = [
    "COLUMNS",
    "Blend",
    "Calibration",
    "Contingency",
    "Gauge",
    "Interval",
    "Prices",
    "auc",
    "bootstrap",
    "brier",
    "brier_parts",
    "brier_skill",
    "calendar_rule",
    "calibrate",
    "censored",
    "checked",
    "climatological_frequency",
    "conformal_margin",
    "conformal_margins",
    "contingency",
    "cross_validated",
    "crps",
    "crpss",
    "damped_density",
    "date_scores",
    "economic_value",
    "effective_sample_size",
    "fair_crps",
    "fewest_hits",
    "fit_blend",
    "gauge",
    "in_force",
    "interval_score",
    "log_loss",
    "paired_return",
    "persistent_probability",
    "reliability_diagram",
    "return_per_hectare",
    "scores",
    "simple_rule",
    "simulated_return",
    "verdict",
    "wilson",
]
